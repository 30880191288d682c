internal import JobMessages
internal import ProtobufWire

/// A message that merges field by field (clone-semantics §1, rule 2).
protocol Overridable: Message {
  /// Whether nothing is set, in this message or in any below it: merging it changes nothing.
  var isVoid: Bool { get }

  /// Replaces what the override sets.
  mutating func merge(_ override: Self, policy: OverridePolicy)
}

extension Optional where Wrapped: Overridable {
  /// Whether there is no message, or a void one.
  var isVoid: Bool {
    guard let self else { return true }
    return self.isVoid
  }

  /// Merges a message field; a void override does not even make the field present.
  mutating func merge(_ override: Wrapped?, policy: OverridePolicy) {
    guard let override, !override.isVoid else { return }
    var merged = self ?? Wrapped()
    self = nil  // gives up the reference, so that the lists below are changed in place
    merged.merge(override, policy: policy)
    self = merged
  }
}

/// Sets a scalar if the override has it, which is when it is not the default (rule 1).
func replace(_ value: inout String, with override: String) {
  if !override.isEmpty { value = override }
}

/// Sets a scalar if the override has it, which is when it is not the default (rule 1).
func replace(_ value: inout Bool, with override: Bool) {
  if override { value = true }
}

/// Sets a scalar if the override has it, which is when it is not the default (rule 1).
func replace<Number: FixedWidthInteger>(_ value: inout Number, with override: Number) {
  if override != 0 { value = override }
}

/// Sets a scalar if the override has it, which is when it is not the default (rule 1).
func replace<Value: OpenEnum>(_ value: inout Value, with override: Value) {
  if override.rawValue != 0 { value = override }
}

/// Replaces an unkeyed list whole, in the override's order, unless the override is empty (rule 4).
func replace<Element>(_ list: inout [Element], with override: [Element]) {
  if !override.isEmpty { list = override }
}
