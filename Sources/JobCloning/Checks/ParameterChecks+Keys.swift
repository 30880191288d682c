internal import JobMessages
internal import Safeguards

extension ParameterChecks {
  /// Two entries of one request with one key are refused (clone-semantics §1, rule 3).
  @Sendable
  static func duplicateKeys(_ input: CheckInput, _ violations: inout Violations) {
    eachKeyedList(of: input) { list in
      for index in list.merge.duplicates {
        violations.add(list.path(index), "another entry of the request has this key")
      }
    }
  }

  /// A key that the source does not have is a mistake, unless the request also sets `cmd`
  /// (clone-semantics §1, rule 3).
  @Sendable
  static func unknownKeys(_ input: CheckInput, _ violations: inout Violations) {
    guard !input.isCreate, input.overrides.cmd.isEmpty,
      case .source(let source) = input.basis
    else { return }
    eachKeyedList(of: input, over: source) { list in
      for index in list.merge.additions {
        let isFirst = violations.count == 0
        violations.add(list.path(index), list.unknownKey(index, showsOthers: isFirst))
      }
    }
  }

  /// A keyed list of a request.
  private struct KeyedList {
    let merge: KeyedMerge
    /// What an entry is called.
    let noun: String
    /// The path of an entry's key.
    let path: (Int) -> String
    /// The key of an entry of the request.
    let key: (Int) -> String
    /// The keys of the first entries of the source.
    let sourceKeys: () -> [String]

    /// Names a key that the source does not have, and those that it has, nearest first.
    func unknownKey(_ index: Int, showsOthers: Bool) -> String {
      let key = key(index)
      return "the source job has no \(noun) \(quoted(key, limit: Self.unknownLength))"
        + (showsOthers ? others(than: key) : "")
        + "; one can be added only together with a new cmd"
    }

    private func others(than key: String) -> String {
      let keys = NearestName.sorted(sourceKeys(), nearestTo: key)
      guard !keys.isEmpty else { return " nor any other" }
      let shown = keys.prefix(Self.shownKeys).map { quoted($0, limit: Self.shownLength) }
      let isMore = keys.count > Self.shownKeys
      return ", only \(shown.joined(separator: ", "))" + (isMore ? " and others" : "")
    }

    /// With these the message fits into the headers that clients take.
    private static let shownKeys = 5
    private static let shownLength = 50
    private static let unknownLength = 32
  }

  /// How many keys of a source are looked at for the nearest: the work must not grow with the job.
  private static let comparedKeys = 50

  /// Shows each keyed list of a request over a source.
  private static func eachKeyedList(
    of input: CheckInput, over source: JobParameters = JobParameters(),
    _ body: (KeyedList) -> Void
  ) {
    func show<Entry: KeyedEntry>(
      _ name: String, _ noun: String, _ merge: KeyedMerge, _ entries: [Entry],
      _ source: [Entry]
    ) {
      body(
        KeyedList(
          merge: merge, noun: noun, path: { input.path(name, $0, entries[$0].keyField) },
          key: { entries[$0].mergeKey.text },
          sourceKeys: { source.prefix(comparedKeys).map(\.mergeKey.text) }))
    }
    let (overrides, merge) = (input.overrides, input.merge)
    show(
      "input_files", "input file", merge.inputFiles, overrides.inputFiles, source.inputFiles)
    show(
      "output_files", "output file", merge.outputFiles, overrides.outputFiles,
      source.outputFiles)
    show("arguments", "argument", merge.arguments, overrides.arguments, source.arguments)
    show(
      "output_datasets", "output dataset", merge.outputDatasets, overrides.outputDatasets,
      source.outputDatasets)
  }
}
