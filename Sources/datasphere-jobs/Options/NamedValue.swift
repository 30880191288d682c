internal import ArgumentParser

/// `NAME=VALUE` on the command line; the value may be empty and may hold more equals signs.
struct NamedValue: Sendable {
  let name: String
  let value: String

  /// - Throws: `ValidationError` that says what is expected; `form` shows it, as in `NAME=VALUE`.
  init(_ argument: String, form: String = "NAME=VALUE") throws {
    guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
      throw ValidationError("Say \(form).")
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
