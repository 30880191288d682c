internal import JobMessages

extension ParameterChecks {
  /// Two entries of one request with one key are refused (clone-semantics §1, rule 3).
  @Sendable
  static func duplicateKeys(_ input: CheckInput, _ violations: inout Violations) {
    eachKeyedList(of: input) { list, merge, field in
      for index in merge.duplicates {
        violations.add(
          input.path(list, index, field(index)), "another entry of the request has this key")
      }
    }
  }

  /// A key that the source does not have is a mistake, unless the request also sets `cmd`
  /// (clone-semantics §1, rule 3).
  @Sendable
  static func unknownKeys(_ input: CheckInput, _ violations: inout Violations) {
    guard !input.isCreate, input.overrides.cmd.isEmpty else { return }
    eachKeyedList(of: input) { list, merge, field in
      for index in merge.additions {
        violations.add(
          input.path(list, index, field(index)),
          "the source job has no such entry; one can be added only together with a new cmd")
      }
    }
  }

  /// Shows each keyed list by its name, how it merged, and where the key of an entry is.
  private static func eachKeyedList(
    of input: CheckInput, _ body: (String, KeyedMerge, (Int) -> String) -> Void
  ) {
    let overrides = input.overrides
    body("input_files", input.merge.inputFiles) { overrides.inputFiles[$0].keyField }
    body("output_files", input.merge.outputFiles) { overrides.outputFiles[$0].keyField }
    body("arguments", input.merge.arguments) { overrides.arguments[$0].keyField }
    body("output_datasets", input.merge.outputDatasets) { overrides.outputDatasets[$0].keyField }
  }
}
