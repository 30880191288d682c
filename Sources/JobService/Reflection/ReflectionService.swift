public import CoreGRPC
internal import Foundation
internal import JobMessages
public import ProtobufWire

/// `grpc.reflection.v1.ServerReflection` and its version before, `v1alpha`: lets tools such as
/// grpcurl call the server without .proto files.
///
/// It tells which services there are and what their messages look like, and nothing of the data.
public struct ReflectionService: GRPCService {
  /// The full names of the two services.
  public static let names = [ReflectionV1.name, ReflectionV1Alpha.name].map(serviceName)

  private let answers: ReflectionAnswers

  /// Reflection over these services and itself.
  ///
  /// - Parameters:
  ///   - services: the server's other services, by whose methods they are listed.
  ///   - fileDescriptorSets: what declares services that are not this library's: the output of
  ///     `protoc --include_imports --descriptor_set_out`.
  /// - Throws: ``/ProtobufWire/WireError`` when such a set is malformed.
  public init(
    services: [any GRPCService], fileDescriptorSets: [[UInt8]] = []
  ) throws(WireError) {
    var index = DescriptorIndex()
    let embedded = Data(base64Encoded: EmbeddedDescriptors.fileDescriptorSet) ?? Data()
    try index.add(fileDescriptorSet: Array(embedded))
    for set in fileDescriptorSets { try index.add(fileDescriptorSet: set) }
    let names = Set(services.flatMap(\.methods).compactMap(Self.serviceName(of:)))
    answers = ReflectionAnswers(index: index, services: names.union(Self.names).sorted())
  }

  /// ServerReflectionInfo of both versions.
  public var methods: [RPCMethod] { [method(ReflectionV1.self), method(ReflectionV1Alpha.self)] }

  private func method<P: ReflectionPackage>(_: P.Type) -> RPCMethod {
    .bidirectionalStreaming(Self.serviceName(P.name), "ServerReflectionInfo") {
      [answers] (requests: MessageRequests<ServerReflectionRequest<P>>, replies, _) in
      for try await request in requests { try await replies.write(answers.answer(request)) }
    }
  }

  private static func serviceName(_ package: String) -> String { package + ".ServerReflection" }

  /// The `package.Service` of `/package.Service/Method`.
  private static func serviceName(of method: RPCMethod) -> String? {
    method.path.split(separator: "/").first.map(String.init)
  }
}
