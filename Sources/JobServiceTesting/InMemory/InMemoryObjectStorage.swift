public import JobCloning
internal import Synchronization

/// An object storage that knows contents by name alone and lives as long as the process: for tests.
///
/// Nothing listens at the URLs that it makes: a test says what is stored with ``add(_:in:at:)``.
public final class InMemoryObjectStorage: ObjectStorage {
  private struct State {
    /// When each content was stored, in seconds since 1970.
    var contents: [StoredContent: Int64] = [:]
    var questions: [Set<ContentID>] = []
    var failure: StoreError?
  }

  private let state = Mutex(State())

  /// A storage without contents.
  public init() {}

  // MARK: For tests

  /// The error that every call throws from now on, or nil.
  public var failure: StoreError? {
    get { state.withLock { $0.failure } }
    set { state.withLock { $0.failure = newValue } }
  }

  /// What ``stored(among:in:)`` was asked, in order.
  public var questions: [Set<ContentID>] { state.withLock { $0.questions } }

  /// Stores a content in a project, as if at this second.
  public func add(_ content: ContentID, in projectID: String, at second: Int64 = 0) {
    state.withLock { $0.contents[StoredContent(content, in: projectID)] = second }
  }

  /// Loses a content of a project.
  public func lose(_ content: ContentID, in projectID: String) {
    state.withLock { $0.contents[StoredContent(content, in: projectID)] = nil }
  }

  // MARK: ObjectStorage

  /// Which of these contents were added to the project; the empty one always is.
  public func stored(
    among contents: Set<ContentID>, in projectID: String
  ) async throws(StoreError) -> Set<ContentID> {
    if let failure { throw failure }
    return state.withLock { state in
      state.questions.append(contents)
      return contents.filter {
        $0 == .empty || state.contents[StoredContent($0, in: projectID)] != nil
      }
    }
  }

  /// A URL that names the content, its project and the expiry.
  public func uploadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String {
    if let failure { throw failure }
    return "memory://\(projectID)/\(content.sha256)?size=\(content.sizeBytes)&expires=\(expiry)"
  }

  /// A URL that names the content, its project and the expiry.
  public func downloadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String {
    try uploadURL(for: content, in: projectID, expiry: expiry) + "&method=get"
  }

  /// Removes a content; one that is not there is no error.
  public func remove(_ content: ContentID, in projectID: String) async throws(StoreError) {
    if let failure { throw failure }
    lose(content, in: projectID)
  }

  /// A page of the contents that were added with a time before this one, by project and hash.
  public func contents(
    storedBefore time: Int64, after content: StoredContent?, limit: Int
  ) async throws(StoreError) -> [StoredContent] {
    if let failure { throw failure }
    let old = state.withLock { $0.contents.filter { $0.value < time }.keys }
    let rest = old.filter { entry in content.map { entry.listingKey > $0.listingKey } ?? true }
    return Array(rest.sorted { $0.listingKey < $1.listingKey }.prefix(max(0, limit)))
  }

  /// Does nothing: a content is here whole or not at all.
  public func dropUnfinishedUploads(startedBefore time: Int64) async throws(StoreError) {
    if let failure { throw failure }
  }
}

extension StoredContent {
  fileprivate var listingKey: (String, String, Int64) {
    (projectID, content.sha256, content.sizeBytes)
  }
}
