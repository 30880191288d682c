import CoreGRPC
import Foundation
import JobClient
import JobCloning
import JobMessages
import JobStoreSQLite
import ProtobufWire
import Synchronization
import TestSupport
import XCTest

/// What a process accepted and did not complete before it died (clone-semantics §3).
final class TakeOverTests: DurabilityTestCase {
  func testOfTwoServersThatStartOneCompletesWhatADeadProcessAccepted() async {
    await withSeed {
      let data = folder + "/data"
      let store = try SQLiteJobStore(path: data + "/jobs.sqlite")
      let caller = Caller(principal: .anonymous)
      let dead = JobCloner(
        store: store, objects: SilentStorage(),
        policy: OverridePolicy(planningTime: .milliseconds(10), operationLease: 1),
        timer: FailingTimer())
      var request = CreateProjectJobRequest()
      request.projectID = "p"
      request.jobParameters = .with {
        $0.cmd = "true ${DATA}"
        $0.inputFiles = [
          .with {
            $0.desc = FileDesc(path: "data.txt", var: "DATA")
            $0.sha256 = String(repeating: "a", count: 64)
            $0.sizeBytes = 3
            $0.compressionType = .none
          }
        ]
        $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
      }
      let accepted = try await dead.create(request, for: caller)
      XCTAssertFalse(accepted.done)

      let servers = [
        try ServerProcess(data: data, log: log), try ServerProcess(data: data, log: log),
      ]
      let clients = [try await servers[0].serving(), try await servers[1].serving()]
      let observer = JobCloner(store: store, objects: SilentStorage())
      _ = try await observer.waitForOperation(
        accepted.id, for: caller.principal, timeout: .seconds(60))
      for client in clients {
        let ended = try await client.operation(id: accepted.id)
        let response = try XCTUnwrap(ended.response?.unpack(CreateProjectJobResponse.self))
        XCTAssertEqual(response.uploadFiles.compactMap(\.file), request.jobParameters?.inputFiles)
        XCTAssertTrue(response.uploadFiles.allSatisfy { $0.url.hasPrefix("http://127.0.0.1:") })
        await client.channel.close()
      }
      for server in servers { await server.stop() }
      let log = try String(contentsOfFile: log, encoding: .utf8)
      XCTAssertFalse(log.contains("warning"), log)
    }
  }
}

/// A storage that never answers.
private struct SilentStorage: ObjectStorage {
  func stored(
    among contents: Set<ContentID>, in projectID: String
  ) async throws(StoreError) -> Set<ContentID> {
    // Until the task is cancelled, which is never.
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
    throw StoreError(.unavailable, "away")
  }

  func uploadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String { "http://nowhere.example/" }

  func downloadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String { "http://nowhere.example/" }

  func remove(_ content: ContentID, in projectID: String) async throws(StoreError) {}

  func contents(
    storedBefore time: Int64, after content: StoredContent?, limit: Int
  ) async throws(StoreError) -> [StoredContent] { [] }

  func dropUnfinishedUploads(startedBefore time: Int64) async throws(StoreError) {}
}

/// A clock by which short sleeps end and all others never do: whoever has it renews no lease.
private struct FailingTimer: Clock {
  private let clock = ContinuousClock()

  var now: ContinuousClock.Instant { clock.now }
  var minimumResolution: Duration { clock.minimumResolution }

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    let isShort = now.duration(to: deadline) < .milliseconds(100)
    try await clock.sleep(
      until: isShort ? deadline : now + .seconds(3_600), tolerance: tolerance)
  }
}
