import Foundation

// Run by Scripts/run.sh; see README.md.

let usage = """
  usage: codec-benchmark report [--allocations FILE] [--instructions FILE] [--rounds N] [FILTER]
         codec-benchmark allocations [FILTER]
         codec-benchmark instructions [FILTER]    (in callgrind)
         codec-benchmark repeat KEY ITERATIONS    (one codec only, for a profiler)
  FILTER is a part of `payload/operation`, such as heavy or typical/decode; a KEY names a codec
  besides, such as `typical/decode/this package`.
  """

/// Removes `name` and its value from the arguments, and returns the value.
func option(_ name: String, _ arguments: inout [String]) throws -> String? {
  guard let index = arguments.firstIndex(of: name) else { return nil }
  guard index + 1 < arguments.count else { throw BenchmarkError("\(name) needs a value") }
  arguments.remove(at: index)
  return arguments.remove(at: index)
}

func run() throws {
  var arguments = Array(CommandLine.arguments.dropFirst())
  guard !arguments.isEmpty else { throw BenchmarkError(usage) }
  let command = arguments.removeFirst()
  var report = Report()
  if let file = try option("--allocations", &arguments) {
    report.allocations = try .init(file: URL(filePath: file))
  }
  if let file = try option("--instructions", &arguments) {
    report.instructions = try .init(file: URL(filePath: file))
  }
  if let rounds = try option("--rounds", &arguments).flatMap({ Int($0) }) { report.rounds = rounds }

  let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Payload").standardized
  var subjects = try Subject.all(in: folder)
  if command == "repeat" {
    guard arguments.count == 2, let iterations = Int(arguments[1]) else {
      throw BenchmarkError(usage)
    }
    for subject in subjects {
      for codec in subject.codecs where subject.key(codec) == arguments[0] {
        _ = try codec.run(subject.operation, iterations: iterations)
      }
    }
    return
  }
  if let filter = arguments.first {
    subjects = subjects.filter {
      "\($0.payload.name)/\($0.operation.rawValue)".contains(filter)
    }
  }
  switch command {
  case "report": try report.print(subjects)
  case "allocations": try Counting.printAllocations(subjects)
  case "instructions": try Counting.dumpInstructions(subjects)
  default: throw BenchmarkError(usage)
  }
}

do {
  try run()
} catch {
  FileHandle.standardError.write(Data("codec-benchmark: \(error)\n".utf8))
  exit(1)
}
