internal import ArgumentParser
internal import Configuration
internal import Safeguards

/// What stands behind `serve` on the command line: settings, and what else to do.
struct ServeArguments {
  /// The settings that flags give, as the configuration library takes them.
  private(set) var values: [AbsoluteConfigKey: ConfigValue] = [:]
  /// `--config`.
  private(set) var configurationFile: String?
  /// `--print-config`.
  private(set) var printsConfiguration = false
  /// `--help` or `-h`.
  private(set) var asksForHelp = false

  private static let others = ["--config", "--print-config", "--help"]

  /// Takes `--flag value` and `--flag=value`; a flag that is on or off needs no value.
  ///
  /// - Throws: `ValidationError` for what is no setting, has no value, or contradicts itself.
  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let flag = String(parts[0])
      let attached = parts.count == 2 ? String(parts[1]) : nil
      switch flag {
      case "--help", "-h": asksForHelp = true
      case "--print-config": printsConfiguration = true
      case "--config":
        guard configurationFile == nil else { throw Self.twice(flag) }
        configurationFile = try Self.value(attached, of: flag, &rest)
      default:
        guard let setting = ServerSetting.all.first(where: { $0.flag == flag }) else {
          throw ValidationError(Self.unknown(argument, flag))
        }
        try add(setting, attached, &rest)
      }
    }
  }

  private mutating func add(
    _ setting: ServerSetting, _ attached: String?, _ rest: inout ArraySlice<String>
  ) throws {
    // Lists grow, everything else is said once.
    guard values[setting.absoluteKey] == nil || setting.type == .stringArray else {
      throw Self.twice(setting.flag)
    }
    let content: ConfigContent
    switch setting.kind {
    case .flag:
      guard let isOn = attached.map({ Bool($0) }) ?? true else {
        throw ValidationError("\(setting.flag) is on or off: say nothing, =true or =false.")
      }
      content = .bool(isOn)
    case .integer:
      let text = try Self.value(attached, of: setting.flag, &rest)
      guard let number = Int(text) else {
        throw ValidationError("\(setting.flag): \(text) is not a whole number.")
      }
      content = .int(number)
    case .list:
      let text = try Self.value(attached, of: setting.flag, &rest)
      var list: [String] = []
      if case .stringArray(let earlier) = values[setting.absoluteKey]?.content { list = earlier }
      content = .stringArray(list + text.split(separator: ",").map(String.init))
    case .text, .duration, .size, .choice:
      content = .string(try Self.value(attached, of: setting.flag, &rest))
    }
    values[setting.absoluteKey] = ConfigValue(content, isSecret: false)
  }

  private static func value(
    _ attached: String?, of flag: String, _ rest: inout ArraySlice<String>
  ) throws -> String {
    if let attached { return attached }
    guard let next = rest.first, !next.hasPrefix("--") else {
      throw ValidationError("\(flag) needs a value.")
    }
    rest.removeFirst()
    return next
  }

  private static func twice(_ flag: String) -> ValidationError {
    ValidationError("\(flag) is given twice.")
  }

  private static func unknown(_ argument: String, _ flag: String) -> String {
    guard argument.hasPrefix("-") else { return "\(argument) belongs to no flag." }
    let known = ServerSetting.all.map(\.flag) + others
    return "\(flag) is no flag of serve" + NearestName.hint(for: flag, among: known)
  }
}
