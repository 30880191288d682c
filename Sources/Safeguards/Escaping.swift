/// How many characters of a text a message repeats.
package let longestQuotation = 128

/// The text, cut after as many characters as a message repeats.
package func clipped(_ text: String) -> String {
  guard text.utf8.count > longestQuotation else { return text }
  let head = String(text.unicodeScalars.prefix(longestQuotation))
  return head.utf8.count == text.utf8.count ? text : head + "…"
}

/// The text in double quotes for messages, field paths and terminals: on one line, harmless, and of
/// bounded length.
///
/// Requests hold texts of up to megabytes, and status messages travel in headers.
///
/// - Parameter limit: after how many of the text's characters it is cut.
package func quoted(_ text: String, limit: Int = longestQuotation) -> String {
  "\"" + escaped(text, limit: limit, inQuotes: true) + "\""
}

/// The text with every character escaped that could end a line, steer a terminal, or reorder or hide
/// other text; what is escaped already stays as it is.
///
/// - Parameter limit: after how many of the text's characters it is cut.
package func escaped(_ text: String, limit: Int = .max) -> String {
  escaped(text, limit: limit, inQuotes: false)
}

/// The text as it is when it is harmless and cannot be taken for a quoted one, or else in quotes.
package func quotedIfUnsafe(_ text: String) -> String {
  isHarmless(text) && !text.hasPrefix("\"") ? text : quoted(text, limit: .max)
}

/// The text with unsafe characters escaped, but in lines: for texts that are made of several.
package func escapedLines(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }
    .joined(separator: "\n")
}

/// The text with unsafe characters escaped but for line ends and tabs: for the logs of programs.
package func escapedLog(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    if scalar.isUnsafeInText, scalar != "\n", scalar != "\r", scalar != "\t" {
      result += scalar.escapeSequence
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// A JSON text with unsafe characters escaped as JSON does it; its value stays the same.
///
/// Outside strings JSON has no unsafe characters but the line feeds between its tokens.
package func escapedJSON(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    guard scalar.isUnsafeInText, scalar != "\n" else {
      result.unicodeScalars.append(scalar)
      continue
    }
    for unit in String(scalar).utf16 { result += "\\u" + hexadecimal(UInt32(unit), digits: 4) }
  }
  return result
}

private func isHarmless(_ text: String) -> Bool {
  text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    || !text.unicodeScalars.contains { $0.isUnsafeInText }
}

private func escaped(_ text: String, limit: Int, inQuotes: Bool) -> String {
  if text.utf8.count <= limit, isHarmless(text),
    !inQuotes || !text.utf8.contains(where: { $0 == 0x22 || $0 == 0x5C })
  {
    return text
  }
  var result = ""
  var length = 0
  for scalar in text.unicodeScalars {
    guard length < limit else { return result + "…" }
    length += 1
    switch scalar {
    case "\"" where inQuotes: result += "\\\""
    case "\\" where inQuotes: result += "\\\\"
    case _ where scalar.isUnsafeInText: result += scalar.escapeSequence
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

extension Unicode.Scalar {
  /// Whether the character could end a line, steer a terminal, or reorder or hide other text.
  ///
  /// Controls, line separators and formats, among them all that set directions; not the two joiners,
  /// without which Persian, Hindi and emoji cannot be written.
  package var isUnsafeInText: Bool {
    if value < 0x7F { return value < 0x20 }
    return switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    case .format: value != 0x200C && value != 0x200D
    default: false
    }
  }

  /// The character as C and Python write it: `\n`, `\u001b`, `\U000e0001`.
  fileprivate var escapeSequence: String {
    switch self {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case _ where value > 0xFFFF: "\\U" + hexadecimal(value, digits: 8)
    default: "\\u" + hexadecimal(value, digits: 4)
    }
  }
}

private func hexadecimal(_ number: UInt32, digits: Int) -> String {
  let text = String(number, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
