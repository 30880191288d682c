internal import ArgumentParser

/// `NAME=VALUE` on the command line; the value may be empty and may hold more equals signs.
struct NamedValue: ExpressibleByArgument, Sendable {
  let name: String
  let value: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
      return nil
    }
    name = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
  }
}

/// `PATH` or `PATH=VAR` on the command line.
struct FileReference: ExpressibleByArgument, Sendable {
  let path: String
  /// What the job's command calls the file; empty: by its path.
  let variable: String

  init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    guard let equals = argument.lastIndex(of: "="), equals > argument.startIndex else {
      path = argument
      variable = ""
      return
    }
    path = String(argument[..<equals])
    variable = String(argument[argument.index(after: equals)...])
  }
}
