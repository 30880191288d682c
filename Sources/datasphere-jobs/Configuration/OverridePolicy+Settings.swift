internal import ArgumentParser
internal import JobCloning
internal import Safeguards

extension OverridePolicy {
  /// The policy that the settings describe.
  init(_ values: SettingValues) throws {
    let prefix = try values.text(.idPrefix)
    guard prefix.utf8.count == 3,
      prefix.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) })
    else { throw values.fault(.idPrefix, "\(prefix) is not three of a-z and 0-9") }
    let replacesAll = try values.choice(.environmentVariables) == "replace-all"
    self.init(
      allowed: try OverridableParameters(values),
      environmentVariables: replacesAll ? .replaceAll : .mergeByName,
      uniqueNames: try values.flag(.uniqueNames), limits: try JobLimits(values),
      defaultDataTTL: try values.seconds(.dataTTL), idPrefix: prefix,
      uploadURLLifetime: try values.seconds(.urlLifetime),
      idempotencyRetention: try values.seconds(.idempotencyRetention))
    planningTime = try values.duration(.planningTime)
    gracefulShutdownTimeout = try values.duration(.gracefulShutdownTimeout)
  }
}

extension OverridableParameters {
  fileprivate init(_ values: SettingValues) throws {
    self = []
    let presets = [("all", Self.all), ("official-client", .officialClient)]
    for name in try values.list(.allowedOverrides) {
      guard let known = (presets + Self.named).first(where: { $0.0 == name }) else {
        let names = presets.map(\.0) + Self.named.map(\.name)
        throw values.fault(
          .allowedOverrides,
          "\(name) is no parameter" + NearestName.hint(for: name, among: names))
      }
      formUnion(known.1)
    }
  }
}

extension JobLimits {
  fileprivate init(_ values: SettingValues) throws {
    self.init()
    nameLength = try values.integer(.nameLength)
    descriptionLength = try values.integer(.descriptionLength)
    configSize = Int(clamping: try values.bytes(.configSize))
    replySize = Int(clamping: try values.bytes(.replySize))
    inputFiles = try values.integer(.inputFiles)
    outputFiles = try values.integer(.outputFiles)
    s3Mounts = try values.integer(.mounts)
    datasets = try values.integer(.datasets)
    fileSize = try values.bytes(.fileSize)
    totalFileSize = try values.bytes(.totalFileSize)
    let least = Int64(try values.integer(.workingStorageMinimum))
    let most = Int64(try values.integer(.workingStorageMaximum))
    guard least <= most else {
      throw values.fault(
        .workingStorageMinimum, "\(least) is more than \(ServerSetting.workingStorageMaximum.name)")
    }
    workingStorageGB = least...most
  }
}
