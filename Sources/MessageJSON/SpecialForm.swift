internal import JobMessages
internal import ProtobufWire

/// The message types that JSON does not write as an object of their fields.
enum SpecialForm {
  /// `"1.5s"`
  case duration
  /// `"2025-01-31T23:59:59Z"`
  case timestamp
  /// `"5"`
  case int64Value
  /// `{"@type": "type.googleapis.com/google.rpc.ErrorInfo", …}`
  case any

  init?(_ type: any Message.Type) {
    if type == ProtobufDuration.self {
      self = .duration
    } else if type == ProtobufTimestamp.self {
      self = .timestamp
    } else if type == ProtobufInt64Value.self {
      self = .int64Value
    } else if type == ProtobufAny.self {
      self = .any
    } else {
      return nil
    }
  }
}

extension ProtobufAny {
  /// The type that the URL names behind its last slash, if the registry has it.
  static func messageType(url: String) -> (any Message.Type)? {
    let name = url.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last
    return name.flatMap { MessageRegistry.type(named: String(Substring($0))) }
  }
}
