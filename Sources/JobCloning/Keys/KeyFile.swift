internal import Crypto
internal import Foundation

/// A file of keys: a line `<number>:<64 hexadecimal digits>` for each, the greatest one current.
///
/// One that is to become current ends in `:next` and has a greater number. Empty lines and lines
/// that begin with `#` mean nothing.
struct KeyFile {
  let path: String

  private var file: GuardedFile { GuardedFile(path: path, role: "key file", readers: .nobody) }

  private static let nextMark = "next"
  private static let header = """
    # Keys that seal passwords and sign URLs; the greatest number is current, the others still open.
    # One that is marked as next opens as well, and becomes current when its mark is taken away.
    # Whoever has this file can read the passwords in the store. Keep it as long as the store.

    """

  /// The keys in the file, or nil when there is none.
  func read() throws(StoreError) -> KeyRing? {
    guard let text = try file.readIfThere() else { return nil }
    try syncDirectory()
    let keys = try parse(text)
    guard keys.previous.contains(where: { $0.retiredAt == nil }) else { return keys }
    // Whenever it was that a key was replaced, it was not after the last change of the file.
    var status = stat()
    guard stat(path, &status) == 0 else { throw fault("cannot be examined") }
    return KeyRing(
      current: keys.current,
      previous: keys.previous.map { key in
        var key = key
        key.retiredAt = key.retiredAt ?? Int64(status.st_mtim.tv_sec)
        return key
      }, upcoming: keys.upcoming)
  }

  /// Makes the file with these keys, unless there is one already.
  func create(_ keys: KeyRing) throws(StoreError) {
    let temporary = try writeTemporary(keys, for: nil)
    defer { unlink(temporary) }
    // A link, unlike a rename, refuses to take the place of a file that another process made first.
    guard link(temporary, path) == 0 || errno == EEXIST else { throw fault("cannot be made") }
    try syncDirectory()
  }

