import Crypto
import JobCloning
import XCTest

/// Who is known by a token whose hash is in a file.
final class BearerTokensTests: XCTestCase {
  private static let token = "correct-horse-battery-staple"

  private static func line(_ id: String, _ token: String = token) throws -> String {
    try XCTUnwrap(BearerTokens.line(for: token, principalID: id)) + "\n"
  }

  private func tokens(_ file: AccessFile) throws -> BearerTokens {
    try BearerTokens(file: file.path, checkedEvery: .zero, logger: file.logger)
  }

  private func principal(
    _ token: String?, _ tokens: BearerTokens
  ) async -> Result<Principal, AuthenticationError> {
    do throws(AuthenticationError) {
      return .success(try await tokens.principal(for: Credentials(bearerToken: token)))
    } catch {
      return .failure(error)
    }
  }

  func testALineIsTheHexadecimalSHA256OfTheToken() throws {
    XCTAssertEqual(
      BearerTokens.line(for: "abc", principalID: "alice"),
      "alice ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    for id in ["", "a b", "#a", "\u{E9}", String(repeating: "a", count: 257)] {
      XCTAssertNil(BearerTokens.line(for: "abc", principalID: id), id)
    }
  }

  func testTokensLeadToTheirPrincipalsAndNothingElseDoes() async throws {
    let file = try AccessFile(
      "# people\n\n" + Self.line("alice") + "  \t" + Self.line("alice", "second-token")
        + Self.line("bob", "token-of-bob").uppercasedDigits)
    let tokens = try tokens(file)
    for (token, id) in [
      (Self.token, "alice"), ("second-token", "alice"), ("token-of-bob", "bob"),
    ] {
      let found = try await principal(token, tokens).get()
      XCTAssertEqual(found, Principal(id: id))
    }
    for token in ["", "alice", Self.token + " ", String(Self.token.dropLast())] {
      guard case .failure(let error) = await principal(token, tokens) else {
        return XCTFail(token)
      }
      XCTAssertEqual(error.code, .refused)
    }
    guard case .failure(let error) = await principal(nil, tokens) else { return XCTFail() }
    XCTAssertEqual(error.code, .missing)
  }

  func testChangesCountAndFaultsLeaveWhatWasThere() async throws {
    let file = try AccessFile(Self.line("alice"))
    let tokens = try tokens(file)
    try file.write(Self.line("bob", "another-token"))
    let removed = try? await principal(Self.token, tokens).get()
    XCTAssertNil(removed, "a token that was taken out of the file still counts")
    let added = try await principal("another-token", tokens).get()
    XCTAssertEqual(added.id, "bob")

    try file.write("nonsense")
    for _ in 0..<3 {
      let kept = try await principal("another-token", tokens).get()
      XCTAssertEqual(kept.id, "bob")
    }
    try file.remove()
    let kept = try await principal("another-token", tokens).get()
    XCTAssertEqual(kept.id, "bob")
    let faults = file.logged.filter { $0.contains("not read again") }
    XCTAssertEqual(faults.count, 2, "one line for each fault: \(faults)")
    XCTAssertTrue(faults.first?.contains("line 1") == true)

    try file.write("# nobody any more\n")
    let nobody = try? await principal("another-token", tokens).get()
    XCTAssertNil(nobody)
  }

  func testAFileThatIsWrongIsRefusedByLineWithoutItsContent() throws {
    let digest = String(repeating: "ab", count: 32)
    let cases = [
      ("alice\n", "line 1"), ("# x\nalice secretword\n", "line 2"),
      ("alice \(digest) secretword\n", "line 1"), ("alice \(digest.dropLast())\n", "line 1"),
      ("alice \(digest)\n\nbob \(digest)\n", "line 3"), ("\u{E9} \(digest)\n", "line 1"),
    ]
    for (text, place) in cases {
      let file = try AccessFile(text)
      XCTAssertThrowsError(try tokens(file), text) { error in
        let message = (error as? StoreError)?.message ?? ""
        XCTAssertTrue(message.hasPrefix("token file \(file.path): \(place) "), message)
        XCTAssertFalse(message.contains("secretword") || message.contains(digest), message)
      }
    }
  }

  func testAFileThatOthersMayUseIsRefused() throws {
    for mode in [0o604, 0o602, 0o620, 0o660, 0o777] {
      let file = try AccessFile(Self.line("alice"), mode: mode)
      XCTAssertThrowsError(try tokens(file)) { error in
        XCTAssertTrue("\(error)".contains("chmod"), "\(error)")
      }
    }
    for mode in [0o400, 0o600, 0o640, 0o440] {
      _ = try tokens(try AccessFile(Self.line("alice"), mode: mode))
    }
  }

  func testWhatIsNoFileIsRefused() throws {
    for path in ["/nowhere/tokens", "/dev/zero", "/tmp"] {
      XCTAssertThrowsError(try BearerTokens(file: path)) { error in
        XCTAssertTrue("\(error)".contains(path), "\(error)")
      }
    }
  }

  func testCredentialsNeverShowTheToken() {
    let credentials = Credentials(bearerToken: Self.token)
    var dumped = ""
    dump(credentials, to: &dumped)
    for text in ["\(credentials)", String(reflecting: credentials), dumped] {
      XCTAssertFalse(text.contains(Self.token), text)
    }
  }
}

extension String {
  /// The line with its digits in the other case.
  fileprivate var uppercasedDigits: String {
    split(separator: " ").enumerated().map { $0 == 0 ? String($1) : $1.uppercased() }
      .joined(separator: " ")
  }
}
