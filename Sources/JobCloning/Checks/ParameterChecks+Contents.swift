internal import JobMessages
internal import ProtobufWire

extension ParameterChecks {
  /// Digests, sizes and compressions of the files that the request brings, each by itself.
  @Sendable
  static func contentForms(_ input: CheckInput, _ violations: inout Violations) {
    let limit = input.policy.limits.fileSize
    eachFileOfRequest(input) { file, path in
      if !isSHA256(file.sha256) {
        violations.add(path("sha256"), "must be 64 lowercase hexadecimal digits")
      }
      if file.sizeBytes < 0 {
        violations.add(path("size_bytes"), "must not be negative")
      } else if file.sizeBytes > limit {
        violations.add(path("size_bytes"), "\(file.sizeBytes) is over the limit of \(limit) bytes")
      }
      if file.compressionType.name == nil {
        violations.add(
          path("compression_type"), "\(file.compressionType.rawValue) is not a known type")
      }
    }
  }

  /// One content cannot have two sizes, in the request or against what is inherited.
  @Sendable
  static func contentSizes(_ input: CheckInput, _ violations: inout Violations) {
    guard !input.overrides.inputFiles.isEmpty || !input.localModules.isEmpty else { return }
    // Empty content is always stored, so its size is known before anybody names it.
    var sizes = [ContentID.empty.sha256: ContentID.empty.sizeBytes]
    for file in input.inheritedFiles where sizes[file.sha256] == nil {
      sizes[file.sha256] = file.sizeBytes
    }
    eachFileOfRequest(input) { file, path in
      guard isSHA256(file.sha256) else { return }
      guard let size = sizes[file.sha256] else {
        sizes[file.sha256] = file.sizeBytes
        return
      }
      guard size != file.sizeBytes else { return }
      violations.add(
        path("size_bytes"), "the content with this sha256 has \(size) bytes, not \(file.sizeBytes)")
    }
  }

  /// Input files and local modules together.
  @Sendable
  static func totalSize(_ input: CheckInput, _ violations: inout Violations) {
    let bringsInputs = !input.overrides.inputFiles.isEmpty
    guard bringsInputs || !input.localModules.isEmpty else { return }
    let modules = input.merged.env?.pythonEnv?.localModules ?? []
    let limit = input.policy.limits.totalFileSize
    var total: Int64 = 0
    for file in input.merged.inputFiles + modules {
      let (sum, overflow) = total.addingReportingOverflow(max(0, file.sizeBytes))
      total = overflow ? .max : sum
    }
    guard total > limit else { return }
    violations.add(
      input.path(bringsInputs ? "input_files" : "env.python_env.local_modules"),
      "input files and local modules have \(total) bytes together, over the limit of \(limit)")
  }

  /// Shows every file that the request brings, input files before local modules, with the path of
  /// its fields.
  private static func eachFileOfRequest(
    _ input: CheckInput, _ body: (File, _ path: (String) -> String) -> Void
  ) {
    for (index, file) in input.overrides.inputFiles.enumerated() {
      body(file) { input.path("input_files", index, $0) }
    }
    for (index, file) in input.localModules.enumerated() {
      body(file) { input.path("env.python_env.local_modules", index, $0) }
    }
  }

  private static func isSHA256(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { digit in
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
      }
  }
}
