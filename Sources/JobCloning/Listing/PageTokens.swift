internal import Foundation
internal import JobMessages

/// Page tokens that only this installation can make, each for one project and filter.
///
/// A token is the position of the last job of a page and a MAC over that position, the project and
/// the filter, in URL-safe base64. It tells a client nothing that the page did not.
struct PageTokens: Sendable {
  private static let purpose = "list page token v1"
  private static let macLength = 32

  let keys: KeyRing

  /// The token for the page after this position.
  func token(after cursor: JobQuery.Cursor, projectID: String, filter: String) -> String {
    let position =
      bytes(of: cursor.createdAt.seconds) + bytes(of: cursor.createdAt.nanos)
      + Array(cursor.id.utf8)
    let mac = keys.mac(message(position, projectID, filter), purpose: Self.purpose)
    return text(of: Data(position + mac))
  }

  /// The position in a token, or nil if this installation did not make it for this list.
  func cursor(in token: String, projectID: String, filter: String) -> JobQuery.Cursor? {
    // First: a request may hold megabytes of anything.
    guard token.utf8.count <= 1_000 else { return nil }
    let padding = String(repeating: "=", count: (4 - token.utf8.count % 4) % 4)
    let base64 = token.replacing("-", with: "+").replacing("_", with: "/") + padding
    guard let data = Data(base64Encoded: base64),
      data.count > 12 + Self.macLength,
      // Base64 has several spellings for the same bytes; only the one that was given out counts.
      text(of: data).utf8.elementsEqual(token.utf8)
    else { return nil }
    let position = Array(data.dropLast(Self.macLength))
    let mac = Array(data.suffix(Self.macLength))
    let message = message(position, projectID, filter)
    guard keys.isValidMAC(mac, for: message, purpose: Self.purpose) else { return nil }
    var createdAt = ProtobufTimestamp()
    createdAt.seconds = number(position[0..<8])
    createdAt.nanos = number(position[8..<12])
    return JobQuery.Cursor(
      createdAt: createdAt, id: String(decoding: position[12...], as: UTF8.self))
  }

  private func text(of data: Data) -> String {
    data.base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// What the MAC covers, every part behind its length.
  private func message(_ position: [UInt8], _ projectID: String, _ filter: String) -> [UInt8] {
    [Array(projectID.utf8), Array(filter.utf8), position].reduce(into: []) { message, part in
      message += bytes(of: Int64(part.count)) + part
    }
  }

  private func bytes(of number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  private func number<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Number {
    bytes.reduce(0) { $0 << 8 | Number($1) }
  }
}
