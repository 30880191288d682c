/// How many characters of a request's text a message repeats.
private let longestQuotation = 128

/// The text, cut after as many characters as a message repeats.
func clipped(_ text: String) -> String {
  guard text.utf8.count > longestQuotation else { return text }
  let head = String(text.unicodeScalars.prefix(longestQuotation))
  return head.utf8.count == text.utf8.count ? text : head + "…"
}

/// The text in double quotes for messages and field paths, on one line and of bounded length.
///
/// Requests hold texts of up to megabytes, and status messages travel in headers.
func quoted(_ text: String) -> String {
  var result = "\""
  var length = 0
  for scalar in text.unicodeScalars {
    guard length < longestQuotation else {
      result += "…"
      break
    }
    length += 1
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.value < 0x20 || scalar.value == 0x7F:
      let hex = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
