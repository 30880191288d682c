internal import Configuration

/// What `serve --help` says of every setting.
enum SettingsHelp {
  /// All settings, lines of at most 78 columns.
  static let text: String = {
    var lines = wrapped(
      """
      Each setting is a flag, an environment variable, or a name in a JSON file that --config or \
      DATASPHERE_JOBS_CONFIG names; a flag wins over the environment, and that over the file. The \
      variable of --data-directory is DATASPHERE_JOBS_DATA_DIRECTORY, and so on. --print-config \
      prints every setting as it counts, as a file with comments, and does nothing else.
      """, indent: 0)
    for group in ServerSetting.groups {
      lines += ["", group.title.uppercased() + ":"]
      for setting in group.settings {
        let line = "  \(setting.flag) \(setting.placeholder)"
        lines.append(String(line.last == " " ? line.dropLast() : line[...]))
        lines += wrapped(setting.help + setting.notes, indent: 8)
      }
    }
    return lines.joined(separator: "\n")
  }()

  private static func wrapped(_ text: String, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = margin
    for word in text.split(separator: " ") {
      if line.count + word.count > 78, line.count > indent {
        lines.append(String(line.dropLast()))
        line = margin
      }
      line += word + " "
    }
    return lines + [String(line.dropLast())]
  }
}

extension ServerSetting {
  /// ` (1s to 365d, default 14d)`: the range and the default, so far as there are any.
  fileprivate var notes: String {
    let notes = [rangeText, standardText.map { "default: \($0)" }].compactMap { $0 }
    return notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
  }

  private var standardText: String? {
    switch standard {
    case .string(let text): text.isEmpty ? nil : text
    case .int(let number): "\(number)"
    case .stringArray(let texts): texts.joined(separator: ",")
    default: nil
    }
  }
}
