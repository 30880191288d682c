internal import JobMessages
internal import ProtobufWire

/// The files of a new job: those that the request brings and those that it inherits.
struct JobFiles {
  /// Every file of the job: input files before local modules.
  private let files: [File]
  /// Every distinct content of the job, in the order of its files.
  private(set) var contents: [ContentID] = []
  /// The request's first entry with each distinct content: input files before local modules.
  private(set) var brought: [File] = []
  private var broughtContents: Set<ContentID> = []
  /// The contents that the object storage is asked about; the empty one is always stored.
  private(set) var questions: Set<ContentID> = []

  /// The files of a request and of what it is merged to.
  init(_ input: CheckInput) {
    self.init(
      bringing: input.overrides.inputFiles + input.localModules, to: input.merged)
  }

  /// The files of a job that a request made which brought these.
  init(bringing entries: [File], to parameters: JobParameters) {
    files = parameters.files
    for file in entries where broughtContents.insert(ContentID(file)).inserted {
      brought.append(file)
    }
    questions.reserveCapacity(files.count)
    for file in files {
      let content = ContentID(file)
      if questions.insert(content).inserted { contents.append(content) }
    }
    questions.remove(.empty)
  }

  /// The request's entries whose content is to be uploaded, given what is stored, without URLs
  /// (clone-semantics §3).
  ///
  /// A content that is neither stored nor brought fails: it is inherited, nobody could supply it.
  func uploads(stored: Set<ContentID>) throws(JobError) -> [StorageFile] {
    let lost = missing(stored: stored).filter { !broughtContents.contains(ContentID($0)) }
    if !lost.isEmpty {
      throw .failedPrecondition(
        lost.map { file in
          .init(
            type: "CONTENT_NOT_STORED", subject: clipped(file.desc?.path ?? ""),
            description: "the content of this inherited file is not stored")
        })
    }
    return Self.entries(brought.filter { !Self.isStored($0, stored) })
  }

  /// The files whose content is not stored, given what is.
  func missing(stored: Set<ContentID>) -> [File] {
    files.filter { !Self.isStored($0, stored) }
  }

  private static func isStored(_ file: File, _ stored: Set<ContentID>) -> Bool {
    let content = ContentID(file)
    return content == .empty || stored.contains(content)
  }

  /// What would be to upload if nothing were stored.
  var allUploads: [StorageFile] { Self.entries(brought) }

  private static func entries(_ files: [File]) -> [StorageFile] {
    files.map { file in .with { $0.file = file } }
  }
}

extension JobParameters {
  /// Every file whose content the job reads: input files before local modules.
  var files: [File] { inputFiles + (env?.pythonEnv?.localModules ?? []) }
}
