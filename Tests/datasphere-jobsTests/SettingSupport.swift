import ArgumentParser
import Foundation
import XCTest

@testable import datasphere_jobs

/// Settings of a command line, an environment and a file's text.
func settings(
  _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
) async throws -> SettingValues {
  var arguments = arguments
  let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json").path()
  defer { try? FileManager.default.removeItem(atPath: path) }
  if let file {
    try Data(file.utf8).write(to: URL(fileURLWithPath: path))
    arguments += ["--config", path]
  }
  return try await SettingValues(ServeArguments(arguments), environment: environment)
}

/// The one line that `serve` ends with; nil when the settings are accepted.
func fault(
  _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
) async -> String? {
  do {
    _ = try await ServerSettings(settings(arguments, environment: environment, file: file))
    return nil
  } catch let error as ValidationError {
    return error.message
  } catch {
    return "not a ValidationError: \(error)"
  }
}
