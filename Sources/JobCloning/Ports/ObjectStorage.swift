/// Where the contents of files are kept, and who alone knows which are.
///
/// A content belongs to a project: stored in one, it counts as absent in every other, so that a
/// hash reveals nothing of other people's data (clone-semantics §3). Implementations are safe to
/// call from any task. Empty content is always stored.
public protocol ObjectStorage: Sendable {
  /// Which of these contents are stored in the project, whole and durably.
  func stored(
    among contents: Set<ContentID>, in projectID: String
  ) async throws(StoreError) -> Set<ContentID>

  /// A URL that accepts one HTTP PUT of exactly this content until `expiry`.
  ///
  /// - Parameters:
  ///   - content: the bytes, by hash and size.
  ///   - projectID: the project whose content it is.
  ///   - expiry: seconds since 1970.
  func uploadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String

  /// A URL that answers HTTP GET with exactly this content until `expiry`.
  ///
  /// - Parameters:
  ///   - content: the bytes, by hash and size.
  ///   - projectID: the project whose content it is.
  ///   - expiry: seconds since 1970.
  func downloadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String

  /// Removes a content, durably; one that is not there is no error.
  func remove(_ content: ContentID, in projectID: String) async throws(StoreError)

  /// A page of the contents of all projects that were stored before `time`, in the storage's order.
  ///
  /// - Parameters:
  ///   - time: seconds since 1970.
  ///   - content: the page starts after this one, which need not be there any more; nil starts at
  ///     the first.
  ///   - limit: how many contents at the most; fewer are the last page.
  func contents(
    storedBefore time: Int64, after content: StoredContent?, limit: Int
  ) async throws(StoreError) -> [StoredContent]

  /// Drops what is left of uploads that began before `time` and that nobody works on any more.
  ///
  /// - Parameter time: seconds since 1970.
  func dropUnfinishedUploads(startedBefore time: Int64) async throws(StoreError)
}

/// What a file holds, whatever its name: the identity of a stored content within a project.
public struct ContentID: Sendable, Hashable {
  /// SHA-256 of the bytes, 64 lowercase hexadecimal digits.
  public let sha256: String
  /// How many bytes there are.
  public let sizeBytes: Int64

  /// The content with this hash and size.
  public init(sha256: String, sizeBytes: Int64) {
    self.sha256 = sha256
    self.sizeBytes = sizeBytes
  }
}
