internal import GRDB
internal import JobCloning

/// The stages by which a content is removed, such that no accepted job takes it for stored then.
///
/// A content is *marked* when no live job refers to it. A first transaction notes that its removal
/// has *begun*. A second one finds that there is still no reference, has the object storage remove
/// it, and notes that it is *removed*. The epoch grows in both, and whenever a begun removal is
/// given up; each note keeps the epoch that it made.
///
/// Why no interleaving of processes, with a crash anywhere, leaves a live job that took a content
/// for stored which is not there. Say a job is created that looked for the content after it had
/// read the epoch `e`, and the content is taken out of the storage after that look. What takes it
/// out is a second transaction; the first one before it is durable by then.
/// - The creation commits before the first one does: that one sees the reference and does not begin.
/// - It commits after the first one and before the second one begins, or after the second one was
///   rolled back: the note says *begun*, and the creation is refused. If the note was given up in
///   between, by a job that is to upload the content itself, that made an epoch greater than `e`,
///   and the creation is refused for it.
/// - It cannot commit while the second one holds the lock for writing.
/// - It commits after the second one did: the note says *removed* at an epoch greater than `e`, and
///   the creation is refused.
///
/// Where the content is taken out before the look, the storage has said that it is not there.
/// A creation without an epoch uploads all its contents, so it needs no refusal; it takes their
/// marks away, since from then on it refers to them. A mark alone means that nothing has happened
/// yet, so any creation takes it away. A job that refers to a content keeps it, so a change that
/// keeps its references needs no look; one that adds some is judged as a creation is.
enum ContentRemoval {
  private enum Stage: Int64, DatabaseValueConvertible {
    case marked = 1
    case begun = 2
    case removed = 3
  }

  private struct Note {
    let stage: Stage
    /// What the epoch was when a removal last began, ended or was given up; 0 if never.
    let epoch: Int64
  }

  /// For so many epochs the notes of what was removed are kept; who read an earlier one is refused.
  static let keptEpochs: Int64 = 1024

  static func epoch(in database: Database) throws -> Int64 {
    let statement = try database.cachedStatement(sql: "SELECT epoch FROM content_epoch")
    return try Int64.fetchOne(statement) ?? 0
  }

  // MARK: Creations

  /// What a job that begins to refer to contents does to their marks; nil when it must not.
  static func admission(
    of contents: [ContentID], projectID: String, since epoch: Int64?, in database: Database
  ) throws -> [StoredContent]? {
    if let epoch, !contents.isEmpty, try epoch < self.epoch(in: database) - keptEpochs {
      return nil
    }
    var marked: [StoredContent] = []
    for content in contents {
      let content = StoredContent(content, in: projectID)
      guard let note = try note(on: content, in: database) else { continue }
      if let epoch, note.stage == .begun || note.epoch > epoch { return nil }
      if note.stage != .removed { marked.append(content) }
    }
    return marked
  }

  static func takeMarksAway(_ contents: [StoredContent], in database: Database) throws {
    for content in contents {
      switch try note(on: content, in: database) {
      case let note? where note.stage == .begun:
        // Whoever saw the content before may not rely on it: it may be gone already.
        try write(.removed, on: [content], epoch: advanceEpoch(in: database), in: database)
      case let note? where note.stage == .marked && note.epoch > 0:
        try write(.removed, on: [content], epoch: note.epoch, in: database)
      case let note? where note.stage == .marked:
        let statement = try database.cachedStatement(
          sql: "DELETE FROM content_removals WHERE \(isThisContent)")
        try statement.execute(arguments: arguments(content))
      default: break
      }
    }
  }

  // MARK: Marks

