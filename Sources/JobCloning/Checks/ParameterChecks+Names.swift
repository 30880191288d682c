internal import JobMessages

extension ParameterChecks {
  /// Vars, argument names and output dataset vars, each by itself.
  @Sendable
  static func nameForms(_ input: CheckInput, _ violations: inout Violations) {
    for (index, file) in input.overrides.inputFiles.enumerated() {
      guard let name = file.desc?.var, let fault = faultOfVar(name) else { continue }
      violations.add(input.path("input_files", index, "desc.var"), fault)
    }
    for (index, file) in input.overrides.outputFiles.enumerated() {
      guard let fault = faultOfVar(file.var) else { continue }
      violations.add(input.path("output_files", index, "var"), fault)
    }
    for (index, argument) in input.overrides.arguments.enumerated() {
      guard let fault = faultOfName(argument.name) else { continue }
      violations.add(input.path("arguments", index, "name"), fault)
    }
    for (index, dataset) in input.overrides.outputDatasets.enumerated() {
      guard let fault = faultOfName(dataset.var) else { continue }
      violations.add(input.path("output_datasets", index, "var"), fault)
    }
  }

  /// One name used twice among all that a `${NAME}` can mean.
  @Sendable
  static func uniqueNames(_ input: CheckInput, _ violations: inout Violations) {
    let merged = input.merged
    var users: [ByteString: String] = [:]
    users.reserveCapacity(
      merged.inputFiles.count + merged.outputFiles.count + merged.arguments.count
        + merged.outputDatasets.count + merged.s3MountIds.count + merged.datasetIds.count)
    eachName(of: input, touched: false) { name, list, _ in users[ByteString(name)] = list }
    eachName(of: input, touched: true) { name, list, field in
      if let user = users.updateValue(list, forKey: ByteString(name)) {
        violations.add(field(), "the name \(quoted(name)) is used in \(user) too")
      }
    }
  }

  /// What is wrong with the var of a file; an empty one is none.
  private static func faultOfVar(_ name: String) -> String? {
    if name.isEmpty { return nil }
    // `A-z`, as in the official client's pattern, holds the six characters between Z and a.
    let isWellFormed =
      name.utf8.count <= 50
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "z"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
    guard isWellFormed else { return "\(quoted(name)) does not match [0-9A-z_-]{1,50}" }
    return faultOfReservedName(name)
  }

  /// What is wrong with the name of an argument or the var of an output dataset.
  private static func faultOfName(_ name: String) -> String? {
    if name.isEmpty { return "must not be empty" }
    if name.utf8.contains(where: { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "\n") }) {
      return "must not contain } or a newline"
    }
    return faultOfReservedName(name)
  }

  private static func faultOfReservedName(_ name: String) -> String? {
    ReservedName(name) == nil ? nil : "\(quoted(name)) is a reserved name"
  }

  /// Shows every name of the merged result that the request brought, or every one that it did not,
  /// with the list that it is in and the path of its field.
  private static func eachName(
    of input: CheckInput, touched: Bool,
    _ body: (_ name: String, _ list: String, _ field: () -> String) -> Void
  ) {
    func keyed<Entry>(
      _ list: String, _ request: [Entry], _ merged: [Entry], _ merge: KeyedMerge, _ field: String,
      _ name: (Entry) -> String
    ) {
      merge.each(request, merged, touched: touched) { entry, index in
        let name = name(entry)
        if !name.isEmpty { body(name, list) { input.path(list, index, field) } }
      }
    }
    func unkeyed(_ list: String, _ request: [String], _ merged: [String]) {
      guard touched != request.isEmpty else { return }
      for (index, id) in merged.enumerated() where !id.isEmpty {
        body(id, list) { input.path(list, index) }
      }
    }
    let request = input.overrides
    let merged = input.merged
    let merge = input.merge
    keyed("input_files", request.inputFiles, merged.inputFiles, merge.inputFiles, "desc.var") {
      $0.desc?.var ?? ""
    }
    keyed("output_files", request.outputFiles, merged.outputFiles, merge.outputFiles, "var") {
      $0.var
    }
    keyed("arguments", request.arguments, merged.arguments, merge.arguments, "name") { $0.name }
    keyed(
      "output_datasets", request.outputDatasets, merged.outputDatasets, merge.outputDatasets, "var"
    ) { $0.var }
    unkeyed("s3_mount_ids", request.s3MountIds, merged.s3MountIds)
    unkeyed("dataset_ids", request.datasetIds, merged.datasetIds)
  }
}
