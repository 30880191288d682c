internal import JobMessages
internal import ProtobufWire

extension JSONVisitor {
  /// Writes a message: as an object of its fields, or in the special form that its type has.
  mutating func value<M: Message>(_ message: M) {
    nested { visitor in
      switch SpecialForm(M.self) {
      case .duration: visitor.special((message as? ProtobufDuration)?.jsonText, "a valid duration")
      case .timestamp: visitor.special((message as? ProtobufTimestamp)?.jsonText, "a valid time")
      case .int64Value:
        visitor.special((message as? ProtobufInt64Value).map { String($0.value) }, "a number")
      case .any: if let any = message as? ProtobufAny { visitor.object(any) }
      case nil:
        visitor.writer.open("{")
        message.visitFields(&visitor)
        visitor.writer.close("}")
      }
    }
  }

  private mutating func special(_ text: String?, _ expected: String) {
    guard let text else { return fail(.malformed(expected)) }
    writer.quoted(text)
  }

  /// Writes `@type` first, then the fields of the message within, or its special form as `value`.
  private mutating func object(_ any: ProtobufAny) {
    writer.open("{")
    if !any.typeURL.isEmpty || !any.value.isEmpty {
      writer.key("@type".utf8)
      writer.string(any.typeURL.utf8)
      if let type = ProtobufAny.messageType(url: any.typeURL) {
        content(type, any.value)
      } else {
        fail(.unknownMessageType)
      }
    }
    writer.close("}")
  }

  private mutating func content<M: Message>(_: M.Type, _ bytes: [UInt8]) {
    let message: M
    do throws(WireError) {
      message = try M(serializedBytes: bytes)
    } catch {
      return fail(.undecodable(error))
    }
    if SpecialForm(M.self) == nil {
      message.visitFields(&self)
    } else {
      writer.key("value".utf8)
      value(message)
    }
  }
}
