internal import Crypto
internal import Foundation
internal import JobMessages

/// A rotation has an order that never shuts a process out: a key is added, which every process has
/// to have read (a restart of each) before it is made current, which every process has to have read
/// before keys of earlier are removed.
///
/// Between the last two, ``SecretRotation`` seals again what is sealed under an earlier key. URLs
/// and idempotency keys are not made again: what they were made with has to stay as long as they
/// live, a day by default.
extension KeyRing {
  /// A ring whose current key is new and random, with all keys of this one behind it.
  public func rotated() -> KeyRing { withUpcomingKey().withUpcomingKeyCurrent() }

  /// Adds a new random key to a file; it opens and verifies, and nothing is made with it yet.
  ///
  /// A file that has such a key already is left as it is. It is durable when this returns; who
  /// reads meanwhile gets the keys from before or from after. Blocks.
  ///
  /// - Returns: the keys in the file.
  public static func addKey(toFile path: String) throws(StoreError) -> KeyRing {
    try editing(path).update { keys throws(StoreError) in keys.withUpcomingKey() }
  }

  /// Makes the added key of a file the current one; a file without one is left as it is.
  ///
  /// The file notes until when the key before was current.
  ///
  /// - Returns: the keys in the file.
  public static func makeAddedKeyCurrent(
    inFile path: String, clock: any WallClock = SystemClock()
  ) throws(StoreError) -> KeyRing {
    try editing(path).update { keys throws(StoreError) in
      keys.withUpcomingKeyCurrent(at: clock.now().seconds)
    }
  }

  /// Removes keys of earlier from a file, for good: what was made with them is lost.
  ///
  /// The current key and an added one stay, whatever is asked for. See ``SecretRotation`` for which
  /// keys nothing is sealed under.
  ///
  /// - Returns: the keys in the file.
  public static func removeKeys(
    _ ids: Set<UInt32>, fromFile path: String
  ) throws(StoreError) -> KeyRing {
    try editing(path).update { keys throws(StoreError) in
      KeyRing(
        current: keys.current, previous: keys.previous.filter { !ids.contains($0.id) },
        upcoming: keys.upcoming)
    }
  }

  /// The file itself: a link to it is not what a new file may take the place of.
  private static func editing(_ path: String) -> KeyFile {
    KeyFile(path: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
  }

  private func withUpcomingKey() -> KeyRing {
    guard upcoming == nil else { return self }
    let newest = ([current] + previous).map(\.id).max() ?? 0
    return KeyRing(
      current: current, previous: previous,
      upcoming: Key(id: newest + 1, secret: SymmetricKey(size: .bits256)))
  }

  private func withUpcomingKeyCurrent(at second: Int64? = nil) -> KeyRing {
    guard let upcoming else { return self }
    var before = current
    before.retiredAt = second
    return KeyRing(current: upcoming, previous: [before] + previous)
  }
}
