internal import MessageJSON
internal import ProtobufWire
internal import Safeguards

/// Shows what the server answered, in the format asked for.
enum Answer {
  /// A message as JSON, upload URLs included, or the text made of it.
  static func show<M: Message>(
    _ message: M, as format: OutputFormat, text: (M) -> String
  ) throws {
    switch format {
    case .text:
      let text = text(message)
      if !text.isEmpty { try Terminal.print(escapedLines(text)) }
    case .json:
      try Terminal.print(escapedJSON(try message.jsonString(options: .init(isPretty: true))))
    }
  }
}
