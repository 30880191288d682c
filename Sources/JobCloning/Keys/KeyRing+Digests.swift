internal import Crypto

extension KeyRing {
  /// The message authentication code of these bytes under the current key: HMAC-SHA256, 32 bytes.
  ///
  /// - Parameters:
  ///   - message: the bytes.
  ///   - purpose: what the code is for; codes of different purposes never match.
  public func mac(_ message: [UInt8], purpose: String) -> [UInt8] {
    current.mac(message, purpose: purpose)
  }

  /// Whether ``mac(_:purpose:)`` under any key of the ring made this code.
  ///
  /// It takes the same time wherever the codes differ.
  public func isValidMAC(_ mac: [UInt8], for message: [UInt8], purpose: String) -> Bool {
    ([current] + others).contains { key in
      HMAC<SHA256>.isValidAuthenticationCode(
        mac, authenticating: message, using: key.derived(for: purpose))
    }
  }
}

extension KeyRing.Key {
  /// The message authentication code of these bytes under this key.
  func mac(_ message: [UInt8], purpose: String) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: message, using: derived(for: purpose)))
  }

  /// The key for one purpose: HKDF-Expand, as the secret is uniformly random already.
  func derived(for purpose: String) -> SymmetricKey {
    HKDF<SHA256>.expand(
      pseudoRandomKey: secret, info: Array("datasphere-jobs \(purpose)".utf8), outputByteCount: 32)
  }
}
