internal import Crypto
internal import JobMessages

extension ContentID {
  /// The content of no bytes: always stored, and never asked for (clone-semantics §3).
  public static let empty = ContentID(
    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", sizeBytes: 0)

  /// The content that these bytes are.
  public init(of bytes: [UInt8]) {
    self.init(
      sha256: Hexadecimal.encode(SHA256.hash(data: bytes)), sizeBytes: Int64(bytes.count))
  }

  /// The content that a file has.
  init(_ file: File) { self.init(sha256: file.sha256, sizeBytes: file.sizeBytes) }
}
