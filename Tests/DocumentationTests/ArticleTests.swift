import Foundation
import XCTest

/// The articles show code that is compiled and run here, and nothing else.
final class ArticleTests: XCTestCase {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let catalogue = tests.appending(path: "../../Sources/JobService/JobService.docc")

  /// The files of a folder whose names end so, by name.
  private func texts(in folder: URL, _ ending: String) throws -> [String: String] {
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return try Dictionary(
      uniqueKeysWithValues: files.filter { $0.lastPathComponent.hasSuffix(ending) }.map {
        ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
      })
  }

  /// Code as it is compared: without imports, indentation and empty lines.
  private func normalized(_ code: some StringProtocol) -> String {
    code.split(separator: "\n")
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("import ") }
      .map { $0 + "\n" }.joined()
  }

  func testEveryPieceOfSwiftIsInASample() throws {
    let samples = try texts(in: Self.tests.appending(path: "Samples"), ".swift")
      .values.map(normalized)
    var pieces = 0
    for (name, article) in try texts(in: Self.catalogue, ".md") {
      for block in article.components(separatedBy: "```swift\n").dropFirst() {
        pieces += 1
        let code = normalized(block.components(separatedBy: "```")[0])
        XCTAssertTrue(
          samples.contains { $0.contains(code) }, "\(name) shows what no sample has:\n\(code)")
      }
    }
    XCTAssertGreaterThan(pieces, 10)
  }

  func testEveryArticleIsListed() throws {
    let articles = try texts(in: Self.catalogue, ".md")
    let landing = try XCTUnwrap(articles["JobService.md"])
    for name in articles.keys where name != "JobService.md" {
      XCTAssertTrue(landing.contains("- <doc:\(name.dropLast(3))>"), "\(name) is not listed")
    }
  }
}
