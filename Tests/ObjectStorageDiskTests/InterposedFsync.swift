import Foundation
import Synchronization

/// Stands in front of the C library's `fsync` for the whole test process.
///
/// The executable's symbols come first in the search of the dynamic linker, so that every library
/// calls this one. It passes on to the real one, after it told what a test wants to know, and
/// fails for paths that a test says fail.
enum InterposedFsync {
  struct Watch: Sendable {
    /// Paths that begin so are the test's.
    var prefix: String
    /// Called with the path of each file or folder before it is synchronised; a number fails it.
    var onSync: @Sendable (_ path: String) -> Int32?
  }

  private static let watch = Mutex<Watch?>(nil)

  /// Watches paths with a prefix while `body` runs.
  static func watching(
    _ prefix: String, _ onSync: @escaping @Sendable (_ path: String) -> Int32?,
    while body: () async throws -> Void
  ) async throws {
    watch.withLock { $0 = Watch(prefix: prefix, onSync: onSync) }
    defer { watch.withLock { $0 = nil } }
    try await body()
  }

  fileprivate static func failure(of descriptor: Int32) -> Int32? {
    guard let watch = watch.withLock({ $0 }) else { return nil }
    let link = "/proc/self/fd/\(descriptor)"
    guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link),
      path.hasPrefix(watch.prefix)
    else { return nil }
    return watch.onSync(path)
  }

  fileprivate typealias Function = @convention(c) (Int32) -> Int32

  /// The function of the C library; nil would mean that there is none.
  fileprivate static let real: Function? = {
    // SAFETY: -1 is RTLD_NEXT, and the symbol of that name has this type in every C library.
    dlsym(UnsafeMutableRawPointer(bitPattern: -1), "fsync").map {
      unsafeBitCast($0, to: Function.self)
    }
  }()
}

/// The `fsync` that the storage finds.
@_cdecl("fsync")
public func interposedFsync(_ descriptor: Int32) -> Int32 {
  if let number = InterposedFsync.failure(of: descriptor) {
    errno = number
    return -1
  }
  return InterposedFsync.real?(descriptor) ?? -1
}
