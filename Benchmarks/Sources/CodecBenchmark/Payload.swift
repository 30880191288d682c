import Foundation

/// One request of `Payload/` and the job that its overrides are merged into.
struct Payload {
  static let names = ["small", "typical", "heavy"]

  let name: String
  /// A `CloneProjectJobRequest`.
  let request: UnsafeRawBufferPointer
  /// A `CreateProjectJobRequest`.
  let source: UnsafeRawBufferPointer

  init(_ name: String, in folder: URL) throws {
    self.name = name
    request = try Self.load(folder.appending(path: "\(name).bin"))
    source = try Self.load(folder.appending(path: "source.bin"))
  }

  /// The bytes of a file in memory that is never given back.
  private static func load(_ file: URL) throws -> UnsafeRawBufferPointer {
    let content = try Data(contentsOf: file)
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 16)
    copy.copyBytes(from: content)
    return UnsafeRawBufferPointer(copy)
  }
}

struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
