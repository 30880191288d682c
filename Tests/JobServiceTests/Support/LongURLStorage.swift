import JobCloning
import JobServiceTesting

/// An object storage in memory whose URLs all have the same length.
final class LongURLStorage: ObjectStorage {
  let contents = InMemoryObjectStorage()
  private let length: Int

  init(length: Int) { self.length = length }

  private func filled(_ url: String) -> String {
    url + String(repeating: "x", count: length - url.utf8.count)
  }

  func uploadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String {
    filled(try contents.uploadURL(for: content, in: projectID, expiry: expiry))
  }

  func downloadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String {
    filled(try contents.downloadURL(for: content, in: projectID, expiry: expiry))
  }

  func stored(
    among contents: Set<ContentID>, in projectID: String
  ) async throws(StoreError) -> Set<ContentID> {
    try await self.contents.stored(among: contents, in: projectID)
  }

  func remove(_ content: ContentID, in projectID: String) async throws(StoreError) {
    try await contents.remove(content, in: projectID)
  }

  func contents(
    storedBefore time: Int64, after content: StoredContent?, limit: Int
  ) async throws(StoreError) -> [StoredContent] {
    try await contents.contents(storedBefore: time, after: content, limit: limit)
  }

  func dropUnfinishedUploads(startedBefore time: Int64) async throws(StoreError) {}
}
