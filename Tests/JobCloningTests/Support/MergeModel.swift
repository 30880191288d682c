import JobCloning
import JobMessages
import ProtobufWire

/// The merge said a second time, as simply as clone-semantics §1 says it, to compare with.
enum MergeModel {
  /// The lists that merge by key, and the map; every other field is the override's or the source's.
  static let keyed: Set<String> = [
    "input_files", "output_files", "arguments", "output_datasets", "env.vars",
  ]
  /// The lists of messages that are replaced whole, with all that is in their entries.
  static let unkeyed: Set<String> = ["cloud_instance_types", "env.python_env.local_modules"]
  /// The cases of the oneof that is replaced whole.
  static let image: Set<String> = ["env.docker_image_resource_id", "env.docker_image_spec"]

  /// Rule 3: a match is replaced whole where it stands, other entries of the override follow.
  static func merge<Entry: Message>(
    _ override: [Entry], over source: [Entry], key: (Entry) -> [String]
  ) -> [Entry] {
    // As bytes, which are not equal where Unicode calls texts equivalent.
    func identity(_ entry: Entry) -> [[UInt8]] { key(entry).map { Array($0.utf8) } }
    var result = source
    var taken: [[[UInt8]]] = []
    for entry in override where !taken.contains(identity(entry)) {
      taken.append(identity(entry))
      if let index = result.firstIndex(where: { identity($0) == identity(entry) }) {
        result[index] = entry
      } else {
        result.append(entry)
      }
    }
    return result
  }

  /// Rule 5: the override's variables win.
  static func merge(_ override: StringMap, over source: StringMap) -> [[UInt8]: [UInt8]] {
    var result: [[UInt8]: [UInt8]] = [:]
    for (key, value) in source { result[Array(key.utf8)] = Array(value.utf8) }
    for (key, value) in override { result[Array(key.utf8)] = Array(value.utf8) }
    return result
  }

  /// The path of the field, or of the one above it, that the rules speak of.
  static func top(_ path: String, among fields: Set<String>) -> String? {
    fields.first { path == $0 || path.hasPrefix($0 + ".") }
  }

  static func key(_ desc: FileDesc) -> [String] {
    desc.var.isEmpty ? ["path", desc.path] : ["var", desc.var]
  }

  static func key(_ dataset: OutputDatasetDesc) -> [String] {
    dataset.var.isEmpty ? ["name", dataset.name] : ["var", dataset.var]
  }
}
