internal import Glibc

/// The few calls on files and folders that the storage makes, each one blocking.
enum FileSystem {
  /// Makes a folder that only its owner may use, and those above it that are missing.
  static func makeFolders(_ path: String) throws(SystemError) {
    if mkdir(path, 0o700) == 0 { return }
    switch errno {
    case EEXIST:
      return
    case ENOENT:
      guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { fallthrough }
      try makeFolders(String(path[..<slash]))
      guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
        throw SystemError("create \(path)")
      }
    default:
      throw SystemError("create \(path)")
    }
  }

  /// Writes the entries of a folder to stable storage: until then a new name in it may be lost.
  static func synchronizeFolder(_ path: String) throws(SystemError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("open \(path)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw SystemError("sync \(path)") }
  }

  /// How many bytes a regular file has; nil when there is none of that name.
  static func size(of path: String) throws(SystemError) -> Int64? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw SystemError("stat \(path)")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
  }

  /// Whether this process may read, write and search a folder.
  static func checkAccess(_ path: String) throws(SystemError) {
    guard access(path, R_OK | W_OK | X_OK) == 0 else { throw SystemError("use \(path)") }
  }

  /// Moves a file, replacing what has the new name.
  static func move(_ source: String, to destination: String) throws(SystemError) {
    guard rename(source, destination) == 0 else {
      throw SystemError("move a file to \(destination)")
    }
  }

  /// The names of what is in a folder, `.` and `..` left out.
  static func names(in path: String) throws(SystemError) -> [String] {
    guard let folder = opendir(path) else { throw SystemError("list \(path)") }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      // SAFETY: the entry is valid until the next call of readdir, and d_name ends with a NUL.
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
