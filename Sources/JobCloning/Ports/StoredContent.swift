/// A content of a project: what is removed when no live job refers to it any more.
public struct StoredContent: Sendable, Hashable {
  /// The project that has it.
  public var projectID: String
  /// Which content.
  public var content: ContentID

  /// A content in a project.
  public init(_ content: ContentID, in projectID: String) {
    self.projectID = projectID
    self.content = content
  }
}
