import CoreGRPC
import Foundation
import JobClient
import JobMessages
import ProtobufWire
import TestSupport
import XCTest

/// Two servers over one data directory.
final class TwoServersTests: DurabilityTestCase {
  /// Of many simultaneous calls with one key exactly one creates, whichever server they reach
  /// (clone-semantics §5).
  func testOf64SimultaneousCallsWithOneKeyOneCreates() async {
    await withSeed {
      let first = try ServerProcess(data: folder + "/data", log: log)
      let second = try ServerProcess(data: folder + "/data", log: log)
      let clients = [try await first.serving(), try await second.serving()]
      let created = try await clients[0].create(
        .with {
          $0.projectID = "p"
          $0.jobParameters = .with {
            $0.cmd = "true"
            $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
          }
        })
      let source = try XCTUnwrap(created.response?.unpack(CreateProjectJobResponse.self)).jobID
      for round in 0..<10 {
        let operations = try await withThrowingTaskGroup(of: LongRunningOperation.self) { group in
          for number in 0..<64 {
            group.addTask {
              try await clients[number % 2].clone(
                .with { $0.sourceJobID = source }, idempotencyKey: "key \(round)")
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        XCTAssertEqual(Set(operations.map(\.id)).count, 1, "round \(round)")
        XCTAssertEqual(Set(operations).count, 1, "round \(round)")
      }
      for client in clients {
        let page = try await client.jobs(.with { $0.projectID = "p" })
        XCTAssertEqual(page.jobs.count, 11)
        await client.channel.close()
      }
      await first.stop()
      await second.stop()
    }
  }
}
