/// When the write-ahead log is copied into the database file, and how large it may become.
struct LogLimits: Sendable {
  /// So many pages in the log, and it is copied after each commit until it begins anew.
  var checkpointPages = 1000

  /// The size of the file in bytes to which it is cut down when the log begins anew.
  var size = 64 << 20

  /// So many bytes in the log, and operators are warned.
  var warningSize: Int { 4 * size }
}
