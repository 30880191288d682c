import JobCloning
import JobMessages
import ProtobufWire
import TestSupport

/// What was asked of a server and what it answered: whatever happens to the server, that stays true.
///
/// It also chooses what to ask next.
actor Ledger {
  /// Something for a client to do.
  enum Step: Sendable {
    /// A call that has not been made before.
    case call(KeyedCall)
    /// A call that was answered before.
    case again(MadeJob)
    /// An upload.
    case upload(TestContent, project: String, url: String)
  }

  /// Calls without an answer, by key.
  private(set) var pending: [String: KeyedCall] = [:]
  /// Jobs whose call was answered, in the order of the answers.
  private(set) var made: [MadeJob] = []
  /// Contents whose upload was answered, each in the project that it was for.
  private(set) var stored: Set<StoredContent> = []
  /// The project that is worked in.
  private(set) var project = ""

  private var random: SeededGenerator
  private var contents: [String: TestContent] = [:]
  /// All contents, in the order in which they were made.
  private var known: [TestContent] = []
  private var uploads: [(TestContent, project: String, url: String)] = []
  private var calls = 0
  private var events = 0
  private var alarms: [(event: Int, reached: CheckedContinuation<Void, Never>)] = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// Goes on in a new project; URLs of before are worth nothing any more.
  func begin(project: String) {
    self.project = project
    uploads = []
  }

  /// The jobs of the project that is worked in.
  var recentJobs: [MadeJob] { made.filter { $0.call.project == project } }

  /// Some jobs of other projects.
  func earlierJobs(_ count: Int) -> [MadeJob] {
    Array(made.filter { $0.call.project != project }.shuffled(using: &random).prefix(count))
  }

  // MARK: What happens

  /// Returns when so many more questions and answers have passed, or when no more will.
  func passes(_ count: Int) async {
    await withCheckedContinuation { alarms.append((events + count, $0)) }
  }

  /// No more questions will be asked: whoever waits for them waits no longer.
  func end() {
    for alarm in alarms { alarm.reached.resume() }
    alarms = []
  }

  func answered(_ job: MadeJob) {
    pending[job.call.key] = nil
    made.append(job)
    offer(job.uploads, project: job.call.project)
    pass()
  }

  func stored(_ content: TestContent, project: String) {
    stored.insert(StoredContent(content.id, in: project))
    pass()
  }

  /// A server asks for these uploads to a project.
  func offer(_ files: [StorageFile], project: String) {
    for entry in files {
      guard let content = entry.file.flatMap({ contents[$0.sha256] }),
        !stored.contains(StoredContent(content.id, in: project))
      else { continue }
      uploads.append((content, project, entry.url))
    }
  }

  private func pass() {
    events += 1
    for alarm in alarms where alarm.event <= events { alarm.reached.resume() }
    alarms.removeAll { $0.event <= events }
  }

  // MARK: What to do next

  func nextStep() -> Step {
    defer { pass() }
    let jobs = recentJobs
    let sources = jobs.filter { isComplete($0) }
    let die = random.number(100)
    if die < 40, !uploads.isEmpty {
      let (content, project, url) = uploads.remove(at: random.number(uploads.count))
      return .upload(content, project: project, url: url)
    }
    if die < 85, let source = sources.randomElement(using: &random) {
      return .call(begin(clone(of: source)))
    }
    if die < 92, let job = jobs.randomElement(using: &random) { return .again(job) }
    return .call(begin(creation()))
  }

  /// A creation in this project of contents that are all stored there; nil when there are none.
  func creationOfStoredContents() -> KeyedCall? {
    let digests = Set(recentJobs.flatMap(\.files).filter(isStored).map(\.sha256))
    if digests.isEmpty { return nil }
    let files = digests.compactMap { contents[$0] }.prefix(90).enumerated().map { index, content in
      content.file("stored/\(index)", variable: "STORED_\(index)")
    }
    return begin(creation(with: files))
  }

  /// A clone that overrides nothing.
  func cloneWithoutOverrides(of source: MadeJob) -> KeyedCall {
    let request = CloneProjectJobRequest.with { $0.sourceJobID = source.id }
    return begin(call(.clone(request), source.call.parameters))
  }

  private func begin(_ call: KeyedCall) -> KeyedCall {
    pending[call.key] = call
    return call
  }

  private func isComplete(_ job: MadeJob) -> Bool {
    job.files.allSatisfy { $0.sizeBytes == 0 || isStored($0) }
  }

  /// Whether a file's content is stored in the project that is worked in.
  private func isStored(_ file: File) -> Bool {
    let content = ContentID(sha256: file.sha256, sizeBytes: file.sizeBytes)
    return stored.contains(StoredContent(content, in: project))
  }

  private func creation() -> KeyedCall {
    creation(with: [newContent().file("data.csv", variable: "DATA"), newContent().file("main.py")])
  }

  private func creation(with files: [File]) -> KeyedCall {
    let parameters = JobParameters.with {
      $0.inputFiles = files
      $0.arguments = [Argument(name: "RANGE", value: "\(calls)")]
      $0.cmd = "run ${RANGE}"
      $0.env = .with { $0.vars = ["MODE": "fast"] }
      $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
    }
    let request = CreateProjectJobRequest.with {
      $0.projectID = project
      $0.name = "job \(calls)"
      $0.jobParameters = parameters
    }
    return call(.create(request), parameters)
  }

  private func clone(of source: MadeJob) -> KeyedCall {
    let bringsContent = random.chance(50)
    let hasData = source.call.parameters.inputFiles.contains { $0.desc?.var == "DATA" }
    let overrides = JobParameters.with {
      $0.arguments = [Argument(name: "RANGE", value: "\(calls)")]
      $0.env = .with { $0.vars = ["RUN": "\(calls)"] }
      guard bringsContent, hasData else { return }
      $0.inputFiles = [newContent().file("data \(calls).csv", variable: "DATA")]
    }
    let request = CloneProjectJobRequest.with {
      $0.sourceJobID = source.id
      $0.name = "clone \(calls)"
      $0.jobParametersOverrides = overrides
    }
    return call(.clone(request), merging(overrides, over: source.call.parameters).parameters)
  }

  private func call(_ request: KeyedCall.Request, _ parameters: JobParameters) -> KeyedCall {
    calls += 1
    return KeyedCall(
      key: "call-\(calls)", project: project, request: request, parameters: parameters)
  }

  /// A content for a new file; now and then one that another file has, most likely of another
  /// project.
  private func newContent() -> TestContent {
    if random.chance(5), let content = known.randomElement(using: &random) { return content }
    let size = random.chance(5) ? 0 : random.chance(10) ? 300_000 : 1 + random.number(2000)
    let content = TestContent(seed: random.next(), size: size)
    if contents.updateValue(content, forKey: content.id.sha256) == nil { known.append(content) }
    return content
  }
}
