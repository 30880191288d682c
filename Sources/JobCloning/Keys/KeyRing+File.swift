internal import Crypto

extension KeyRing {
  /// The keys in a file; nil when there is no file.
  ///
  /// Blocks.
  ///
  /// - Throws: as ``loadOrCreate(file:)``.
  public static func load(file path: String) throws(StoreError) -> KeyRing? {
    try KeyFile(path: path).read()
  }

  /// The keys in a file; when there is no file, one with a new random key is made.
  ///
  /// The file is made whole or not at all: of several processes that make it at once one wins, and
  /// all read the same keys. It is on stable storage when this returns, so that nothing is ever
  /// sealed with a key that a crash takes away. Blocks; meant for the start of a server.
  ///
  /// - Throws: ``StoreError/Code/misconfigured`` when the file is malformed, or may be read or
  ///   written by others than its owner; another code when the disk fails.
  public static func loadOrCreate(file path: String) throws(StoreError) -> KeyRing {
    let file = KeyFile(path: path)
    if let keys = try file.read() { return keys }
    try file.create(.random())
    guard let keys = try file.read() else {
      throw StoreError(.misconfigured, "key file \(path): somebody removes it as it is made")
    }
    return keys
  }
}
