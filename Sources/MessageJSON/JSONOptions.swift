/// How JSON is written and read; the defaults are those of the official runtimes.
public struct JSONOptions: Sendable, Hashable {
  /// Writing: one field or element a line, indented by two spaces.
  public var isPretty: Bool
  /// Writing: names as in the .proto file, `job_id`, instead of `jobId`.
  public var preservesFieldNames: Bool
  /// Writing: also scalars, lists and maps that are at their default; never what has presence.
  public var includesDefaults: Bool
  /// Writing: `<redacted>` in place of passwords and presigned URLs.
  public var redactsSecrets: Bool
  /// Reading: skips fields and enum values that are not declared, instead of refusing them.
  public var ignoresUnknownFields: Bool

  /// Creates the options.
  public init(
    isPretty: Bool = false, preservesFieldNames: Bool = false, includesDefaults: Bool = false,
    redactsSecrets: Bool = false, ignoresUnknownFields: Bool = false
  ) {
    self.isPretty = isPretty
    self.preservesFieldNames = preservesFieldNames
    self.includesDefaults = includesDefaults
    self.redactsSecrets = redactsSecrets
    self.ignoresUnknownFields = ignoresUnknownFields
  }
}
