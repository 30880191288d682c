internal import Foundation

/// An option that a flag sets, or else the environment, or else a default.
enum Setting {
  /// The flag's value, or that of the environment variable if it is not empty.
  static func value(_ flag: String?, environment name: String) -> String? {
    if let flag { return flag }
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { return nil }
    return value
  }

  /// The same with a default.
  static func value(_ flag: String?, environment name: String, default: String) -> String {
    value(flag, environment: name) ?? `default`
  }
}
