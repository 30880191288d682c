internal import ArgumentParser
internal import Foundation

/// The key by which the server knows that a command is the same one again.
struct IdempotencyOptions: ParsableArguments {
  /// What the server accepts.
  private static let longestKey = 64

  @Option(
    help: """
      The key of an earlier command that may have gone through: with the same key it is done once. \
      (default: a random one)
      """)
  var idempotencyKey: String?

  func validate() throws {
    guard let idempotencyKey else { return }
    guard (1...Self.longestKey).contains(idempotencyKey.utf8.count),
      idempotencyKey.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else {
      throw ValidationError(
        "--idempotency-key must be 1 to \(Self.longestKey) printable ASCII characters.")
    }
  }

  /// The key that was given, or a new one each time.
  func makeKey() -> String { idempotencyKey ?? UUID().uuidString.lowercased() }
}
