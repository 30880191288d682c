import JobMessages
import MessageJSON
import ProtobufWire
import XCTest

/// The risk: an `Any` that is taken for another type, or whose content is lost.
final class AnyTests: XCTestCase {
  private func assertBothWays(_ any: ProtobufAny, _ json: String, line: UInt = #line) {
    XCTAssertEqual(try any.jsonString(), json, line: line)
    XCTAssertEqual(try ProtobufAny(json: json), any, line: line)
  }

  func testMessagesAreWrittenInPlace() {
    assertBothWays(
      ProtobufAny(packing: CreateProjectJobMetadata.with { $0.jobID = "j" }),
      #"{"@type":"type.googleapis.com/yandex.cloud.datasphere.v2.jobs.CreateProjectJobMetadata","#
        + #""jobId":"j"}"#)
    assertBothWays(
      ProtobufAny(packing: ProtobufEmpty()),
      #"{"@type":"type.googleapis.com/google.protobuf.Empty"}"#)
    assertBothWays(ProtobufAny(), "{}")
  }

  func testSpecialFormsAreValues() {
    assertBothWays(
      ProtobufAny(packing: ProtobufDuration(seconds: 1)),
      #"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}"#)
    assertBothWays(
      ProtobufAny(packing: ProtobufInt64Value(value: 5)),
      #"{"@type":"type.googleapis.com/google.protobuf.Int64Value","value":"5"}"#)
    assertBothWays(
      ProtobufAny(packing: ProtobufAny(packing: ProtobufTimestamp(seconds: 0))),
      #"{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"#
        + #""type.googleapis.com/google.protobuf.Timestamp","value":"1970-01-01T00:00:00Z"}}"#)
  }

  func testTypeNeedNotComeFirst() throws {
    let any = try ProtobufAny(
      json: #"{"metadata":{"b":"{","a":"2"},"@type":"any.host/google.rpc.ErrorInfo","reason":"r"}"#)
    XCTAssertEqual(any.typeURL, "any.host/google.rpc.ErrorInfo")
    let info = ErrorInfo.with {
      $0.reason = "r"
      $0.metadata = ["a": "2", "b": "{"]
    }
    XCTAssertEqual(any.value, info.serializedBytes(), "not in canonical order")
  }

  func testWhatCannotBeWritten() {
    for (any, message) in [
      (ProtobufAny(typeURL: "", value: [1]), "the message type is not known"),
      (ProtobufAny(typeURL: "t/no.such.Type", value: []), "the message type is not known"),
      (ProtobufAny(typeURL: "google.rpc.ErrorInfo/", value: []), "the message type is not known"),
      (
        ProtobufAny(typeURL: "t/google.rpc.ErrorInfo", value: [0x0a, 5]),
        "malformed protobuf at byte 1: a length reaches past the end"
      ),
    ] {
      let operation = LongRunningOperation.with { $0.metadata = any }
      XCTAssertThrowsError(try operation.jsonString()) { error in
        XCTAssertEqual("\(error)", "metadata: \(message)")
      }
    }
  }

  func testWhatCannotBeRead() {
    for (json, reason) in [
      (#"{"value":"1s"}"#, .missing("@type")),
      (#"{"@type":"t/google.protobuf.Duration"}"#, .missing("value")),
      (
        #"{"@type":"t/google.protobuf.Duration","value":null}"#, .wrongType(expected: Self.duration)
      ),
      (#"{"@type":"t/google.protobuf.Duration","value":"1s","more":1}"#, .unknownField),
      (#"{"@type":"t/google.protobuf.Duration","value":"1s","value":"1s"}"#, .duplicate),
      (#"{"@type":"t/google.protobuf.Empty","value":{}}"#, .unknownField),
      (#"{"@type":"t/no.such.Type"}"#, .unknownMessageType),
      (#"{"@type":""}"#, .unknownMessageType),
      (#"{"@type":"t/google.rpc.ErrorInfo/"}"#, .unknownMessageType),
      (#"{"@type":5}"#, .wrongType(expected: "a string")),
      (#"{"@type":null}"#, .wrongType(expected: "a string")),
      (#"{"@type":"t/google.rpc.ErrorInfo","@type":"t/google.rpc.ErrorInfo"}"#, .duplicate),
      (#"{"reason":1,"@type":"t/google.rpc.ErrorInfo"}"#, .wrongType(expected: "a string")),
      ("[]", .wrongType(expected: "an object")), ("null", .wrongType(expected: "an object")),
    ] as [(String, JSONError.Reason)] {
      XCTAssertThrowsError(try ProtobufAny(json: json), json) { error in
        XCTAssertEqual((error as? JSONError)?.reason, reason, json)
      }
    }
  }

  private static let duration = "a duration, such as \"1.5s\""
}