  /// Writes other keys into the file, whole or not at all: durable when this returns.
  ///
  /// Whoever reads at the same time gets the old keys or the new ones. Of several that change the
  /// file one after another each sees what the one before wrote. The file keeps its owner.
  ///
  /// - Returns: what the file holds now.
  func update(
    _ change: (KeyRing) throws(StoreError) -> KeyRing
  ) throws(StoreError) -> KeyRing {
    let lock = open(directory, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard lock >= 0 else { throw fault("its directory cannot be opened") }
    defer { close(lock) }
    while flock(lock, LOCK_EX) != 0 {
      guard errno == EINTR else { throw fault("its directory cannot be locked") }
    }
    guard let before = try read() else { throw wrong("is not there") }
    let after = try change(before)
    guard Self.text(of: after) != Self.text(of: before) else { return before }
    var status = stat()
    guard stat(path, &status) == 0 else { throw fault("cannot be examined") }
    let temporary = try writeTemporary(after, for: status)
    guard rename(temporary, path) == 0 else {
      let error = fault("cannot be replaced")
      unlink(temporary)
      throw error
    }
    try syncDirectory()
    return after
  }

  /// A new file beside this one with these keys, on stable storage, for the owner of a file alone.
  private func writeTemporary(_ keys: KeyRing, for owner: stat?) throws(StoreError) -> String {
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = "\(path).\(getpid()).\(suffix)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw fault("cannot be made") }
    defer { close(descriptor) }
    do throws(StoreError) {
      try write(Array(Self.text(of: keys).utf8), to: descriptor)
      if let owner, owner.st_uid != geteuid() || owner.st_gid != getegid() {
        guard fchown(descriptor, owner.st_uid, owner.st_gid) == 0 else {
          throw fault("cannot be given to its owner")
        }
      }
      guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else {
        throw fault("cannot be written")
      }
    } catch {
      unlink(temporary)
      throw error
    }
    return temporary
  }

  /// The lines that stand for these keys.
  ///
  /// Until when a key was current stands in comments: versions that do not know of it read the file
  /// all the same.
  static func text(of keys: KeyRing) -> String {
    ([keys.current] + keys.others).reduce(into: header) { text, key in
      let mark = key.id == keys.upcoming?.id ? ":\(nextMark)" : ""
      if let second = key.retiredAt, mark.isEmpty {
        text += "\(retirement.start)\(key.id)\(retirement.middle)\(second)\n"
      }
      text += "\(key.id):\(key.secret.withUnsafeBytes { Hexadecimal.encode($0) })\(mark)\n"
    }
  }

  /// What stands around the number of a key and the second until which it was current.
  private static let retirement = (start: "# key ", middle: " was current until ")

  /// The number of a key and the second, if a line of comment says it.
  private static func retirement(in line: String) -> (id: UInt32, second: Int64)? {
    guard line.hasPrefix(retirement.start), let middle = line.firstRange(of: retirement.middle),
      let id = line[..<middle.lowerBound].dropFirst(retirement.start.count).utf8Number,
      let second = Int64(line[middle.upperBound...])
    else { return nil }
    return (id, second)
  }

  private func parse(_ text: [UInt8]) throws(StoreError) -> KeyRing {
    var keys: [KeyRing.Key] = []
    var retirements: [UInt32: Int64] = [:]
    var upcoming: KeyRing.Key?
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, bytes) in lines.enumerated() {
      let line = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespaces)
      if let (id, second) = Self.retirement(in: line) { retirements[id] = second }
      if line.isEmpty || line.hasPrefix("#") { continue }
      // What stands in the line stays out of the message: it may be most of a key.
      let malformed = wrong("line \(index + 1) is not <number>:<64 hexadecimal digits>")
      let parts = line.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      let isNext = parts.count == 3 && Substring(parts[2]) == Self.nextMark
      guard parts.count == 2 || isNext, let id = Substring(parts[0]).utf8Number,
        let secret = Hexadecimal.decode(Substring(parts[1]).lowercased()), secret.count == 32
      else { throw malformed }
      guard !keys.contains(where: { $0.id == id }), upcoming?.id != id else {
        throw wrong("line \(index + 1): there is a key \(id) already")
      }
      let key = KeyRing.Key(id: id, secret: .init(data: secret))
      guard isNext else {
        keys.append(key)
        continue
      }
      guard upcoming == nil else { throw wrong("line \(index + 1): there is a next key already") }
      upcoming = key
    }
    keys.sort { $0.id > $1.id }
    guard let current = keys.first else { throw wrong("holds no key") }
    guard upcoming.map({ $0.id > current.id }) ?? true else {
      throw wrong("the next key must have the greatest number")
    }
    let previous = keys.dropFirst().map { key in
      var key = key
      key.retiredAt = retirements[key.id]
      return key
    }
    return KeyRing(current: current, previous: previous, upcoming: upcoming)
  }

  // MARK: System calls

  private var directory: String {
    let directory = (path as NSString).deletingLastPathComponent
    return directory.isEmpty ? "." : directory
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32) throws(StoreError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw fault("cannot be written") }
      rest = rest.dropFirst(count)
    }
  }

  /// Makes the file's name durable, whoever made it: a key in use must survive a power cut.
  private func syncDirectory() throws(StoreError) {
    let descriptor = open(directory, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard descriptor >= 0 else { throw fault("its directory cannot be opened") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw fault("its directory cannot be synchronised") }
  }

  // MARK: Errors

  private func wrong(_ what: String) -> StoreError { file.wrong(what) }

  private func fault(_ what: String) -> StoreError { file.fault(what) }
}

extension Substring {
  /// The decimal number that this is, without sign or leading zero.
  fileprivate var utf8Number: UInt32? {
    guard let first = utf8.first, first != UInt8(ascii: "0"), first != UInt8(ascii: "+") else {
      return nil
    }
    return UInt32(self)
  }
}
