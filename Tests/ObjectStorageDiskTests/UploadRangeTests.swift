import JobCloning
import Safeguards
import XCTest

@testable import ObjectStorageDisk

/// What an upload server's configuration may be, beyond the ends of each range.
final class UploadRangeTests: XCTestCase {
  func testNoUploadServerRunsBeyondARange() {
    for range in UploadServer.Configuration.ranges {
      for end in range.ends {
        var configuration = UploadServer.Configuration()
        end(&configuration)
        XCTAssertNil(UploadServer.Configuration.ranges.fault(in: configuration), range.name)
      }
      for value in range.beyond {
        var configuration = UploadServer.Configuration()
        value(&configuration)
        XCTAssertThrowsError(try UploadServer.Configuration.ranges.validate(configuration)) {
          XCTAssertEqual(($0 as? StoreError)?.code, .misconfigured, range.name)
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
