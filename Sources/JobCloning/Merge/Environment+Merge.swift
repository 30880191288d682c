internal import JobMessages
internal import ProtobufWire

extension Environment: Overridable {
  var isVoid: Bool {
    vars.isEmpty && dockerImage == nil && pythonEnv.isVoid && unknownFields.isEmpty
  }

  mutating func merge(_ override: Self, policy: OverridePolicy) {
    switch policy.environmentVariables {
    case .mergeByName: vars.merge(override.vars)
    case .replaceAll: if !override.vars.isEmpty { vars = override.vars }
    }
    // The exception to rule 2: the image is replaced whole, so that no password ever meets an image
    // that it was not given for, not even for an equal URL.
    if let image = override.dockerImage { dockerImage = image }
    pythonEnv.merge(override.pythonEnv, policy: policy)
    unknownFields.append(override.unknownFields)
  }
}

extension PythonEnv: Overridable {
  var isVoid: Bool {
    condaYaml.isEmpty && localModules.isEmpty && pythonVersion.isEmpty && requirements.isEmpty
      && pipOptions.isVoid && unknownFields.isEmpty
  }

  mutating func merge(_ override: Self, policy: OverridePolicy) {
    replace(&condaYaml, with: override.condaYaml)
    replace(&localModules, with: override.localModules)
    replace(&pythonVersion, with: override.pythonVersion)
    replace(&requirements, with: override.requirements)
    pipOptions.merge(override.pipOptions, policy: policy)
    unknownFields.append(override.unknownFields)
  }
}

extension PipOptions: Overridable {
  var isVoid: Bool {
    indexURL.isEmpty && extraIndexUrls.isEmpty && trustedHosts.isEmpty && !noDeps
      && unknownFields.isEmpty
  }

  mutating func merge(_ override: Self, policy: OverridePolicy) {
    replace(&indexURL, with: override.indexURL)
    replace(&extraIndexUrls, with: override.extraIndexUrls)
    replace(&trustedHosts, with: override.trustedHosts)
    replace(&noDeps, with: override.noDeps)
    unknownFields.append(override.unknownFields)
  }
}
