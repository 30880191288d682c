internal import JobMessages
internal import ProtobufWire

extension ParameterChecks {
  /// Names that an environment can hold.
  @Sendable
  static func environmentVariables(_ input: CheckInput, _ violations: inout Violations) {
    for (name, _) in input.overrides.env?.vars ?? [:] {
      let field = { input.path("env.vars[\(quoted(name))]") }
      if name.isEmpty {
        violations.add(field(), "the name must not be empty")
      } else if name.utf8.contains(where: { $0 == UInt8(ascii: "=") || $0 == 0 }) {
        violations.add(field(), "the name must not contain = or NUL")
      }
    }
  }

  /// An image that is set says which.
  @Sendable
  static func dockerImage(_ input: CheckInput, _ violations: inout Violations) {
    switch input.overrides.env?.dockerImage {
    case .resourceID(let id) where id.isEmpty:
      violations.add(input.path("env.docker_image_resource_id"), "must not be empty")
    case .spec(let spec) where spec.imageURL.isEmpty:
      violations.add(input.path("env.docker_image_spec.image_url"), "must not be empty")
    default: break
    }
  }

  /// `3.N` or `3.N.M`, kept as given.
  @Sendable
  static func pythonVersion(_ input: CheckInput, _ violations: inout Violations) {
    guard let version = input.overrides.env?.pythonEnv?.pythonVersion, !version.isEmpty else {
      return
    }
    let parts = version.utf8.split(
      separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
    let areNumbers = parts.allSatisfy { part in
      !part.isEmpty && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
    if (2...3).contains(parts.count), areNumbers, parts[0].elementsEqual("3".utf8) { return }
    violations.add(
      input.path("env.python_env.python_version"), "\(quoted(version)) is not 3.N or 3.N.M")
  }
}
