internal import MessageJSON
internal import ProtobufWire

/// Shows what the server answered, in the format asked for.
enum Answer {
  /// A message as JSON, upload URLs included, or the text made of it.
  static func show<M: Message>(
    _ message: M, as format: OutputFormat, text: (M) -> String
  ) throws {
    switch format {
    case .text: print(text(message))
    case .json:
      print(try message.jsonString(options: .init(isPretty: true)))
    }
  }
}
