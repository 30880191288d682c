import Foundation

/// What the fuzz targets do besides fuzzing, as the environment tells them.
enum FuzzEnvironment {
  /// Whether inputs are only to be printed as regressions.
  static let isOnlyDescribed = ProcessInfo.processInfo.environment["FUZZ_DESCRIBE"] != nil

  /// Writes the inputs to the folder that `FUZZ_MAKE_CORPUS` names, a file each, and ends the
  /// process; does nothing if it names none.
  static func writeIfWanted(_ inputs: () throws -> [[UInt8]]) {
    guard let path = ProcessInfo.processInfo.environment["FUZZ_MAKE_CORPUS"] else { return }
    do {
      let folder = URL(fileURLWithPath: path)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let inputs = try inputs()
      for (number, input) in inputs.enumerated() {
        try Data(input).write(to: folder.appending(path: "seed-\(number)"))
      }
      print("seeds written: \(inputs.count)")
    } catch {
      fail("no corpus: \(error)")
    }
    exit(0)
  }

  /// Ends the process in a way that libFuzzer does not take for a finding.
  static func fail(_ reason: String) -> Never {
    FileHandle.standardError.write(Data("fuzz: \(reason)\n".utf8))
    exit(1)
  }
}
