import Foundation
import XCTest

/// The risk: a JSON text or a message on which fuzzing once found a fault, and the fault returns.
final class JSONFuzzTests: XCTestCase {
  func testWhatOnceWentWrong() throws {
    let folder = RepositoryFiles.root.appending(path: "Tests/JSONFuzzTests/Regressions")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    var replayed = 0
    for name in names where name.hasSuffix(".txt") {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        let regression = try XCTUnwrap(JSONCase(regressionLine: line), name)
        XCTAssertNil(regression.disagreement, name)
        replayed += 1
      }
    }
    print("JSON regressions replayed: \(replayed)")
  }
}
