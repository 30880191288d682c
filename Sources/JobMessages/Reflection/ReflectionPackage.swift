/// A version of the gRPC reflection protocol; the versions differ in nothing but the package's name.
public protocol ReflectionPackage: Sendable {
  /// The protobuf package.
  static var name: String { get }
}

/// The stable version of the reflection protocol.
public enum ReflectionV1: ReflectionPackage {
  /// The protobuf package.
  public static let name = "grpc.reflection.v1"
}

/// The version before it, which many clients still speak.
public enum ReflectionV1Alpha: ReflectionPackage {
  /// The protobuf package.
  public static let name = "grpc.reflection.v1alpha"
}
