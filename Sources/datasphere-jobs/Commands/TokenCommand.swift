internal import ArgumentParser
internal import Foundation
internal import JobCloning
internal import Safeguards

/// `datasphere-jobs token`.
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Make lines for a server's token file.",
    subcommands: [Hash.self])

  /// `datasphere-jobs token hash`.
  struct Hash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "hash",
      abstract: "Print the line that lets whoever has a token act as a principal.",
      discussion: """
        The token is read from standard input, so that no list of processes shows it. Only its \
        hash is printed: make tokens long and random.

        Example:
          openssl rand -hex 32 | tee alice.token | datasphere-jobs token hash alice >> tokens
        """)

    private static let shortest = 16

    @ArgumentParser.Argument(help: "The id of the principal: printable ASCII without blanks.")
    var principal: String

    func run() async throws {
      let token = try Secret.read("-", what: "token")
      guard token.utf8.count >= Self.shortest else {
        throw ValidationError(
          "The token is shorter than \(Self.shortest) characters: it could be guessed.")
      }
      guard let line = BearerTokens.line(for: token, principalID: principal) else {
        throw ValidationError("\(quotedIfUnsafe(principal)) cannot be the id of a principal.")
      }
      try Terminal.print(line)
    }
  }
}
