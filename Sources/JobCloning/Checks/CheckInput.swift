internal import JobMessages

/// What the checks of parameters look at: a request's parameters and what they merge to.
struct CheckInput {
  /// What the request's parameters are merged over.
  enum Basis {
    /// Nothing, as for Create: every key is new and everything counts as touched.
    case nothing
    /// The parameters of a source job.
    case source(JobParameters)
    /// A source that is not there: only what the request says by itself can be wrong.
    case unknown
  }

  /// The request's parameters.
  let overrides: JobParameters
  /// What they are merged over.
  let basis: Basis
  /// What they merge to, and which entries came from where.
  let merge: ParameterMerge
  /// What is allowed, and how much of it.
  let policy: OverridePolicy
  /// The path of the request's parameters: `job_parameters_overrides`, or `job_parameters`.
  let root: String

  init(_ overrides: JobParameters, basis: Basis, root: String, policy: OverridePolicy) {
    self.overrides = overrides
    self.basis = basis
    self.root = root
    self.policy = policy
    let source = if case .source(let parameters) = basis { parameters } else { JobParameters() }
    merge = ParameterMerge(overrides, over: source, policy: policy)
  }

  /// The merged parameters.
  var merged: JobParameters { merge.parameters }

  /// Whether the parameters are those of a Create.
  var isCreate: Bool {
    if case .nothing = basis { true } else { false }
  }

  /// Whether the request is all there is, or the source is known.
  var hasBasis: Bool {
    if case .unknown = basis { false } else { true }
  }

  /// The local modules that the request brings.
  var localModules: [File] { overrides.env?.pythonEnv?.localModules ?? [] }

  /// The input files and local modules of the merged result that the request does not bring.
  var inheritedFiles: [File] {
    var files: [File] = []
    merge.inputFiles.each(overrides.inputFiles, merged.inputFiles, touched: false) { file, _ in
      files.append(file)
    }
    if localModules.isEmpty { files += merged.env?.pythonEnv?.localModules ?? [] }
    return files
  }

  /// The path of a field below the parameters: `job_parameters_overrides.cmd`.
  func path(_ field: String) -> String { "\(root).\(field)" }

  /// The path of a field of a list's entry: `job_parameters_overrides.arguments[0].name`.
  func path(_ list: String, _ index: Int, _ field: String) -> String {
    "\(root).\(list)[\(index)].\(field)"
  }

  /// The path of a list's entry itself: `job_parameters_overrides.dataset_ids[0]`.
  func path(_ list: String, _ index: Int) -> String { "\(root).\(list)[\(index)]" }
}
