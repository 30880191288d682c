// swift-tools-version: 6.1
import PackageDescription

/// A target of the library; its dependencies are the arrows of the architecture, one way only.
func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one target, in `Tests/<target>Tests`.
func tests(
  _ target: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(target)Tests", dependencies: [.init(stringLiteral: target)] + dependencies,
    exclude: exclude, swiftSettings: strict)
}

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let inMemoryLogging = Target.Dependency.product(name: "InMemoryLogging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let configuration = Target.Dependency.product(
  name: "Configuration", package: "swift-configuration")
let http: [Target.Dependency] = [
  .product(name: "HummingbirdCore", package: "hummingbird"),
  .product(name: "HTTPTypes", package: "swift-http-types"),
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOExtras", package: "swift-nio-extras"),
  .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let httpClient: [Target.Dependency] = [
  .product(name: "AsyncHTTPClient", package: "async-http-client"),
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "datasphere-jobs",
  products: [
    .library(name: "Safeguards", targets: ["Safeguards"]),
    .library(name: "ProtobufWire", targets: ["ProtobufWire"]),
    .library(name: "JobMessages", targets: ["JobMessages"]),
    .library(name: "MessageJSON", targets: ["MessageJSON"]),
    .library(name: "CoreGRPC", targets: ["CoreGRPC"]),
    .library(name: "JobCloning", targets: ["JobCloning"]),
    .library(name: "JobStoreSQLite", targets: ["JobStoreSQLite"]),
    .library(name: "ObjectStorageDisk", targets: ["ObjectStorageDisk"]),
    .library(name: "JobService", targets: ["JobService"]),
    .library(name: "JobClient", targets: ["JobClient"]),
    .library(name: "JobServiceTesting", targets: ["JobServiceTesting"]),
    .executable(name: "datasphere-jobs", targets: ["datasphere-jobs"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(
      url: "https://github.com/apple/swift-configuration", from: "1.4.0",
      traits: ["JSON", "CommandLineArguments"]),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    // `make docs` alone; no target depends on it.
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    .target(
      name: "CGRPCShim", path: "CGRPCShim",
      linkerSettings: [
        .linkedLibrary("grpc"), .linkedLibrary("gpr"), .linkedLibrary("z"),
        .linkedLibrary("ssl"), .linkedLibrary("crypto"),
      ]),
    layer("Safeguards", [logging]),
    layer("ProtobufWire"),
    layer("JobMessages", ["ProtobufWire"]),
    layer("MessageJSON", ["JobMessages", "ProtobufWire"]),
    layer("CoreGRPC", ["CGRPCShim", "Safeguards", lifecycle, logging]),
    layer(
      "JobCloning", ["JobMessages", "ProtobufWire", "Safeguards", crypto, lifecycle, logging]),
    layer(
      "JobStoreSQLite",
      ["JobCloning", "JobMessages", "ProtobufWire", grdb, sqlite, logging, metrics]),
    layer(
      "ObjectStorageDisk",
      ["JobCloning", "JobMessages", "Safeguards", crypto, lifecycle, logging] + http),
    layer(
      "JobService",
      [
        "JobCloning", "JobMessages", "ProtobufWire", "CoreGRPC", "Safeguards", logging, metrics,
        lifecycle,
      ]),
    layer("JobClient", ["JobMessages", "ProtobufWire", "CoreGRPC", crypto] + httpClient),
    layer(
      "JobServiceTesting",
      ["JobService", "JobClient", "JobCloning", "JobMessages", "CoreGRPC", logging]),
    .executableTarget(
      name: "datasphere-jobs",
      dependencies: [
        "JobService", "JobClient", "JobCloning", "JobMessages", "ProtobufWire", "CoreGRPC",
        "JobStoreSQLite", "ObjectStorageDisk", "MessageJSON", "Safeguards", argumentParser,
        configuration, logging, lifecycle, signals,
      ],
      swiftSettings: strict),
    tests("Safeguards", [logging]),
    tests("ProtobufWire", ["TestSupport"]),
    tests("JobMessages", ["ProtobufWire"], exclude: ["Golden"]),
    tests("MessageJSON", ["JobMessages", "ProtobufWire", "TestSupport"]),
    tests("CoreGRPC", ["CGRPCShim", "Safeguards", "TestSupport", logging, lifecycle]),
    tests(
      "JobCloning",
      [
        "JobServiceTesting", "JobStoreSQLite", "JobMessages", "ProtobufWire", "Safeguards",
        "TestSupport", crypto, lifecycle, logging, inMemoryLogging,
      ]),
    tests(
      "JobStoreSQLite",
      [
        "JobServiceTesting", "JobCloning", "JobMessages", "ProtobufWire", "TestSupport", grdb,
        sqlite, logging, inMemoryLogging, metrics, metricsTestKit,
      ]),
    tests(
      "ObjectStorageDisk",
      [
        "JobCloning", "JobMessages", "Safeguards", "TestSupport", crypto, logging, lifecycle,
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
    tests(
      "JobService",
      [
        "JobServiceTesting", "JobClient", "JobCloning", "JobMessages", "ProtobufWire", "CoreGRPC",
        "Safeguards", logging, inMemoryLogging, metrics, metricsTestKit,
      ]),
    tests("JobClient", ["JobMessages", "ProtobufWire", "CoreGRPC", "TestSupport"]),
    // The built server from outside: killed, without power, and on disks that fail.
    .testTarget(
      name: "DurabilityTests",
      dependencies: [
        "TestSupport", "JobClient", "JobCloning", "JobStoreSQLite", "JobMessages", "ProtobufWire",
        "CoreGRPC",
      ],
      swiftSettings: strict),
    // The built server under attack: what it costs, and how others are served meanwhile.
    .testTarget(
      name: "AttackTests",
      dependencies: ["TestSupport", "JobClient", "JobMessages", "ProtobufWire", "CoreGRPC"],
      swiftSettings: strict),
    // What several test targets need.
    .target(
      name: "TestSupport", dependencies: ["JobClient", "CoreGRPC"], path: "Tests/TestSupport",
      exclude: ["preload"],
      swiftSettings: strict),
    tests(
      "datasphere-jobs",
      [
        "JobCloning", "JobMessages", "CoreGRPC", "Safeguards", argumentParser, configuration,
        logging, inMemoryLogging,
      ]),
    // The code of the articles in JobService.docc, compiled and run.
    .testTarget(
      name: "DocumentationTests",
      dependencies: [
        "JobService", "JobServiceTesting", "JobClient", "JobCloning", "JobMessages",
        "ProtobufWire", "CoreGRPC", "JobStoreSQLite", "ObjectStorageDisk", "Safeguards", logging,
        lifecycle, signals,
      ],
      swiftSettings: strict),
    // libprotobuf as the judge of the messages: for tests alone.
    .target(
      name: "ProtobufOracle", path: "Tests/ProtobufOracle",
      linkerSettings: [.linkedLibrary("protobuf")]),
    .testTarget(
      name: "WireOracleTests", dependencies: ["ProtobufOracle", "JobMessages", "ProtobufWire"],
      exclude: ["Regressions"], swiftSettings: strict),
    // Work that grows faster than its input, found by counting.
    .testTarget(
      name: "WorkTests",
      dependencies: [
        "MessageJSON", "JobMessages", "ProtobufWire", "JobCloning", "JobServiceTesting",
        "TestSupport",
      ],
      exclude: ["preload"], swiftSettings: strict),
    .testTarget(
      name: "JSONFuzzTests", dependencies: ["MessageJSON", "JobMessages", "ProtobufWire"],
      exclude: ["Regressions"], swiftSettings: strict),
    // Answers questions about JSON line by line, so that another runtime can compare.
    .executableTarget(
      name: "json-probe", dependencies: ["MessageJSON", "JobMessages", "ProtobufWire"],
      path: "Tests/JSONProbe", swiftSettings: strict),
    // Measures requests of the worst shapes; see Benchmarks/Scripts/requests.sh.
    .executableTarget(
      name: "request-benchmark",
      dependencies: ["JobServiceTesting", "JobCloning", "JobMessages", "ProtobufWire"],
      path: "Benchmarks/Requests", swiftSettings: strict),
    // Serves gRPC's interoperability tests, so that another runtime can call them.
    .executableTarget(
      name: "interop-server", dependencies: ["CoreGRPC", "ProtobufWire"],
      path: "Tests/InteropServer", exclude: ["Protos"], swiftSettings: strict),
  ]
)
