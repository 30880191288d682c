// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "ServerBenchmark",
  dependencies: [
    .package(name: "datasphere-jobs", path: "../.."),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
  ],
  targets: [
    .target(
      name: "GeneratedMessages",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")]),
    .executableTarget(
      name: "CoreServer",
      dependencies: [
        .product(name: "CoreGRPC", package: "datasphere-jobs"),
        .product(name: "JobMessages", package: "datasphere-jobs"),
        .product(name: "JobService", package: "datasphere-jobs"),
        .product(name: "ProtobufWire", package: "datasphere-jobs"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "NIOServer",
      dependencies: [
        "GeneratedMessages",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
      ],
      swiftSettings: strict),
  ]
)
