internal import Safeguards

/// The text, cut after as many characters as a message repeats.
func clipped(_ text: String) -> String { Safeguards.clipped(text) }

/// The text in double quotes for messages and field paths, on one line and of bounded length.
///
/// - Parameter limit: after how many of the text's characters it is cut.
func quoted(_ text: String, limit: Int = longestQuotation) -> String {
  Safeguards.quoted(text, limit: limit)
}
