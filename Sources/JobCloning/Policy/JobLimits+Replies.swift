internal import JobMessages
internal import ProtobufWire

/// What has to fit into one reply, so that whatever is stored can be read (clone-semantics §4).
extension JobLimits {
  /// What a reply holds beside what ``size(of:config:)`` counts: ids, names, times, log files, the
  /// texts of a run, and page tokens.
  private static let margin = 64 << 10

  /// Bytes that a digest, a size and the tags of a file or an error take beside its description,
  /// at the most.
  private static let outputSize = 256

  /// Bytes that a job may take, counted as ``size(of:config:)`` does.
  var jobSize: Int { max(0, replySize - Self.margin) }

  /// Bytes of messages that a page may have; the rest of the reply is for tags and the page token.
  var pageSize: Int { max(1, replySize - (Self.margin / 4)) }

  /// Bytes that the largest reply about a job takes, at the most: Get, List of it alone, the
  /// operations that make and run it, in every state, and DownloadJobFiles.
  ///
  /// The same for a job and its unchanged clone.
  func size(of parameters: JobParameters, config: String) -> Int {
    let supplied =
      parameters.inputFiles.count + (parameters.env?.pythonEnv?.localModules.count ?? 0)
    // Each output file is in the job and in the operation's response, there with its URL, or each
    // is an error in both.
    let outputs = parameters.outputFiles.reduce(0) { sum, file in
      sum + 2 * (file.serializedSize + Self.outputSize) + urlSize
    }
    let datasets = parameters.outputDatasets.reduce(0) { sum, dataset in
      sum + 2 * (dataset.serializedSize + Self.outputSize)
    }
    return parameters.serializedSize + config.utf8.count + supplied * urlSize + outputs + datasets
  }

  /// The same of a stored job.
  func size(of job: Job) -> Int {
    size(of: job.jobParameters ?? JobParameters(), config: job.config)
  }
}
