internal import ArgumentParser
internal import Safeguards

/// The environment variables that the program knows.
enum EnvironmentNames {
  /// What the names of all of them begin with.
  static let prefix = "DATASPHERE_JOBS_"

  /// Those of client commands that are not settings of `serve`, too.
  private static let ofClients = ["CA", "CERT", "KEY", "TOKEN", "TOKEN_FILE"].map { prefix + $0 }

  /// The variable that names the configuration file.
  static let configurationFile = prefix + "CONFIG"

  /// Every variable; servers and clients often have one environment.
  static let all = ServerSetting.all.map(\.environmentName) + [configurationFile] + ofClients

  /// Refuses a variable that begins like those and is none of them.
  ///
  /// - Throws: `ValidationError` with the nearest name that exists.
  static func check(_ environment: [String: String]) throws {
    let known = Set(all)
    let unknown = environment.keys.filter { $0.hasPrefix(prefix) && !known.contains($0) }
    guard let name = unknown.min() else { return }
    throw ValidationError(
      "The environment variable \(quotedIfUnsafe(name)) is unknown"
        + NearestName.hint(for: name, among: all))
  }
}
