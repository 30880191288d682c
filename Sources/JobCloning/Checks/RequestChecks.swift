internal import JobMessages

/// The checks of what a request holds besides parameters: the rest of the table of
/// clone-semantics §4.
enum RequestChecks {
  /// The longest id that names a job, an operation or a project.
  static let idLength = 50

  /// Notes what is wrong with the name, the description and the time to live of a new job.
  static func check(
    _ request: NewJobRequest, now: ProtobufTimestamp, policy: OverridePolicy,
    into violations: inout Violations
  ) {
    length(of: request.name, "name", limit: policy.limits.nameLength, &violations)
    length(of: request.desc, "desc", limit: policy.limits.descriptionLength, &violations)
    timeToLive(request.dataTTL, "data_ttl", now: now, &violations)
  }

  /// Notes a time to live, if there is one, that is no time or ends after the year 9999.
  static func timeToLive(
    _ ttl: ProtobufDuration?, _ field: String, now: ProtobufTimestamp,
    _ violations: inout Violations
  ) {
    guard let ttl else { return }
    if !ttl.isValid {
      violations.add(field, "not a valid Duration")
    } else if !ttl.isPositive {
      violations.add(field, "must be greater than 0")
    } else if now.advanced(by: ttl) == nil {
      violations.add(field, "the data would expire after the year 9999")
    }
  }

  /// Notes an id that cannot name anything; tells whether it can.
  @discardableResult
  static func id(_ id: String, _ field: String, _ violations: inout Violations) -> Bool {
    if id.isEmpty {
      violations.add(field, "must not be empty")
      return false
    }
    return length(of: id, field, limit: idLength, &violations)
  }

  /// Refuses an id that cannot name anything.
  static func require(id: String, _ field: String) throws(JobError) {
    var violations = Violations()
    Self.id(id, field, &violations)
    try violations.throwIfAny()
  }

  /// Notes an `idempotency-key` that is not 1 to 64 printable ASCII characters (§5).
  ///
  /// An empty one is a mistake of its sender: all its requests would be repetitions of the first.
  static func idempotencyKey(_ key: String?, _ violations: inout Violations) {
    if let key, !isIdempotencyKey(key) {
      violations.add(idempotencyKeyField, "must be 1 to 64 printable ASCII characters")
    }
  }

  /// What violations call the header.
  static let idempotencyKeyField = "idempotency-key"

  /// Whether a header's value can be a key.
  static func isIdempotencyKey(_ key: String) -> Bool {
    (1...64).contains(key.utf8.count) && key.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }

  /// Notes a text of more Unicode characters than the limit; tells whether it has not.
  @discardableResult
  private static func length(
    of text: String, _ field: String, limit: Int, _ violations: inout Violations
  ) -> Bool {
    // The bytes are counted already, and there is no fewer of them than of characters.
    guard text.utf8.count > limit else { return true }
    let count = text.unicodeScalars.count
    guard count > limit else { return true }
    violations.add(field, "\(count) characters are over the limit of \(limit)")
    return false
  }
}
