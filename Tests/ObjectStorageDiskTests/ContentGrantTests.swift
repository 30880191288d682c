import Crypto
import JobCloning
import XCTest

@testable import ObjectStorageDisk

/// Presigned URLs as values.
final class ContentGrantTests: XCTestCase {
  private let grant = ContentGrant(
    method: .put, content: ContentID(of: [1, 2, 3]), projectID: "bt1é/..", expiry: 1_700_000_000)

  func testRoundTrip() throws {
    let keys = KeyRing.random()
    let target = grant.signedTarget(keys: keys)
    let (parsed, signature) = try XCTUnwrap(ContentGrant.parse(target[...], method: .put))
    XCTAssertEqual(parsed, grant)
    XCTAssertTrue(parsed.isSigned(by: signature, keys: keys))
    XCTAssertFalse(parsed.isSigned(by: signature, keys: .random()))
    XCTAssertFalse(parsed.isSigned(by: [], keys: keys))
    XCTAssertFalse(parsed.isSigned(by: Array(signature.dropLast()), keys: keys))
  }

  func testParametersInAnyOrder() throws {
    let keys = KeyRing.random()
    let target = grant.signedTarget(keys: keys)
    let parts = target.split(separator: "?")
    let query = parts[1].split(separator: "&").reversed().joined(separator: "&")
    let parsed = try XCTUnwrap(
      ContentGrant.parse("\(parts[0])?\(query)", method: .put))
    XCTAssertEqual(parsed.grant, grant)
    XCTAssertTrue(parsed.grant.isSigned(by: parsed.signature, keys: keys))
  }

  func testURLsOfAnEarlierKeyStayValid() throws {
    let old = KeyRing.random()
    let rotated = KeyRing(
      current: .init(id: 2, secret: .init(size: .bits256)), previous: [old.current])
    let target = grant.signedTarget(keys: old)
    let (parsed, signature) = try XCTUnwrap(ContentGrant.parse(target[...], method: .put))
    XCTAssertTrue(parsed.isSigned(by: signature, keys: rotated))
    XCTAssertNotEqual(grant.signedTarget(keys: rotated), target)
  }

  /// Bytes moved from one field into the next make another message.
  func testFieldsCannotFlowIntoEachOther() {
    let keys = KeyRing.random()
    var left = grant
    left.projectID = "a1"
    var right = grant
    right.projectID = "a"
    XCTAssertNotEqual(
      left.signedTarget(keys: keys).suffix(64), right.signedTarget(keys: keys).suffix(64))
    left.projectID = "p"
    right.projectID = "p"
    left.content = ContentID(sha256: grant.content.sha256, sizeBytes: 1)
    left.expiry = 11
    right.content = ContentID(sha256: grant.content.sha256, sizeBytes: 11)
    right.expiry = 1
    XCTAssertNotEqual(
      left.signedTarget(keys: keys).suffix(64), right.signedTarget(keys: keys).suffix(64))
  }

  func testASignatureIsForOneMethod() throws {
    let keys = KeyRing.random()
    let target = grant.signedTarget(keys: keys)
    let (parsed, signature) = try XCTUnwrap(ContentGrant.parse(target[...], method: .get))
    XCTAssertFalse(parsed.isSigned(by: signature, keys: keys))
    var download = grant
    download.method = .get
    let other = try XCTUnwrap(
      ContentGrant.parse(download.signedTarget(keys: keys)[...], method: .put))
    XCTAssertFalse(other.grant.isSigned(by: other.signature, keys: keys))
  }

  func testHexadecimal() {
    XCTAssertEqual(Hexadecimal.encode([0x00, 0x9A, 0xFF]), "009aff")
    XCTAssertEqual(Hexadecimal.decode("009aff"), [0x00, 0x9A, 0xFF])
    XCTAssertEqual(Hexadecimal.decode(""), [])
    for text in ["0", "0g", "FF", "0 ", "é"] { XCTAssertNil(Hexadecimal.decode(text), text) }
  }

  func testHTTPDate() {
    XCTAssertEqual(
      HTTPDate.text(secondsSince1970: 784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT")
    XCTAssertEqual(HTTPDate.text(secondsSince1970: 0), "Thu, 01 Jan 1970 00:00:00 GMT")
    XCTAssertEqual(
      HTTPDate.text(secondsSince1970: 1_709_164_800), "Thu, 29 Feb 2024 00:00:00 GMT")
    XCTAssertEqual(
      HTTPDate.text(secondsSince1970: 253_402_300_799), "Fri, 31 Dec 9999 23:59:59 GMT")
  }
}
