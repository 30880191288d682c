internal import ArgumentParser
internal import Configuration
internal import Foundation

/// What is set: flags win over the environment, that over the file, and that over the defaults.
struct SettingValues: Sendable {
  /// A place where settings come from.
  private struct Source: Sendable {
    let provider: any ConfigProvider
    /// How errors name a setting there.
    let name: @Sendable (ServerSetting) -> String
  }

  private let sources: [Source]
  private let reader: ConfigReader

  /// The settings of the command line, the environment and the file that either names.
  init(_ arguments: ServeArguments, environment: [String: String]) async throws {
    var sources = [
      Source(provider: InMemoryProvider(name: "flags", values: arguments.values)) { $0.flag }
    ]
    try EnvironmentNames.check(environment)
    // An empty variable is as good as none.
    let environment = environment.filter { !$0.value.isEmpty }
    sources.append(
      Source(
        provider: EnvironmentVariablesProvider(environmentVariables: environment)
          .prefixKeys(with: "datasphereJobs")
      ) { $0.environmentName })
    if let file = arguments.configurationFile ?? environment[EnvironmentNames.configurationFile] {
      sources.append(
        Source(provider: try await ConfigurationFile.load(file)) { "\($0.name) in \(file)" })
    }
    let standards = ServerSetting.all.map {
      ($0.absoluteKey, ConfigValue($0.standard, isSecret: false))
    }
    sources.append(
      Source(
        provider: InMemoryProvider(
          name: "defaults", values: Dictionary(standards) { first, _ in first })
      ) { $0.name })
    self.sources = sources
    reader = ConfigReader(providers: sources.map(\.provider))
  }

  // MARK: - Reading

  func text(_ setting: ServerSetting) throws -> String {
    try value(setting) { try $0.requiredString(forKey: setting.key) }
  }

  /// The text; nil when it is empty.
  func optionalText(_ setting: ServerSetting) throws -> String? {
    let text = try text(setting)
    return text.isEmpty ? nil : text
  }

  func flag(_ setting: ServerSetting) throws -> Bool {
    try value(setting) { try $0.requiredBool(forKey: setting.key) }
  }

  func list(_ setting: ServerSetting) throws -> [String] {
    try value(setting) { try $0.requiredStringArray(forKey: setting.key) }
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  func integer(_ setting: ServerSetting) throws -> Int {
    let number = try value(setting) { try $0.requiredInt(forKey: setting.key) }
    if case .integer(let range) = setting.kind, !range.contains(number) {
      throw outOfRange(setting, "\(number)")
    }
    return number
  }

  func choice(_ setting: ServerSetting) throws -> String {
    let text = try text(setting)
    guard case .choice(let names) = setting.kind, names.contains(text) else {
      throw fault(setting, "\(text) is not one of \(setting.placeholder)")
    }
    return text
  }

  func bytes(_ setting: ServerSetting) throws -> Int64 {
    let text = try text(setting)
    guard let bytes = Quantity.bytes(text) else {
      throw fault(setting, "\(text) is not \(Quantity.sizeExamples)")
    }
    if case .size(let range) = setting.kind, !range.contains(bytes) {
      throw outOfRange(setting, text)
    }
    return bytes
  }

  func duration(_ setting: ServerSetting) throws -> Duration {
    let text = try text(setting)
    guard let duration = Quantity.duration(text) else {
      throw fault(setting, "\(text) is not \(Quantity.durationExamples)")
    }
    if case .duration(let range, _) = setting.kind, !range.contains(duration) {
      throw outOfRange(setting, text)
    }
    return duration
  }

  /// The duration; nil for `none`.
  func optionalDuration(_ setting: ServerSetting) throws -> Duration? {
    let text = try text(setting)
    return text == "none" || text.isEmpty ? nil : try duration(setting)
  }

  /// Whole seconds.
  func seconds(_ setting: ServerSetting) throws -> Int64 {
    let (seconds, rest) = try duration(setting).components
    guard rest == 0 else { throw fault(setting, "\(try text(setting)) is not whole seconds") }
    return seconds
  }

  /// The value as it is, for printing.
  func content(_ setting: ServerSetting) throws -> ConfigContent {
    switch setting.type {
    case .bool: .bool(try flag(setting))
    case .int: .int(try integer(setting))
    case .stringArray: .stringArray(try list(setting))
    default: .string(try text(setting))
    }
  }

  // MARK: - Errors

  /// What is wrong with a setting, and where it was set.
  func fault(_ setting: ServerSetting, _ what: String) -> ValidationError {
    let source = sources.first { source in
      do {
        let key = setting.absoluteKey
        return try source.provider.value(forKey: key, type: setting.type).value != nil
      } catch {
        return true
      }
    }
    return ValidationError("\(source?.name(setting) ?? setting.name): \(what).")
  }

  private func outOfRange(_ setting: ServerSetting, _ text: String) -> ValidationError {
    fault(setting, "\(text) is not in the range of \(setting.rangeText ?? "its values")")
  }

  private func value<Value>(
    _ setting: ServerSetting, _ read: (ConfigReader) throws -> Value
  ) throws -> Value {
    do {
      return try read(reader)
    } catch {
      // The library's own errors may repeat the value at length.
      throw fault(setting, "is not \(setting.form)")
    }
  }
}

extension ServerSetting {
  /// What the value must look like when the library cannot read it at all.
  fileprivate var form: String {
    switch kind {
    case .flag: "true or false"
    case .integer: "a whole number"
    case .list: "a list"
    case .text, .duration, .size, .choice: "a text"
    }
  }
}
