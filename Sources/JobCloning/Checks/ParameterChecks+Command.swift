internal import JobMessages

extension ParameterChecks {
  /// The command is there, and every `${NAME}` in it means something.
  ///
  /// With a new command the command is at fault; with an old one, the override that took a name
  /// away. Only lists that are replaced whole can do that: keyed ones keep their keys.
  @Sendable
  static func command(_ input: CheckInput, _ violations: inout Violations) {
    let merged = input.merged
    let isNew = !input.overrides.cmd.isEmpty
    if input.isCreate, merged.cmd.isEmpty {
      violations.add(input.path("cmd"), "must not be empty")
    }
    let takesNames = !input.overrides.s3MountIds.isEmpty || !input.overrides.datasetIds.isEmpty
    guard isNew || takesNames else { return }
    let references = CommandTemplate.references(in: merged.cmd)
    guard !references.isEmpty else { return }
    let names = Self.names(of: merged)
    let lost = isNew ? [:] : input.lostNames
    for name in references where !names.contains(ByteString(name)) {
      switch ReservedName(name) {
      case .localModule: break
      case .projectHome:
        if isNew, !merged.attachProjectDisk {
          violations.add(
            input.path("cmd"), "${DS_PROJECT_HOME} needs attach_project_disk, which is not set")
        }
      case nil:
        if isNew {
          violations.add(
            input.path("cmd"), "\(quoted("${\(name)}")) is no var, argument, mount or dataset")
        } else if let list = lost[ByteString(name)] {
          violations.add(input.path(list), "takes away \(quoted(name)), which cmd refers to")
        }
      }
    }
  }

  /// Everything that a `${NAME}` can mean, but for reserved names.
  private static func names(of parameters: JobParameters) -> Set<ByteString> {
    var names: Set<ByteString> = []
    for file in parameters.inputFiles { names.insert(ByteString(file.desc?.var ?? "")) }
    for file in parameters.outputFiles { names.insert(ByteString(file.var)) }
    for argument in parameters.arguments { names.insert(ByteString(argument.name)) }
    for dataset in parameters.outputDatasets { names.insert(ByteString(dataset.var)) }
    for id in parameters.s3MountIds { names.insert(ByteString(id)) }
    for id in parameters.datasetIds { names.insert(ByteString(id)) }
    return names
  }
}

extension CheckInput {
  /// The names that lists of the source had which the request replaces, with these lists.
  fileprivate var lostNames: [ByteString: String] {
    guard case .source(let source) = basis else { return [:] }
    var lists: [ByteString: String] = [:]
    if !overrides.datasetIds.isEmpty {
      for id in source.datasetIds { lists[ByteString(id)] = "dataset_ids" }
    }
    if !overrides.s3MountIds.isEmpty {
      for id in source.s3MountIds { lists[ByteString(id)] = "s3_mount_ids" }
    }
    return lists
  }
}
