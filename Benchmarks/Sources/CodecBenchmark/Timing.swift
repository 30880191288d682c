import Probes

/// The times of one subject's codecs, taken in turn: A B C, A B C, and so on.
///
/// Whatever slows the machine down for a while slows all codecs down alike, and the ratio of the
/// medians stays.
struct Timing {
  /// The nanoseconds an operation took, one number for each round, by codec.
  private var rounds: [[Double]]

  init(_ subject: Subject, rounds count: Int, nanosecondsPerBatch: Double) throws {
    let iterations = try subject.codecs.map { codec in
      _ = try Self.measure(codec, subject.operation, iterations: 50)
      let estimate = try Self.measure(codec, subject.operation, iterations: 50)
      return max(1, Int(nanosecondsPerBatch / estimate))
    }
    rounds = subject.codecs.map { _ in [] }
    for _ in 0..<count {
      for (index, codec) in subject.codecs.enumerated() {
        rounds[index].append(
          try Self.measure(codec, subject.operation, iterations: iterations[index]))
      }
    }
  }

  private static func measure(
    _ codec: any Codec, _ operation: Operation, iterations: Int
  ) throws -> Double {
    let start = probe_thread_nanoseconds()
    _ = try codec.run(operation, iterations: iterations)
    return Double(probe_thread_nanoseconds() - start) / Double(iterations)
  }

  func median(_ codec: Int) -> Double { Self.median(rounds[codec]) }

  func minimum(_ codec: Int) -> Double { rounds[codec].min() ?? .nan }

  /// The median, over all rounds, of the first codec's time by another's in the same round.
  func ratio(to codec: Int) -> Double {
    Self.median(zip(rounds[0], rounds[codec]).map { $0 / $1 })
  }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.sorted()[values.count / 2]
  }
}
