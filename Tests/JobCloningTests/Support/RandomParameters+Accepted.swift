import JobCloning
import JobMessages
import ProtobufWire

extension RandomParameters {
  /// Overrides that a clone of the full fixture, or of a clone of it, accepts.
  mutating func accepted() -> JobParameters {
    var overrides = JobParameters()
    overrideKeyedLists(&overrides)
    // What a command refers to stays: the fixture's needs mount1 and dataset2.
    if chance(20) { overrides.s3MountIds = ["mount1", "mount\(number(9) + 2)"] }
    if chance(20) { overrides.datasetIds = ["dataset2", "dataset\(number(9) + 3)"] }
    if chance(20) { addEntries(&overrides) }
    if chance(50) { overrides.env = environment() }
    if chance(20) { overrides.attachProjectDisk = true }
    if chance(20) { overrides.cloudInstanceTypes = [CloudInstanceType(name: "c\(number(9))")] }
    if chance(20) {
      overrides.extendedWorkingStorage = .with {
        if chance(50) { $0.type = .ssd }
        if chance(50) { $0.sizeGb = Int64(100 + number(900)) }
      }
    }
    if chance(20) {
      overrides.gracefulShutdownParameters = .with {
        if chance(50) {
          $0.timeout = ProtobufDuration(seconds: Int64(number(9)), nanos: Int32(number(9)))
        }
        if chance(50) { $0.signal = Int64(1 + number(64)) }
      }
    }
    if chance(20) { overrides.sparkParameters = .with { $0.connectorID = word() } }
    return overrides
  }

  /// Replaces entries that the fixture has.
  private mutating func overrideKeyedLists(_ overrides: inout JobParameters) {
    if chance(30) { overrides.inputFiles.append(input("new/\(number(9)).csv", "DATA")) }
    if chance(30) { overrides.inputFiles.append(input("main.py")) }
    if chance(30) { overrides.outputFiles = [FileDesc(path: "log/\(number(9))", var: "LOG")] }
    if chance(30) { overrides.arguments = [Argument(name: "RANGE", value: word())] }
    if chance(20) {
      overrides.outputDatasets = [
        .with {
          $0.name = "result \(number(9))"
          $0.description = word()
          $0.labels = ["team": word(), word(): "x"]
          $0.sizeGb = Int64(number(9))
          $0.var = "RESULT"
        }
      ]
    }
  }

  /// Sets a command, and adds entries that the source may not have.
  private mutating func addEntries(_ overrides: inout JobParameters) {
    overrides.cmd = "run ${DATA} ${RANGE} \(number(9))"
    let digit = number(10)
    if chance(40) { overrides.inputFiles.append(input("more/in \(digit)", "IN_\(digit)")) }
    if chance(40) {
      overrides.outputFiles.append(FileDesc(path: "more/out \(digit)", var: "OUT_\(digit)"))
    }
    if chance(40) { overrides.arguments.append(Argument(name: "ARG \(digit)", value: word())) }
  }

  private mutating func environment() -> Environment {
    var env = Environment()
    if chance(40) { env.vars = ["MODE": word(), "LANG": word()] }
    switch number(4) {
    case 0: env.dockerImage = .resourceID("image\(number(9))")
    case 1:
      env.dockerImageSpec = .with {
        $0.imageURL = "image:\(number(9))"
        $0.username = word()
        $0.password = [nil, .plainText("secret"), .dsSecretName("secret")][number(3)]
      }
    default: break
    }
    if chance(40) { env.pythonEnv = pythonEnvironment() }
    return env
  }

  private mutating func pythonEnvironment() -> PythonEnv {
    var python = PythonEnv()
    if chance(30) { python.condaYaml = "name: \(number(9))" }
    if chance(40) { python.localModules = [input("/tmp/1.zip", "_LOCAL_MODULE_0")] }
    if chance(30) { python.pythonVersion = "3.\(number(20))" }
    python.requirements = list { $0.word() }
    if chance(50) {
      python.pipOptions = .with {
        $0.indexURL = word()
        $0.extraIndexUrls = list { $0.word() }
        $0.trustedHosts = list { $0.word() }
        $0.noDeps = chance(30)
      }
    }
    return python
  }

  private mutating func input(_ path: String, _ name: String = "") -> File {
    var file = Fixture.file(path, var: name, Character("\(number(10))"))
    file.compressionType = [.unspecified, .none, .zip][number(3)]
    return file
  }
}
