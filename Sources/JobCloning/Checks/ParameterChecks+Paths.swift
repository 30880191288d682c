internal import JobMessages

extension ParameterChecks {
  /// A path can be made on Linux, and without a var it stays inside the working directory.
  @Sendable
  static func pathForms(_ input: CheckInput, _ violations: inout Violations) {
    func check(_ desc: FileDesc, _ field: @autoclosure () -> String) {
      if let fault = PathForm.fault(of: desc.path, hasVar: !desc.var.isEmpty) {
        violations.add(field(), fault)
      }
    }
    for (index, file) in input.overrides.inputFiles.enumerated() {
      check(file.desc ?? FileDesc(), input.path("input_files", index, "desc.path"))
    }
    for (index, desc) in input.overrides.outputFiles.enumerated() {
      check(desc, input.path("output_files", index, "path"))
    }
    for (index, file) in input.localModules.enumerated() {
      check(
        file.desc ?? FileDesc(), input.path("env.python_env.local_modules", index, "desc.path"))
    }
  }

  /// No two inputs, and no two outputs, may be equal or one inside another.
  ///
  /// Paths that no machine can make meet no others, and a list with too many entries is refused for
  /// that: the components that are compared are bounded by the limits, not by the request's size.
  @Sendable
  static func pathOverlaps(_ input: CheckInput, _ violations: inout Violations) {
    overlaps(
      "input_files", input.overrides.inputFiles, input.merged.inputFiles, input.merge.inputFiles,
      "desc.path", limit: input.policy.limits.inputFiles, input, &violations
    ) { $0.desc?.path ?? "" }
    overlaps(
      "output_files", input.overrides.outputFiles, input.merged.outputFiles,
      input.merge.outputFiles, "path", limit: input.policy.limits.outputFiles, input, &violations
    ) { $0.path }
  }

  private static func overlaps<Entry>(
    _ list: String, _ request: [Entry], _ merged: [Entry], _ merge: KeyedMerge, _ field: String,
    limit: Int, _ input: CheckInput, _ violations: inout Violations, path: (Entry) -> String
  ) {
    guard !request.isEmpty, merge.additions.isEmpty || merged.count <= limit else { return }
    var tree = PathTree()
    merge.each(request, merged, touched: false) { entry, _ in
      let path = path(entry)
      if PathForm.isPossible(path) { _ = tree.insert(path) }
    }
    merge.each(request, merged, touched: true) { entry, index in
      let path = path(entry)
      guard PathForm.isPossible(path), let overlap = tree.insert(path) else { return }
      let fault =
        switch overlap {
        case .equal(let other): "\(quoted(path)) is the same path as \(quoted(other))"
        case .inside(let other): "\(quoted(path)) is inside \(quoted(other))"
        case .around(let other): "\(quoted(other)) is inside \(quoted(path))"
        }
      violations.add(input.path(list, index, field), fault)
    }
  }
}
