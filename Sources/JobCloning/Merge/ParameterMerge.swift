public import JobMessages

/// The parameters of a source job with overrides merged over them (clone-semantics §1).
///
/// This is the one merge: Clone uses it, Create does (over empty parameters), and so should
/// everything that previews or explains a clone. It is a pure function and refuses nothing.
public struct ParameterMerge: Sendable {
  /// The merged parameters.
  public private(set) var parameters: JobParameters

  let inputFiles: KeyedMerge
  let outputFiles: KeyedMerge
  let arguments: KeyedMerge
  let outputDatasets: KeyedMerge

  /// Merges the overrides over the source's parameters.
  ///
  /// - Parameters:
  ///   - overrides: what a caller wants different.
  ///   - source: the parameters of the stored job.
  ///   - policy: says how environment variables meet; what else it limits is for the checks.
  public init(
    _ overrides: JobParameters, over source: JobParameters, policy: OverridePolicy = .init()
  ) {
    parameters = source
    inputFiles = KeyedMerge(overrides.inputFiles, into: &parameters.inputFiles)
    outputFiles = KeyedMerge(overrides.outputFiles, into: &parameters.outputFiles)
    arguments = KeyedMerge(overrides.arguments, into: &parameters.arguments)
    outputDatasets = KeyedMerge(overrides.outputDatasets, into: &parameters.outputDatasets)
    parameters.mergeUnkeyed(overrides, policy: policy)
  }
}

/// Merges overrides over the parameters of a source job (clone-semantics §1).
public func merging(
  _ overrides: JobParameters, over source: JobParameters, policy: OverridePolicy = .init()
) -> ParameterMerge {
  ParameterMerge(overrides, over: source, policy: policy)
}
