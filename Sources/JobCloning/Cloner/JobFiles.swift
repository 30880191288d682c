internal import JobMessages
internal import ProtobufWire

/// The files of a new job: those that the request brings and those that it inherits.
struct JobFiles {
  /// Every distinct content of the job, in the order of its files.
  private(set) var contents: [ContentID] = []
  /// The request's first entry with each distinct content: input files before local modules.
  private var brought: [File] = []
  private var broughtContents: Set<ContentID> = []
  private let inherited: [File]
  /// The contents that the object storage is asked about; the empty one is always stored.
  private(set) var questions: Set<ContentID> = []

  init(_ input: CheckInput) {
    inherited = input.inheritedFiles
    for file in input.overrides.inputFiles + input.localModules
    where broughtContents.insert(ContentID(file)).inserted {
      brought.append(file)
    }
    let files = input.merged.inputFiles + (input.merged.env?.pythonEnv?.localModules ?? [])
    questions.reserveCapacity(files.count)
    for file in files {
      let content = ContentID(file)
      if questions.insert(content).inserted { contents.append(content) }
    }
    questions.remove(.empty)
  }

  /// What is to be uploaded, given what is stored (clone-semantics §3).
  ///
  /// An inherited content that is neither stored nor brought fails: nobody could supply it.
  func plan(stored: Set<ContentID>) throws(JobError) -> UploadPlan {
    func isStored(_ content: ContentID) -> Bool { content == .empty || stored.contains(content) }

    var missing: [JobError.PreconditionViolation] = []
    for file in inherited {
      let content = ContentID(file)
      if isStored(content) || broughtContents.contains(content) { continue }
      missing.append(
        .init(
          type: "CONTENT_NOT_STORED", subject: clipped(file.desc?.path ?? ""),
          description: "the content of this inherited file is not stored"))
    }
    if !missing.isEmpty { throw .failedPrecondition(missing) }

    let wanted = brought.filter { !isStored(ContentID($0)) }
    return UploadPlan(
      contents: contents,
      uploads: wanted.map { file in .with { $0.file = file } })
  }
}

/// What a new job refers to, and what of that its maker is to upload.
struct UploadPlan: Sendable {
  /// Every distinct content that the job refers to.
  let contents: [ContentID]
  /// The request's entries to upload, without URLs.
  let uploads: [StorageFile]
}
