internal import ArgumentParser
internal import Configuration
internal import Foundation
internal import Safeguards

/// A file of settings: JSON, by the names of ``ServerSetting``.
///
/// A name with a dot is nested: `tls.certificateChain` is `{"tls": {"certificateChain": "…"}}`.
/// Names that begin with `//` are comments.
enum ConfigurationFile {
  /// The file's settings; what is in it must be known, so that no typing error passes unseen.
  static func load(_ path: String) async throws -> any ConfigProvider {
    let data = try InputFile.read(path, what: "The configuration file")
    try check(data, path)
    do {
      // The library takes a path by configuration of its own.
      return try await FileProvider<JSONSnapshot>(
        config: ConfigReader(
          provider: InMemoryProvider(values: ["filePath": .init(.string(path), isSecret: false)])))
    } catch {
      throw ValidationError("The configuration file \(path) is wrong: \(error)")
    }
  }

  private static func check(_ data: Data, _ path: String) throws {
    let root: [String: Item]
    do {
      root = try JSONDecoder().decode([String: Item].self, from: data)
    } catch DecodingError.dataCorrupted(let context) {
      let reason = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey]
      throw ValidationError(
        "The configuration file \(path) is not JSON: \(reason ?? context.debugDescription)")
    } catch {
      throw ValidationError("The configuration file \(path) is not a JSON object.")
    }
    let sections = Set(
      ServerSetting.all.compactMap { $0.name.split(separator: ".").dropLast().first })
    for (name, item) in root.sorted(by: { $0.key < $1.key }) where !name.hasPrefix("//") {
      guard !name.contains(".") else {
        throw ValidationError("\(name) in \(path) must be nested: an object for each dot.")
      }
      guard sections.contains(Substring(name)) else {
        try check(name, item, path)
        continue
      }
      guard case .section(let members) = item else {
        throw ValidationError("\(name) in \(path) must be a JSON object.")
      }
      for (member, item) in members.sorted(by: { $0.key < $1.key })
      where !member.hasPrefix("//") {
        try check("\(name).\(member)", item, path)
      }
    }
  }

  private static func check(_ name: String, _ item: Item, _ path: String) throws {
    let known = ServerSetting.all
    guard let setting = known.first(where: { $0.name == name }) else {
      throw ValidationError(
        "\(name) in \(path) is no setting" + NearestName.hint(for: name, among: known.map(\.name)))
    }
    let isRight =
      switch (setting.kind, item) {
      case (.flag, .flag), (.integer, .integer), (.list, .texts): true
      case (.text, .text), (.duration, .text), (.size, .text), (.choice, .text): true
      default: false
      }
    guard isRight else {
      throw ValidationError("\(name) in \(path) must be \(setting.jsonForm).")
    }
  }
}

/// What kind of thing stands somewhere in the file.
private enum Item: Decodable {
  case text, flag, integer, texts, other
  case section([String: Item])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if (try? container.decode(String.self)) != nil {
      self = .text
    } else if (try? container.decode(Bool.self)) != nil {
      self = .flag
    } else if (try? container.decode(Int.self)) != nil {
      self = .integer
    } else if (try? container.decode([String].self)) != nil {
      self = .texts
    } else if let members = try? container.decode([String: Item].self) {
      self = .section(members)
    } else {
      self = .other
    }
  }
}

extension ServerSetting {
  /// What a file may say of the setting, for errors.
  fileprivate var jsonForm: String {
    switch kind {
    case .text, .choice: "a text in quotes"
    case .flag: "true or false"
    case .integer: "a whole number"
    case .duration: "\(Quantity.durationExamples), in quotes"
    case .size: "\(Quantity.sizeExamples), in quotes"
    case .list: "a list of texts in quotes"
    }
  }
}
