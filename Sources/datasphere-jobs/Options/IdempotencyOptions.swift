internal import ArgumentParser
internal import CoreGRPC
internal import Foundation
internal import JobClient

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

  /// Runs `body` with a client and the key: the one that was given, or a new one.
  ///
  /// A failed call that may have been done all the same is shown with the key that repeats it.
  func withClient<Result>(
    of connection: ConnectionOptions, _ body: (ProjectJobClient, String) async throws -> Result
  ) async throws -> Result {
    let key = idempotencyKey ?? UUID().uuidString.lowercased()
    var isOpen = false
    do {
      return try await connection.withClient { client in
        do {
          return try await body(client, key)
        } catch let error as RPCError {
          isOpen = error.leavesOutcomeOpen
          throw error
        }
      }
    } catch  where isOpen {
      throw OpenOutcome(error, key: key)
    }
  }
}

/// A failure that leaves open whether the command was done.
private struct OpenOutcome: Error, CustomStringConvertible {
  let description: String

  init(_ failure: any Error, key: String) {
    description = """
      \(failure)
        It may have been done all the same. To repeat it and have it done once, add
        --idempotency-key \(key)
      """
  }
}
