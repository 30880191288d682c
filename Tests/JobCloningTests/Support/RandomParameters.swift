import JobCloning
import JobMessages
import ProtobufWire
import TestSupport

/// Random parameters: wild ones for the merge, and accepted ones for the cloner.
///
/// `PropertyTests` compares with the contract that both have every field.
struct RandomParameters {
  var generator: SeededGenerator

  mutating func chance(_ percent: Int) -> Bool { generator.chance(percent) }
  mutating func number(_ limit: Int) -> Int { generator.number(limit) }

  mutating func word() -> String {
    ["", "a", "b", "c", "\u{E9}", "e\u{301}", "DATA", "RANGE"][number(8)]
  }

  mutating func list<Element>(_ make: (inout Self) -> Element) -> [Element] {
    guard chance(60) else { return [] }
    return (0..<number(5)).map { _ in make(&self) }
  }

  private mutating func some<M: Message>(_ make: (inout Self, inout M) -> Void) -> M? {
    guard chance(60) else { return nil }
    var message = M()
    if chance(80) { make(&self, &message) }
    return message
  }

  // MARK: Wild

  private mutating func file() -> File {
    var file = File()
    if chance(90) { file.desc = desc() }
    file.sha256 = word()
    file.sizeBytes = Int64(number(3))
    file.compressionType = FileCompressionType(rawValue: Int32(number(4)))
    return file
  }

  private mutating func desc() -> FileDesc { FileDesc(path: word(), var: word()) }

  private mutating func map() -> StringMap {
    StringMap((0..<number(5)).map { _ in (key: word(), value: word()) })
  }

  private mutating func image() -> Environment.DockerImage? {
    switch number(4) {
    case 0: return .resourceID(word())
    case 1, 2:
      var spec = DockerImageSpec()
      spec.imageURL = word()
      spec.username = word()
      spec.password = [nil, .plainText(word()), .dsSecretName(word())][number(3)]
      return .spec(spec)
    default: return nil
    }
  }

  /// Parameters of any kind, sensible or not, without unknown fields.
  mutating func wild() -> JobParameters {
    var parameters = JobParameters()
    parameters.inputFiles = list { $0.file() }
    parameters.outputFiles = list { $0.desc() }
    parameters.s3MountIds = list { $0.word() }
    parameters.datasetIds = list { $0.word() }
    parameters.cmd = word()
    parameters.env = some { random, env in
      env.vars = random.map()
      env.dockerImage = random.image()
      env.pythonEnv = random.some { random, python in
        python.condaYaml = random.word()
        python.localModules = random.list { $0.file() }
        python.pythonVersion = random.word()
        python.requirements = random.list { $0.word() }
        python.pipOptions = random.some { random, pip in
          pip.indexURL = random.word()
          pip.extraIndexUrls = random.list { $0.word() }
          pip.trustedHosts = random.list { $0.word() }
          pip.noDeps = random.chance(30)
        }
      }
    }
    parameters.attachProjectDisk = chance(30)
    parameters.cloudInstanceTypes = list { CloudInstanceType(name: $0.word()) }
    parameters.extendedWorkingStorage = some { random, storage in
      storage.type = .init(rawValue: Int32(random.number(3)))
      storage.sizeGb = Int64(random.number(3))
    }
    parameters.arguments = list { Argument(name: $0.word(), value: $0.word()) }
    parameters.outputDatasets = list { random in
      .with {
        $0.name = random.word()
        $0.description = random.word()
        $0.var = random.word()
        $0.labels = random.map()
        $0.sizeGb = Int64(random.number(3))
      }
    }
    parameters.gracefulShutdownParameters = some { random, shutdown in
      shutdown.timeout = random.some { random, timeout in
        timeout.seconds = Int64(random.number(3))
        timeout.nanos = Int32(random.number(3))
      }
      shutdown.signal = Int64(random.number(3))
    }
    parameters.sparkParameters = some { random, spark in spark.connectorID = random.word() }
    return parameters
  }
}
