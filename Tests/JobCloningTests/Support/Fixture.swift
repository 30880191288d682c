import JobCloning
import JobMessages
import ProtobufWire

/// Messages that the tests begin with.
enum Fixture {
  static let project = "bt1project0000000001"
  static let sourceID = "bt1source00000000001"
  static let owner = Principal(id: "owner")
  static let caller = Principal(id: "caller")

  /// The digest of a made-up content: the digit over and over.
  static func sha(_ digit: Character) -> String { String(repeating: digit, count: 64) }

  /// A file without a var, or with one.
  static func file(_ path: String, `var` name: String = "", _ digit: Character = "a") -> File {
    .with {
      $0.desc = FileDesc(path: path, var: name)
      $0.sha256 = sha(digit)
      $0.sizeBytes = 10
    }
  }

  /// Parameters that have something in every field but the two flags, whose only override is true,
  /// and that every check accepts.
  static let full = JobParameters.with {
    $0.inputFiles = [file("main.py", "a"), file("data.csv", var: "DATA", "b")]
    $0.outputFiles = [FileDesc(path: "model.bin"), FileDesc(path: "log.txt", var: "LOG")]
    $0.s3MountIds = ["mount1", "mount2"]
    $0.datasetIds = ["dataset1", "dataset2"]
    $0.cmd = "python main.py ${DATA} ${RANGE} > ${LOG}; ls ${mount1} ${dataset2} ${RESULT}"
    $0.env = .with {
      $0.vars = ["HOME": "/root", "MODE": "fast"]
      $0.dockerImageSpec = .with {
        $0.imageURL = "cr.example/image:1"
        $0.username = "user"
        $0.passwordDsSecretName = "secret"
      }
      $0.pythonEnv = .with {
        $0.condaYaml = "name: base"
        $0.localModules = [file("/tmp/0.zip", var: "_LOCAL_MODULE_0", "c")]
        $0.pythonVersion = "3.11"
        $0.requirements = ["numpy", "torch"]
        $0.pipOptions = .with {
          $0.indexURL = "https://pypi.example"
          $0.extraIndexUrls = ["https://extra.example"]
          $0.trustedHosts = ["pypi.example"]
        }
      }
    }
    $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4"), CloudInstanceType(name: "g1.1")]
    $0.extendedWorkingStorage = .with {
      $0.type = .ssd
      $0.sizeGb = 200
    }
    $0.arguments = [
      Argument(name: "RANGE", value: "1"), Argument(name: "EPOCHS", value: "10"),
    ]
    $0.outputDatasets = [
      .with {
        $0.name = "result"
        $0.description = "the result"
        $0.labels = ["team": "a"]
        $0.sizeGb = 5
        $0.var = "RESULT"
      }
    ]
    $0.gracefulShutdownParameters = .with {
      $0.timeout = ProtobufDuration(seconds: 10, nanos: 5)
      $0.signal = 15
    }
    $0.sparkParameters = .with { $0.connectorID = "spark1" }
  }

  /// The least that a Create accepts.
  static let least = JobParameters.with {
    $0.cmd = "true"
    $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
  }

  /// A job of somebody else that has run and ended.
  static let source = Job.with {
    $0.id = sourceID
    $0.name = "training"
    $0.desc = "the first run"
    $0.createdAt = ProtobufTimestamp(seconds: 1_700_000_000)
    $0.startedAt = ProtobufTimestamp(seconds: 1_700_000_100)
    $0.finishedAt = ProtobufTimestamp(seconds: 1_700_000_200)
    $0.status = .success
    $0.config = "cmd: python main.py\n"
    $0.createdByID = owner.id
    $0.projectID = project
    $0.jobParameters = full
    $0.dataExpiresAt = ProtobufTimestamp(seconds: 1_900_000_000)
    $0.outputFiles = [file("model.bin", "d")]
    $0.logFiles = [file("stdout", "e")]
    $0.diagnosticFiles = [file("trace", "f")]
    $0.dataSizeBytes = 12
    $0.statusDetails = "fine"
    $0.actualCloudInstanceType = CloudInstanceType(name: "c1.4")
    $0.parentJobID = "bt1parent00000000001"
    $0.fileErrors = [.with { $0.description = "lost" }]
    $0.outputDatasets = [.with { $0.id = "dataset3" }]
  }
}

extension Message {
  /// The message with an unknown field, as a newer client would send it.
  func withUnknown(_ value: UInt8) -> Self {
    var message = self
    // Field 100: two bytes of tag, one of value.
    try? message.merge(serializedBytes: [0xA0, 0x06, value])
    return message
  }
}

extension Optional where Wrapped: Message {
  /// The message, which writing makes present: `parameters.env.filled.vars = …`.
  var filled: Wrapped {
    get { self ?? Wrapped() }
    set { self = newValue }
  }
}
