internal import ProtobufWire

/// What a payload's body is.
struct PayloadType: OpenEnum {
  static let fullName = "grpc.testing.PayloadType"
  static let names: KeyValuePairs<String, Self> = ["COMPRESSABLE": .compressable]

  /// Zeros.
  static let compressable = Self(rawValue: 0)

  var rawValue: Int32

  init(rawValue: Int32) { self.rawValue = rawValue }
}
