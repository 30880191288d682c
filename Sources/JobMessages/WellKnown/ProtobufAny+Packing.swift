public import ProtobufWire

extension ProtobufAny {
  /// Encodes a message, with a type URL below `type.googleapis.com`.
  public init<M: Message>(packing message: M) {
    self.init(
      typeURL: "type.googleapis.com/" + M.fullName, value: message.serializedBytes())
  }

  /// Whether the type URL names this message type, whatever host it gives.
  public func isA<M: Message>(_ type: M.Type) -> Bool {
    let typeName = typeURL.utf8.split(separator: UInt8(ascii: "/")).last
    return typeName?.elementsEqual(M.fullName.utf8) ?? false
  }

  /// Decodes the message if it is of this type; nil if the type URL names another.
  public func unpack<M: Message>(_ type: M.Type) throws(WireError) -> M? {
    guard isA(type) else { return nil }
    return try M(serializedBytes: value)
  }
}
