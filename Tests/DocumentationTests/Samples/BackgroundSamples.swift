import JobCloning
import JobMessages
import Logging

struct ScriptedRunner: JobRunner {
  func run(_ run: JobRun, reporting reporter: JobReporter) async throws -> JobRunResult {
    // Nothing here can tell how far a run had come.
    if run.isResumed { throw JobRunError.cannotResume }
    for input in try run.inputs() {
      try await reporter.log("fetch \(input.file?.desc?.path ?? "") from its URL\n")
    }
    try await reporter.progress("half way", percent: 50)
    try await reporter.log("run: \(run.job.jobParameters?.cmd ?? "")\n")
    return JobRunResult(returnCode: 0)
  }
}

func runningCloner(_ store: any JobStore, _ objects: any ObjectStorage) -> JobCloner {
  var policy = OverridePolicy()
  policy.planningTime = .milliseconds(500)
  return JobCloner(store: store, objects: objects, policy: policy, runner: ScriptedRunner())
}

func housekeeper(of cloner: JobCloner, logger: Logger) -> Housekeeper {
  var rules = Housekeeper.Rules()
  rules.interval = .seconds(300)
  rules.operationRetention = 7 * 86_400
  return Housekeeper(cloner: cloner, rules: rules, logger: logger)
}
