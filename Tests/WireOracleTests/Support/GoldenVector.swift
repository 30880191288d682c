import Foundation

/// Bytes for which the official Python runtime has told what they mean.
struct GoldenVector: Decodable {
  enum Kind: String, Decodable {
    case canonical, accept, reject
  }

  var message: String
  var kind: Kind
  var note: String
  var hex: String
  var canonical: String?
  var json: String?

  static func load() throws -> [GoldenVector] {
    let file = RepositoryFiles.root.appending(path: "Tests/JobMessagesTests/Golden/vectors.jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    return try lines.map { try JSONDecoder().decode(GoldenVector.self, from: Data($0.utf8)) }
  }
}
