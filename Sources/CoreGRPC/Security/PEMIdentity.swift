internal import CGRPCShim

/// A certificate chain and the private key of its first certificate, checked.
struct PEMIdentity: Sendable, Equatable {
  let chain: PEMText
  let key: PEMText

  /// Reads both files.
  init(chain chainFile: String, key keyFile: String) throws(ServerError) {
    chain = try PEMText(file: chainFile, role: "certificate chain")
    key = try PEMText(file: keyFile, role: "private key", isSecret: true)
    // SAFETY: both texts end in a zero byte and live through the call, here and below.
    let report = cgrpc_pem_check_identity(chain.text, key.text)
    if let error = report.error(certificates: chainFile, key: keyFile) { throw error }
  }
}

extension PEMText {
  /// Reads and checks a file of authorities.
  static func authorities(_ file: String) throws(ServerError) -> PEMText {
    let contents = try PEMText(file: file, role: "authorities file")
    let report = cgrpc_pem_check_authorities(contents.text)
    if let error = report.error(certificates: file, key: "") { throw error }
    return contents
  }
}

extension cgrpc_pem_report {
  private var detailText: String {
    withUnsafeBytes(of: detail) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// What an operator reads; nil when all is well.
  fileprivate func error(certificates: String, key: String) -> ServerError? {
    let text: String
    switch problem {
    case CGRPC_PEM_OK: return nil
    case CGRPC_PEM_NO_CERTIFICATE: text = "\(certificates) holds no certificate in PEM form."
    case CGRPC_PEM_BAD_CERTIFICATE:
      text = "Certificate \(position) in \(certificates) cannot be read: \(detailText)."
    case CGRPC_PEM_NOT_YET_VALID:
      text = "Certificate \(position) in \(certificates) is not valid before \(detailText)."
    case CGRPC_PEM_EXPIRED:
      text = "Certificate \(position) in \(certificates) expired on \(detailText)."
    case CGRPC_PEM_NO_KEY: text = "\(key) holds no readable private key in PEM form."
    case CGRPC_PEM_ENCRYPTED_KEY:
      text = "The private key in \(key) is encrypted; it must be without a passphrase."
    case CGRPC_PEM_KEY_MISMATCH:
      text = "The private key in \(key) does not belong to the certificate in \(certificates)."
    default: text = "OpenSSL does not allow \(certificates) with \(key): \(detailText)."
    }
    return ServerError(.invalidCertificate, text)
  }
}
