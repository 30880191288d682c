public import ProtobufWire

extension Message {
  /// The message as JSON text, by the rules of proto3.
  ///
  /// Fields come in the order of their numbers, map entries by key. Unknown fields are left out.
  /// Throws for what JSON cannot say: a `Duration` or `Timestamp` out of range, an `Any` that holds
  /// something else than it claims or a type that `MessageRegistry` does not list.
  public func jsonString(options: JSONOptions = .init()) throws(JSONError) -> String {
    String(decoding: try jsonBytes(options: options), as: UTF8.self)
  }

  /// The UTF-8 bytes of ``jsonString(options:)``.
  public func jsonBytes(options: JSONOptions = .init()) throws(JSONError) -> [UInt8] {
    try JSONVisitor.encoding(of: self, options: options)
  }

  /// Reads a message from the whole of a JSON text, by the rules of proto3.
  ///
  /// Field names may be spelled in either way, `jobId` or `job_id`. The error names the place in the
  /// message as well as line and column.
  public init(json: String, options: JSONOptions = .init()) throws(JSONError) {
    try self.init(jsonBytes: Array(json.utf8), options: options)
  }

  /// Reads a message from the UTF-8 bytes of a JSON text, as ``init(json:options:)`` does.
  public init(jsonBytes: [UInt8], options: JSONOptions = .init()) throws(JSONError) {
    let encoding = try WireTranscoder.encoding(of: Self.self, json: jsonBytes, options: options)
    do throws(WireError) {
      try self.init(serializedBytes: encoding)
    } catch {
      throw JSONError(.undecodable(error), path: "")
    }
  }
}
