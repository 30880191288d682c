public import struct Crypto.SymmetricKey

/// The secret keys of an installation: the current one, those before it, and perhaps the next.
///
/// From each 256-bit key, separate keys are derived for sealing, for digests and for signing, so
/// that one use tells nothing about another. Old keys still open what they sealed.
public struct KeyRing: Sendable {
  /// One key of the ring and the number that sealed data names it by.
  public struct Key: Sendable {
    /// The number of the key.
    public let id: UInt32
    /// 256 bits.
    public let secret: SymmetricKey

    /// Until when the key was current, in seconds since 1970; nil when it is or that is not known.
    public var retiredAt: Int64?

    /// A key with its number.
    public init(id: UInt32, secret: SymmetricKey, retiredAt: Int64? = nil) {
      self.id = id
      self.secret = secret
      self.retiredAt = retiredAt
    }
  }

  /// The key that seals and signs.
  public let current: Key
  /// Keys that only open and verify, newest first.
  public let previous: [Key]

  /// The key that is to become current: it opens and verifies already, so that a process which
  /// makes it current shuts out none that has not done so yet.
  public let upcoming: Key?

  /// A ring of keys.
  public init(current: Key, previous: [Key] = [], upcoming: Key? = nil) {
    self.current = current
    self.previous = previous
    self.upcoming = upcoming
  }

  /// The keys that open and verify beside the current one.
  var others: [Key] { (upcoming.map { [$0] } ?? []) + previous }

  /// A ring of one new random key, for stores that do not outlive the process.
  public static func random() -> KeyRing {
    KeyRing(current: Key(id: 1, secret: SymmetricKey(size: .bits256)))
  }
}
