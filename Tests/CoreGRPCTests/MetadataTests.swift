import CoreGRPC
import XCTest

final class MetadataTests: XCTestCase {
  func testValuesKeepTheirOrderAndKeysTheirCase() {
    var metadata: Metadata = ["A": "1", "b": "2"]
    metadata.add("3", forKey: "a")
    XCTAssertEqual(metadata.values(forKey: "a"), ["1", "3"])
    XCTAssertEqual(metadata["a"], "1")
    XCTAssertEqual(metadata["b"], "2")
    XCTAssertNil(metadata["c"])
    XCTAssertEqual(metadata.map(\.key), ["a", "b", "a"])
  }

  func testSettingReplacesAndNilRemoves() {
    var metadata: Metadata = ["a": "1", "b": "2", "a": "3"]
    metadata["a"] = "4"
    XCTAssertEqual(metadata.map(\.text), ["2", "4"])
    metadata["b"] = nil
    metadata["a"] = nil
    XCTAssertTrue(metadata.isEmpty)
  }

  func testDescriptionShowsNoValues() {
    let metadata: Metadata = ["authorization": "Bearer hunter2"]
    XCTAssertFalse("\(metadata)".contains("hunter2"))
  }

  func testMetadataCrossesBothWaysOverEveryTransport() async throws {
    let service = TestService(
      .unary("/test.Echo/Metadata") { _, context in
        var initial = Metadata()
        for value in context.metadata.values(forKey: "x-text") {
          initial.add(value, forKey: "x-initial")
        }
        context.initialMetadata = initial
        var trailing = Metadata()
        trailing.add(
          bytes: context.metadata.bytes(forKey: "x-data-bin") ?? [], forKey: "x-trailing-bin")
        context.trailingMetadata = trailing
        return [UInt8]()
      })
    let bytes = (0...255).map { UInt8($0) }
    for transport in Transport.allCases {
      try await withServer([service], over: transport) { _, channel in
        var metadata: Metadata = ["x-text": "one", "x-text": "two"]
        metadata.add(bytes: bytes, forKey: "x-data-bin")
        let reply = try await channel.unary(
          "/test.Echo/Metadata", [UInt8](), metadata: metadata)
        XCTAssertEqual(reply.initialMetadata.values(forKey: "x-initial"), ["one", "two"])
        XCTAssertEqual(reply.trailingMetadata.bytes(forKey: "x-trailing-bin"), bytes)
      }
    }
  }

  func testIllegalReplyMetadataIsInternalAndTheServerLives() async throws {
    let service = TestService(
      .unary("/test.Echo/Bad") { _, context -> [UInt8] in
        context.initialMetadata = ["x y": "a\nb"]
        return [1]
      })
    try await withServer([service, TestService.echo], over: .tcp) { _, channel in
      let error = await failure { try await channel.unary("/test.Echo/Bad", [UInt8]()) }
      XCTAssertEqual(error?.code, .internalError)
      _ = try await channel.unary("/test.Echo/Echo", [UInt8]())
    }
  }

  func testIllegalRequestMetadataFailsTheCall() async throws {
    try await withServer([TestService.echo]) { _, channel in
      let error = await failure {
        try await channel.unary("/test.Echo/Echo", [UInt8](), metadata: ["x y": "a"])
      }
      XCTAssertEqual(error?.code, .internalError)
    }
  }
}
