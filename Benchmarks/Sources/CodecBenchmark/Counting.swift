import Probes

/// Exact counts, which do not depend on what else the machine does.
enum Counting {
  /// Prints `key count` for each codec: allocations per operation.
  static func printAllocations(_ subjects: [Subject]) throws {
    guard probe_allocations() >= 0 else {
      throw BenchmarkError("preload libAllocationCounter.so to count allocations")
    }
    let iterations = 100
    for subject in subjects {
      for codec in subject.codecs {
        let before = probe_allocations()
        _ = try codec.run(subject.operation, iterations: iterations)
        let allocations = probe_allocations() - before
        print(subject.key(codec), Double(allocations) / Double(iterations))
      }
    }
  }

  /// How often each operation runs while its instructions are counted.
  static let instructionIterations = 200

  /// Has callgrind write one file for each codec, named by its key.
  static func dumpInstructions(_ subjects: [Subject]) throws {
    guard probe_is_in_valgrind() else {
      throw BenchmarkError("run in valgrind, built with its headers, to count instructions")
    }
    for subject in subjects {
      for codec in subject.codecs {
        _ = try codec.run(subject.operation, iterations: 10)
        probe_zero_instructions()
        _ = try codec.run(subject.operation, iterations: instructionIterations)
        probe_dump_instructions(subject.key(codec))
      }
    }
  }
}