  /// Marks a content, unless a live job refers to it or it has its mark.
  static func mark(_ stored: StoredContent, in database: Database) throws {
    // The empty content is always stored.
    guard stored.content != .empty, try !ContentTable.isReferenced(stored, in: database) else {
      return
    }
    // A note of an earlier removal is kept, at the end of the line.
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO content_removals (project_id, sha256, size_bytes, stage, epoch)
        VALUES (?, ?, ?, \(Stage.marked.rawValue), 0)
        ON CONFLICT (project_id, sha256, size_bytes) DO UPDATE
          SET stage = excluded.stage,
            number = (SELECT max(number) + 1 FROM content_removals)
          WHERE stage = \(Stage.removed.rawValue)
        """)
    try statement.execute(arguments: arguments(stored))
  }

  static func marked(limit: Int, in database: Database) throws -> [StoredContent] {
    let statement = try database.cachedStatement(
      sql: """
        SELECT project_id, sha256, size_bytes FROM content_removals
        WHERE stage < \(Stage.removed.rawValue) ORDER BY number LIMIT ?
        """)
    return try Row.fetchAll(statement, arguments: [max(0, limit)]).map { row in
      StoredContent(ContentID(sha256: row[1], sizeBytes: row[2]), in: row[0])
    }
  }

  // MARK: Removals

  /// Begins to remove those of the contents that are marked and have no reference.
  ///
  /// - Returns: those that are to be removed once this is committed.
  static func begin(
    _ contents: [StoredContent], in database: Database
  ) throws -> [StoredContent] {
    var begun: [StoredContent] = []
    var referenced: [StoredContent] = []
    for content in contents {
      guard let note = try note(on: content, in: database), note.stage != .removed else { continue }
      if try ContentTable.isReferenced(content, in: database) {
        referenced.append(content)
      } else {
        begun.append(content)
      }
    }
    try takeMarksAway(referenced, in: database)
    if !begun.isEmpty {
      try write(.begun, on: begun, epoch: advanceEpoch(in: database), in: database)
    }
    return begun
  }

  /// Removes those of the contents whose removal has begun and is not given up since.
  ///
  /// - Parameter remove: takes a content out of the object storage; false keeps its note.
  /// - Returns: those that were removed.
  static func complete(
    _ contents: [StoredContent], in database: Database, with remove: (StoredContent) -> Bool
  ) throws -> [StoredContent] {
    var removed: [StoredContent] = []
    for content in contents {
      guard try note(on: content, in: database)?.stage == .begun,
        try !ContentTable.isReferenced(content, in: database), remove(content)
      else { continue }
      removed.append(content)
    }
    if !removed.isEmpty {
      try write(.removed, on: removed, epoch: advanceEpoch(in: database), in: database)
    }
    return removed
  }

  // MARK: Rows

  private static let isThisContent = "project_id = ? AND sha256 = ? AND size_bytes = ?"

  private static func arguments(_ stored: StoredContent) -> StatementArguments {
    [stored.projectID, stored.content.sha256, stored.content.sizeBytes]
  }

  private static func note(on content: StoredContent, in database: Database) throws -> Note? {
    let statement = try database.cachedStatement(
      sql: "SELECT stage, epoch FROM content_removals WHERE \(isThisContent)")
    return try Row.fetchOne(statement, arguments: arguments(content)).map { row in
      Note(stage: row[0], epoch: row[1])
    }
  }

  private static func write(
    _ stage: Stage, on contents: [StoredContent], epoch: Int64, in database: Database
  ) throws {
    let statement = try database.cachedStatement(
      sql: "UPDATE content_removals SET stage = ?, epoch = ? WHERE \(isThisContent)")
    for content in contents {
      try statement.execute(arguments: [stage, epoch] + arguments(content))
    }
  }

  /// Makes the epoch greater, and drops the notes that nobody may need any more.
  private static func advanceEpoch(in database: Database) throws -> Int64 {
    let advance = try database.cachedStatement(
      sql: "UPDATE content_epoch SET epoch = epoch + 1")
    try advance.execute()
    let epoch = try epoch(in: database)
    let drop = try database.cachedStatement(
      sql: """
        DELETE FROM content_removals WHERE stage = \(Stage.removed.rawValue) AND epoch <= ?
        """)
    try drop.execute(arguments: [epoch - keptEpochs])
    return epoch
  }
}
