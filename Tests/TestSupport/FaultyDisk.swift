internal import Foundation

/// A disk for a program in a process of its own: it fails when a test says so, counts what is
/// synchronised, and knows what of it would survive a power cut.
///
/// It is a preloaded library between the program and the C library, for files below one folder; see
/// `preload/faulty_disk.c`.
public struct FaultyDisk: Sendable {
  /// Why a disk cannot be made or restored.
  public struct Failure: Error, CustomStringConvertible {
    /// What went wrong.
    public let description: String
  }

  /// The numbers that the library shares with the test, in the order of their places.
  private enum Number: UInt64 {
    case writeError, syncError, failures, syncs

    static let size: UInt64 = 8
    static let count = 4
  }

  /// The folder that the disk is mounted on, so to say.
  public let root: String
  private let library: String
  private let numbers: String
  private let image: String

  /// Compiles the library into a folder and returns its path.
  public static func compileLibrary(into folder: String) throws -> String {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("preload/faulty_disk.c").path
    let library = folder + "/faulty_disk.so"
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = [
      "cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl",
    ]
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else { throw Failure(description: "cc failed") }
    return library
  }

  /// A disk that is whole, with everything below the folder on stable storage.
  ///
  /// - Parameters:
  ///   - root: the folder that is watched, without symbolic links in its path.
  ///   - library: the compiled library.
  ///   - folder: where the disk keeps its own files; made if it is missing.
  public init(root: String, library: String, folder: String) throws {
    self.root = root
    self.library = library
    numbers = folder + "/numbers"
    image = folder + "/image"
    try FileManager.default.createDirectory(atPath: image, withIntermediateDirectories: true)
    let zeros = Data(count: Number.count * Int(Number.size))
    try zeros.write(to: URL(fileURLWithPath: numbers))
    try adopt(root)
  }

  /// The disk that a program with this environment runs on; nil: the machine's.
  public init?(environment: [String: String]) {
    guard let library = environment[Self.libraryKey], let root = environment[Self.rootKey],
      let numbers = environment[Self.numbersKey], let image = environment[Self.imageKey]
    else { return nil }
    self.root = root
    self.library = library
    self.numbers = numbers
    self.image = image
  }

  /// What the program's environment must hold in addition.
  public var environment: [String: String] {
    [
      Self.libraryKey: library, Self.rootKey: root, Self.numbersKey: numbers, Self.imageKey: image,
    ]
  }

  private static let libraryKey = "LD_PRELOAD"
  private static let rootKey = "FAULTY_DISK_ROOT"
  private static let numbersKey = "FAULTY_DISK_NUMBERS"
  private static let imageKey = "FAULTY_DISK_IMAGE"

  // MARK: Faults

  /// Lets writing fail, synchronising, or both, with these numbers of errors; nil: it works.
  public func fail(writes: Int32? = nil, syncs: Int32? = nil) throws {
    try set(.writeError, Int64(writes ?? 0))
    try set(.syncError, Int64(syncs ?? 0))
  }

  /// How many calls have failed because of ``fail(writes:syncs:)``.
  public var failures: Int { get throws { try get(.failures) } }

  /// How many times a file or folder was synchronised.
  public var syncs: Int { get throws { try get(.syncs) } }

  private func set(_ number: Number, _ value: Int64) throws {
    guard let file = FileHandle(forWritingAtPath: numbers) else {
      throw Failure(description: "\(numbers) is gone")
    }
    try file.seek(toOffset: number.rawValue * Number.size)
    try file.write(contentsOf: withUnsafeBytes(of: value) { Data($0) })
    try file.close()
  }

  private func get(_ number: Number) throws -> Int {
    let data = try Data(contentsOf: URL(fileURLWithPath: numbers))
    let place = Int(number.rawValue * Number.size)
    guard data.count >= place + Int(Number.size) else {
      throw Failure(description: "\(numbers) is too short")
    }
    let value = data[place..<place + Int(Number.size)].reversed()
      .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(truncatingIfNeeded: value)
  }

  // MARK: Power cuts

  /// Puts into a new folder what a power cut would have left of ``root``.
  ///
  /// That is the least that it may leave: nothing that was not synchronised is there.
  public func restore(to folder: String) throws {
    try restoreFolder(Self.inode(of: root), to: folder)
  }

  private func restoreFolder(_ inode: UInt64, to folder: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    guard let entries = try? String(contentsOfFile: "\(image)/\(inode).entries", encoding: .utf8)
    else { return }
    for line in entries.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 2)
      guard parts.count == 3, let inode = UInt64(parts[0]) else {
        throw Failure(description: "not an entry: \(line)")
      }
      let path = "\(folder)/\(parts[2])"
      if parts[1] == "d" {
        try restoreFolder(inode, to: path)
        continue
      }
      let bytes = try? Data(contentsOf: URL(fileURLWithPath: "\(image)/\(inode)"))
      let isMade = FileManager.default.createFile(
        atPath: path, contents: bytes ?? Data(), attributes: [.posixPermissions: 0o600])
      guard isMade else { throw Failure(description: "cannot make \(path)") }
    }
  }

  /// Takes a folder with all that is in it into the image.
  private func adopt(_ folder: String) throws {
    var entries = ""
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let path = "\(folder)/\(name)"
      let inode = try Self.inode(of: path)
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      entries += "\(inode) \(isFolder.boolValue ? "d" : "f") \(name)\n"
      if isFolder.boolValue {
        try adopt(path)
      } else {
        try FileManager.default.copyItem(atPath: path, toPath: "\(image)/\(inode)")
      }
    }
    try entries.write(
      toFile: "\(image)/\(Self.inode(of: folder)).entries", atomically: true, encoding: .utf8)
  }

  private static func inode(of path: String) throws -> UInt64 {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    guard let number = attributes[.systemFileNumber] as? NSNumber else {
      throw Failure(description: "\(path) has no inode")
    }
    return number.uint64Value
  }
}
