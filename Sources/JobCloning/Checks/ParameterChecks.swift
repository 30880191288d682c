/// The checks of a job's parameters: the table of clone-semantics §4, row by row.
///
/// The rows that are not about parameters: ids, name, description, time to live and idempotency key
/// are in ``RequestChecks``; rights in ``AccessGate``; the source's data in ``Job/requireData(at:)``;
/// missing contents in ``JobFiles/plan(stored:)``.
///
/// Each looks at the merged result and reports only what the request touches, so that a job which
/// was accepted once can always be cloned unchanged.
enum ParameterChecks {
  /// A row of the table.
  struct Row: Sendable {
    /// What the row refuses.
    let refuses: String
    /// Whether the row compares with the source, and so means nothing without one.
    let needsBasis: Bool
    /// Notes what it finds.
    let check: @Sendable (CheckInput, inout Violations) -> Void

    init(
      _ refuses: String, needsBasis: Bool = false,
      _ check: @escaping @Sendable (CheckInput, inout Violations) -> Void
    ) {
      self.refuses = refuses
      self.needsBasis = needsBasis
      self.check = check
    }
  }

  static let rows: [Row] = [
    Row("a parameter outside the policy", policy),
    Row("two entries with one key", duplicateKeys),
    Row("an unknown key without a new cmd", needsBasis: true, unknownKeys),
    Row("a malformed or reserved name", nameForms),
    Row("one name used twice", uniqueNames),
    Row("a path that is empty or leads outside", pathForms),
    Row("two paths that are equal or one inside another", pathOverlaps),
    Row("a malformed content or an unknown compression", contentForms),
    Row("one content with two sizes", contentSizes),
    Row("files that are too large together", totalSize),
    Row("too many files, mounts or datasets", counts),
    Row("a malformed environment variable", environmentVariables),
    Row("an image without a name", dockerImage),
    Row("a malformed Python version", pythonVersion),
    Row("an instance type without a name, or none", instanceTypes),
    Row("a working storage of unknown type or impossible size", workingStorage),
    Row("an output dataset of impossible size", outputDatasetSizes),
    Row("an empty cmd, or one with an unknown name", needsBasis: true, command),
    Row("an impossible graceful shutdown", gracefulShutdown),
  ]

  /// Notes everything that is wrong with the request's parameters.
  ///
  /// - Throws: `cancelled` when the call is cancelled meanwhile, which is seen between two rows.
  static func check(_ input: CheckInput, into violations: inout Violations) throws(JobError) {
    if !input.isCreate, input.overrides.isVoid { return }
    for row in rows where input.hasBasis || !row.needsBasis {
      try requireCall()
      row.check(input, &violations)
    }
  }
}
