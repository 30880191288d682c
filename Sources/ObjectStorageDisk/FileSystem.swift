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

  /// The same for a folder that may not be there: nothing in it could be lost then.
  static func synchronizeFolder(ifThere path: String) throws(SystemError) {
    do throws(SystemError) {
      try synchronizeFolder(path)
    } catch where error.number == ENOENT {
    }
  }

  /// What a regular file is; nil when there is none of that name.
  static func status(of path: String) throws(SystemError) -> FileStatus? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw SystemError("stat \(path)")
    }
    return status.st_mode & S_IFMT == S_IFREG ? FileStatus(status) : nil
  }

  /// Takes a name away from a file; false when there is none of that name.
  static func remove(_ path: String) throws(SystemError) -> Bool {
    if unlink(path) == 0 { return true }
    guard errno == ENOENT || errno == ENOTDIR else { throw SystemError("remove \(path)") }
    return false
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

  /// The names of what is in a folder, `.` and `..` left out; none when it is no folder.
  static func names(in path: String) throws(SystemError) -> [String] {
    guard let folder = opendir(path) else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw SystemError("list \(path)")
    }
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

  /// The first bytes of a file, `limit` at the most; nil when there is none of that name.
  static func bytes(of path: String, limit: Int) throws(SystemError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw SystemError("open \(path)")
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit)
    var count = 0
    while count < limit {
      // SAFETY: the slice lies within the array, which does not move while the closure runs.
      let got = bytes.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress?.advanced(by: count), limit - count)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw SystemError("read \(path)") }
      if got == 0 { break }
      count += got
    }
    return Array(bytes[..<count])
  }

  /// Writes bytes to a descriptor, all of them.
  static func write(
    _ bytes: [UInt8], to descriptor: Int32, named path: String
  ) throws(SystemError) {
    let result = bytes.withUnsafeBytes { buffer -> Result<Void, SystemError> in
      Result { () throws(SystemError) in
        try write(buffer, to: descriptor, named: path)
      }
    }
    try result.get()
  }

  /// Writes bytes to a descriptor, all of them.
  static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, named path: String
  ) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // SAFETY: the slice lies within the caller's bytes, which outlive the call.
      let written = Glibc.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw SystemError("write \(path)")
      }
      rest = rest.dropFirst(written)
    }
  }
}
