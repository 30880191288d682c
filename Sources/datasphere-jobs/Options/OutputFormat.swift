internal import ArgumentParser

/// How a command shows what the server answered.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// Lines for people.
  case text
  /// proto3 JSON for programs: one document on standard output.
  case json
}

/// The `--format` of every client command.
struct OutputOptions: ParsableArguments {
  @Option(help: "How to show the answer.")
  var format = OutputFormat.text
}
