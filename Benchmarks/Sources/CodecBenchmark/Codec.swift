/// What is measured. The operations of one payload do the same work in every codec.
enum Operation: String, CaseIterable {
  /// Bytes to a fresh message, which is dropped again.
  case decode
  /// A message to its exact size and then into memory that is there already.
  case encode
  /// The size of the encoding alone.
  case size
  /// Bytes merged into a fresh copy of another message.
  case merge
}

/// One implementation with the messages of one payload; repeats an operation in a plain loop.
protocol Codec {
  /// A column's heading.
  var name: String { get }

  /// Runs `operation`; false, with nothing done, where the implementation has no such operation.
  func run(_ operation: Operation, iterations: Int) throws -> Bool
}
