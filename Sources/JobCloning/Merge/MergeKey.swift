internal import JobMessages

/// What an entry of a keyed list is matched by (clone-semantics §1, rule 3).
///
/// The keys of the two spaces are separate: a source file that has a var is not found by its path.
enum MergeKey: Hashable {
  /// The entry's var, or an argument's name.
  case named(ByteString)
  /// For an entry without a var: the path of a file, or the name of an output dataset.
  case unnamed(ByteString)

  /// The key as it is written.
  var text: String {
    switch self {
    case .named(let key), .unnamed(let key): key.text
    }
  }

  init(_ name: String, else fallback: String) {
    self = name.isEmpty ? .unnamed(ByteString(fallback)) : .named(ByteString(name))
  }
}

/// An entry of a list that merges by key.
protocol KeyedEntry {
  /// What the entry is matched by.
  var mergeKey: MergeKey { get }
  /// Where its key is, relative to the entry: `desc.var`.
  var keyField: String { get }
}

extension File: KeyedEntry {
  var mergeKey: MergeKey { MergeKey(desc?.var ?? "", else: desc?.path ?? "") }
  var keyField: String { "desc." + (desc?.keyField ?? "path") }
}

extension FileDesc: KeyedEntry {
  var mergeKey: MergeKey { MergeKey(`var`, else: path) }
  var keyField: String { `var`.isEmpty ? "path" : "var" }
}

extension Argument: KeyedEntry {
  var mergeKey: MergeKey { .named(ByteString(name)) }
  var keyField: String { "name" }
}

extension OutputDatasetDesc: KeyedEntry {
  var mergeKey: MergeKey { MergeKey(`var`, else: name) }
  var keyField: String { `var`.isEmpty ? "name" : "var" }
}
