// swift-tools-version: 6.1
import PackageDescription

// The codec under test is linked into Sources/ by symbolic links instead of a dependency on `..`:
// the whole graph of the server need not be resolved and built to measure two of its targets.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "Benchmarks",
  products: [
    .executable(name: "codec-benchmark", targets: ["CodecBenchmark"]),
    .library(name: "AllocationCounter", type: .dynamic, targets: ["AllocationCounter"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0")
  ],
  targets: [
    .target(name: "ProtobufWire", swiftSettings: strict),
    .target(name: "JobMessages", dependencies: ["ProtobufWire"], swiftSettings: strict),
    // Made by Scripts/generate-swift.sh and committed.
    .target(
      name: "GeneratedMessages",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")]),
    // Its Generated/ is made by Scripts/generate-cpp.sh before every build.
    .target(
      name: "LibprotobufPeer",
      cxxSettings: [
        .define("NDEBUG"), .headerSearchPath("Generated"), .unsafeFlags(["-O2", "-w"]),
      ],
      linkerSettings: [.linkedLibrary("protobuf")]),
    // Preloaded into the benchmark, and nowhere linked.
    .target(name: "AllocationCounter"),
    .target(name: "Probes"),
    .executableTarget(
      name: "CodecBenchmark",
      dependencies: [
        "ProtobufWire", "JobMessages", "GeneratedMessages", "LibprotobufPeer", "Probes",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)
