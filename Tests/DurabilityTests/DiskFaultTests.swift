import CoreGRPC
import Foundation
import JobClient
import JobCloning
import JobMessages
import ProtobufWire
import TestSupport
import XCTest

/// The server on a disk that is full or broken for a while: it says so, loses nothing that it
/// answered, and works again afterwards (clone-semantics §4).
final class DiskFaultTests: DurabilityTestCase {
  func testAFullDisk() async {
    await withSeed {
      let faulty = try await FaultyServer(folder: folder, log: log, seed: seed)
      let refusals = try await faulty.failUnderTraffic(writes: ENOSPC)
      try assertRefusals(refusals, are: .resourceExhausted, uploads: 507)
      try await faulty.inspectAndCutPower()
    }
  }

  func testADiskThatCannotBeWritten() async {
    await withSeed {
      let faulty = try await FaultyServer(folder: folder, log: log, seed: seed)
      let refusals = try await faulty.failUnderTraffic(writes: EIO)
      try assertRefusals(refusals, are: .unavailable, uploads: 503)
      try await faulty.inspectAndCutPower()
    }
  }

  /// What was written before a failed synchronisation may be lost, and no later one tells.
  func testADiskThatCannotBeSynchronised() async {
    await withSeed {
      let faulty = try await FaultyServer(folder: folder, log: log, seed: seed)
      for _ in 0..<3 {
        let refusals = try await faulty.failUnderTraffic(syncs: EIO)
        try assertRefusals(refusals, are: .unavailable, uploads: 503)
      }
      try await faulty.inspectAndCutPower()
    }
  }

  /// Some file systems notice only then that there is no space.
  func testADiskThatIsFullWhenItIsSynchronised() async {
    await withSeed {
      let faulty = try await FaultyServer(folder: folder, log: log, seed: seed)
      let refusals = try await faulty.failUnderTraffic(syncs: ENOSPC)
      try assertRefusals(refusals, are: .unavailable, uploads: 507)
      try await faulty.inspectAndCutPower()
    }
  }

  /// A clone that may have reached the disk or not becomes certain with its repetition.
  func testARepetitionAfterAFailedSyncAndAKillIsDurable() async {
    await withSeed {
      let root = folder + "/root"
      try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
      let disk = try FaultyDisk(
        root: root, library: try FaultyDisk.compileLibrary(into: folder), folder: folder + "/disk")
      let server = try ServerProcess(data: root + "/data", log: log, disk: disk)
      let client = try await server.serving()
      try disk.fail(syncs: EIO)
      let error = await failure { try await client.create(Self.creation, idempotencyKey: "k") }
      XCTAssertEqual(error?.code, .unavailable)
      await client.channel.close()
      await server.kill()

      try disk.fail()
      let second = try ServerProcess(data: root + "/data", log: log, disk: disk)
      let again = try await second.serving()
      let operation = try await again.create(Self.creation, idempotencyKey: "k")
      await again.channel.close()
      await second.kill()

      try disk.restore(to: root + "-survived")
      let revived = try ServerProcess(data: root + "-survived/data", log: log)
      let last = try await revived.serving()
      let found = try await last.operation(id: operation.id)
      XCTAssertEqual(found, operation)
      await last.channel.close()
      await revived.stop()
    }
  }

  /// A kill cannot show a synchronisation that is missing, so they are counted.
  func testEveryAnswerIsPrecededByASynchronisation() async {
    await withSeed {
      let faulty = try await FaultyServer(folder: folder, log: log, seed: seed)
      let source = try await faulty.client.create(Self.creation)
      let id = try XCTUnwrap(source.response?.unpack(CreateProjectJobResponse.self)).jobID
      for number in 0..<20 {
        let before = try faulty.disk.syncs
        _ = try await faulty.client.clone(.with { $0.sourceJobID = id })
        XCTAssertGreaterThan(try faulty.disk.syncs, before, "clone \(number)")
      }
    }
  }

  func testNothingIsHalfStoredOnAFullOrBrokenDisk() async {
    await withSeed {
      let faulty = try await FaultyServer(folder: folder, log: log, seed: seed)
      let content = TestContent(seed: seed, size: 700_000)
      let operation = try await faulty.client.create(
        Self.creation { $0.inputFiles = [content.file("data", variable: "DATA")] })
      let response = try XCTUnwrap(operation.response?.unpack(CreateProjectJobResponse.self))
      let url = try XCTUnwrap(response.uploadFiles.first?.url)
      let faults: [(writes: Int32?, syncs: Int32?, status: Int)] = [
        (ENOSPC, nil, 507), (EIO, nil, 503), (nil, ENOSPC, 507), (nil, EIO, 503),
      ]
      for (writes, syncs, status) in faults {
        try faulty.disk.fail(writes: writes, syncs: syncs)
        let answer = try await put(content.bytes, to: url)
        XCTAssertEqual(answer, status)
        XCTAssertEqual(files(below: faulty.contents), [])
      }
      try faulty.disk.fail()
      let answer = try await put(content.bytes, to: url)
      XCTAssertEqual(answer, 200)
      XCTAssertEqual(files(below: faulty.contents), [content.id.sha256])
    }
  }

  private static func creation(
    _ change: (inout JobParameters) -> Void = { _ in }
  ) -> CreateProjectJobRequest {
    .with {
      $0.projectID = "p"
      $0.jobParameters = .with {
        $0.cmd = "true"
        $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
        change(&$0)
      }
    }
  }

  private static var creation: CreateProjectJobRequest { creation() }

  /// The files of contents; the one called `project` only tells whose they are.
  private func files(below folder: String) -> [String] {
    let all = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
    return all.filter { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }.map { ($0 as NSString).lastPathComponent }.filter { $0 != "project" }
  }

  private func failure<Result>(_ call: () async throws -> Result) async -> RPCError? {
    do {
      _ = try await call()
      XCTFail("the call succeeded")
    } catch let error as RPCError {
      return error
    } catch {
      XCTFail("\(error)")
    }
    return nil
  }

  /// Every refusal is this one, and there are some of calls and of uploads.
  private func assertRefusals(
    _ refusals: [Traffic.Refusal], are code: StatusCode, uploads status: Int
  ) throws {
    var calls = 0
    for refusal in refusals {
      switch refusal {
      case .upload(let found): XCTAssertEqual(found, status)
      case .call(let error):
        calls += 1
        XCTAssertEqual(error.code, code, error.description)
        let details = try GoogleRPCStatus(serializedBytes: error.details).details
        let quota = try details.lazy.compactMap { try $0.unpack(QuotaFailure.self) }.first
        XCTAssertEqual(quota != nil, code == .resourceExhausted)
        // Only a client that has seen no initial metadata tries UNAVAILABLE again by itself.
        XCTAssertEqual(error.initialMetadata["x-request-id"] == nil, code == .unavailable)
      }
    }
    XCTAssertGreaterThan(calls, 0)
  }
}
