import Foundation
import JobCloning
import Logging
import Safeguards
import XCTest

@testable import ObjectStorageDisk

/// What an upload server's configuration may be, beyond the ends of each range.
final class UploadRangeTests: XCTestCase {
  func testNoUploadServerRunsBeyondARange() async throws {
    let directory = UploadFixture.newDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let storage = try DiskObjectStorage(directory: directory, keys: UploadFixture.keys)
    for range in UploadServer.Configuration.ranges {
      for end in range.ends {
        var configuration = UploadServer.Configuration()
        end(&configuration)
        XCTAssertNil(UploadServer.Configuration.ranges.fault(in: configuration), range.name)
      }
      for value in range.beyond {
        var configuration = UploadServer.Configuration()
        value(&configuration)
        let server = UploadServer(
          storage: storage, configuration: configuration, logger: TestLog().logger)
        do {
          try await server.run()
          XCTFail("\(range.name) is accepted")
        } catch {
          let error = error as? StoreError
          XCTAssertEqual(error?.code, .misconfigured, range.name)
          XCTAssertEqual(error?.message.hasPrefix("\(range.name) is "), true, range.name)
        }
      }
    }
  }

  func testAnUploadServerLogsThroughASafeHandler() throws {
    let directory = UploadFixture.newDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let server = UploadServer(
      storage: try DiskObjectStorage(directory: directory, keys: UploadFixture.keys),
      logger: TestLog().logger)
    let logger = Mirror(reflecting: server).descendant("logger") as? Logger
    XCTAssertTrue(logger?.handler is SafeLogHandler)
  }

  func testAnUploadServerListensAtBothEndsOfEachRange() async throws {
    for range in UploadServer.Configuration.ranges where range.name != "port" {
      for end in range.ends {
        var configuration = UploadServer.Configuration()
        end(&configuration)
        try await UploadFixture.serving(
          idleTimeout: configuration.idleTimeout,
          maximumConnections: configuration.maximumConnections
        ) { fixture in
          XCTAssertGreaterThan(fixture.port, 0, range.name)
        }
      }
    }
  }

  func testEveryNumberAndTimeHasARange() {
    let names = Mirror(reflecting: UploadServer.Configuration()).children.compactMap(\.label)
    XCTAssertEqual(
      Set(names).subtracting(["host", "pace"]),
      Set(UploadServer.Configuration.ranges.map(\.name)))
  }
}
