/// The name that a field has in JSON by default.
enum JSONName {
  /// Turns `s3_mount_ids` into `s3MountIds` as protoc does: every underscore goes, and the letter
  /// behind it becomes a capital.
  static func camelCased(_ name: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var followsUnderscore = false
    for byte in name {
      if byte == UInt8(ascii: "_") {
        followsUnderscore = true
        continue
      }
      let isLowercase = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
      result.append(followsUnderscore && isLowercase ? byte - 0x20 : byte)
      followsUnderscore = false
    }
    return result
  }
}
