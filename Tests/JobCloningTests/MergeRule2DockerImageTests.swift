import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §1, the exception to rule 2: an image is replaced whole.
final class MergeRule2DockerImageTests: XCTestCase {
  private func merged(_ override: (inout Environment) -> Void) -> Environment.DockerImage? {
    let overrides = JobParameters.with { $0.env = .with { override(&$0) } }
    return merging(overrides, over: Fixture.full).parameters.env?.dockerImage
  }

  func testUnsetKeepsTheSourcesImageWithItsPassword() {
    XCTAssertEqual(merged { $0.vars["A"] = "1" }, Fixture.full.env?.dockerImage)
  }

  func testAnotherURLTakesNeitherUserNorPassword() {
    let spec = DockerImageSpec.with { $0.imageURL = "cr.example/image:2" }
    XCTAssertEqual(merged { $0.dockerImage = .spec(spec) }, .spec(spec))
  }

  func testAnEqualURLTakesNeitherUserNorPassword() {
    let spec = DockerImageSpec.with { $0.imageURL = "cr.example/image:1" }
    XCTAssertEqual(merged { $0.dockerImage = .spec(spec) }, .spec(spec))
  }

  func testAnEqualURLAndUserTakeNoPassword() {
    let spec = DockerImageSpec.with {
      $0.imageURL = "cr.example/image:1"
      $0.username = "user"
    }
    XCTAssertEqual(merged { $0.dockerImage = .spec(spec) }, .spec(spec))
  }

  func testAResourceIDReplacesASpec() {
    XCTAssertEqual(merged { $0.dockerImage = .resourceID("image") }, .resourceID("image"))
  }

  func testASpecReplacesAResourceID() {
    var source = Fixture.full
    source.env?.dockerImage = .resourceID("image")
    let spec = DockerImageSpec.with { $0.imageURL = "cr.example/image:2" }
    let override = JobParameters.with { $0.env.filled.dockerImageSpec = spec }
    XCTAssertEqual(merging(override, over: source).parameters.env?.dockerImage, .spec(spec))
  }
}
