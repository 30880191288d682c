import Foundation

/// The results as Markdown.
struct Report {
  /// Counts that other runs of this program made, by ``Subject/key(_:)``.
  struct Counts {
    private var values: [String: Double] = [:]

    init() {}

    /// Reads lines of `key count`; a key may hold spaces.
    init(file: URL) throws {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard let space = line.lastIndex(of: " "), let value = Double(line[space...].dropFirst())
        else { throw BenchmarkError("not a count: \(line)") }
        values[String(line[..<space])] = value
      }
    }

    subscript(key: String) -> String {
      values[key].map { $0.formatted(.number.precision(.fractionLength(0)).grouping(.never)) } ?? "–"
    }
  }

  var allocations = Counts()
  var instructions = Counts()
  var rounds = 150
  var nanosecondsPerBatch = 1_000_000.0

  /// Measures all subjects and prints a table as soon as it is known.
  func print(_ subjects: [Subject]) throws {
    for operation in Operation.allCases {
      let rows = subjects.filter { $0.operation == operation }
      guard !rows.isEmpty else { continue }
      Swift.print(
        """

        ### \(operation.rawValue.capitalized)

        | payload | codec | ns, median | ns, least | allocations | instructions | this package's time by this one's |
        |---|---|--:|--:|--:|--:|--:|
        """)
      for row in rows { try print(row) }
    }
  }

  private func print(_ subject: Subject) throws {
    let timing = try Timing(
      subject, rounds: rounds, nanosecondsPerBatch: nanosecondsPerBatch)
    for (index, codec) in subject.codecs.enumerated() {
      let key = subject.key(codec)
      let cells = [
        index == 0 ? subject.payload.name : "", codec.name,
        String(format: "%.0f", timing.median(index)), String(format: "%.0f", timing.minimum(index)),
        allocations[key], instructions[key],
        index == 0 ? "" : String(format: "**%.2f**", timing.ratio(to: index)),
      ]
      Swift.print("| " + cells.joined(separator: " | ") + " |")
    }
  }
}
