import JobCloning
import XCTest

/// Who is known by the names in a verified certificate.
final class ClientCertificatesTests: XCTestCase {
  private func id(_ names: CertificateNames?) async -> String? {
    let credentials = Credentials(bearerToken: "ignored", certificate: names)
    return try? await ClientCertificates().principal(for: credentials).id
  }

  func testTheFirstAlternativeNameCountsByKind() async throws {
    let all = CertificateNames(
      uris: ["spiffe://a/b", "spiffe://c"], dnsNames: ["host"], emailAddresses: ["a@b"],
      commonName: "common")
    let uri = await id(all)
    XCTAssertEqual(uri, "spiffe://a/b")
    let host = await id(.init(dnsNames: ["host"], emailAddresses: ["a@b"], commonName: "common"))
    XCTAssertEqual(host, "host")
    let mail = await id(.init(emailAddresses: ["a@b"], commonName: "common"))
    XCTAssertEqual(mail, "a@b")
    let common = await id(.init(commonName: "common"))
    XCTAssertEqual(common, "common")
  }

  func testNobodyIsKnownWithoutAUsableName() async {
    let unusable = [
      nil, CertificateNames(), .init(commonName: ""), .init(commonName: "a\nb"),
      .init(uris: ["a\u{202E}b"], commonName: "fine"),
      .init(commonName: String(repeating: "x", count: 257)),
    ]
    for names in unusable {
      let id = await id(names)
      XCTAssertNil(id, "\(String(describing: names))")
    }
  }
}
