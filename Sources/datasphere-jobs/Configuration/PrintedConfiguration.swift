internal import Configuration
internal import Foundation

/// Every setting as it counts, as a configuration file that says what each is for.
enum PrintedConfiguration {
  /// JSON that `--config` takes: comments are members whose names begin with `//`.
  static func text(_ values: SettingValues) throws -> String {
    var members: [String] = []
    var sections: [(name: String, members: [String])] = []
    for setting in ServerSetting.all {
      let parts = setting.name.split(separator: ".").map(String.init)
      let name = parts.last ?? setting.name
      let comment = "\(setting.help) \(setting.flag), \(setting.environmentName)"
      let lines = [
        try member("//" + name, .string(comment)), try member(name, values.content(setting)),
      ]
      if parts.count == 1 {
        members += lines
      } else if let index = sections.firstIndex(where: { $0.name == parts[0] }) {
        sections[index].members += lines
      } else {
        sections.append((parts[0], lines))
      }
    }
    members += try sections.map { section in
      try json(section.name) + ": {\n    " + section.members.joined(separator: ",\n    ") + "\n  }"
    }
    return "{\n  " + members.joined(separator: ",\n  ") + "\n}"
  }

  private static func member(_ name: String, _ content: ConfigContent) throws -> String {
    let value =
      switch content {
      case .bool(let isOn): try json(isOn)
      case .int(let number): try json(number)
      case .stringArray(let texts): try json(texts)
      case .string(let text): try json(text)
      default: "null"
      }
    return try "\(json(name)): \(value)"
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
