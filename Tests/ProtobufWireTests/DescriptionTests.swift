import ProtobufWire
import XCTest

/// The risk: a log line that tells a secret, or tells nothing.
final class DescriptionTests: XCTestCase {
  func testOnlyWhatIsSetIsShownOnOneLine() {
    XCTAssertEqual("\(AllKinds())", "AllKinds {}")
    let message = AllKinds.with {
      $0.text = "a \"quoted\"\nline"
      $0.raw = [1, 2]
      $0.flag = true
      $0.color = .red
      $0.leaf = Leaf()
      $0.maybe = 0
      $0.choice = .text("")
      $0.numbers = [1, -2]
      $0.map = ["k": "v"]
      $0.leaves = [.with { $0.size = 3 }]
    }
    XCTAssertEqual(
      "\(message)",
      #"AllKinds { text: "a \"quoted\"\nline" raw: <2 bytes> flag: true color: RED leaf {} "#
        + #"maybe: 0 chosen_text: "" numbers: 1 numbers: -2 map { key: "k" value: "v" } "#
        + #"leaves { size: 3 } }"#)
  }

  func testSecretsAreHiddenAndUnknownFieldsCounted() throws {
    var message = try AllKinds(serializedBytes: [0xf8, 0x07, 0x01])
    message.secret = "hunter2"
    XCTAssertEqual(
      "\(message)", #"AllKinds { secret: "<redacted>" <3 bytes of unknown fields> }"#)
    XCTAssertEqual(String(reflecting: message), "\(message)")
  }

  func testADumpShowsNoMoreThanTheDescription() {
    let message = AllKinds.with {
      $0.secret = "hunter2"
      $0.children = [.with { $0.secret = "hunter2" }]
    }
    struct Holder {
      var one: AllKinds?
      var many: [AllKinds]
    }
    var text = ""
    dump(Holder(one: message, many: [message]), to: &text)
    XCTAssertFalse(text.contains("hunter2"), text)
    XCTAssertTrue(text.contains("\(message)"), text)
  }

  func testTheTableOfFieldsIsComplete() throws {
    let fields = AllKinds.fieldSchemas
    XCTAssertEqual(fields.map(\.number), Array(1...17) + [5000])
    XCTAssertEqual(fields.filter(\.isRepeated).map(\.number), [8, 13, 14, 15, 17])
    XCTAssertEqual(fields.filter { $0.oneof == "choice" }.map(\.number), [10, 11, 12])
    XCTAssertEqual(fields.filter(\.isSecret).map(\.name), ["secret"])
    let leaf = try XCTUnwrap(fields.first { $0.name == "leaf" })
    guard case .message(let type) = leaf.kind else { return XCTFail("\(leaf.kind)") }
    XCTAssertEqual(type.fullName, "test.Leaf")
  }
}
