/// The sizes of nested messages in the order in which they are visited, an enclosing message before
/// those within it: noted by the size pass, read by the write pass.
///
/// Raw memory and not an array, because an array that may reallocate makes the optimizer retain and
/// release every message that is visited.
@usableFromInline
struct NestedSizes {
  // SAFETY: `count <= capacity`, the number of `Int`s at `start`. `Message.measured`, which creates
  // the value, deallocates its last state, and nothing uses it after that.
  @usableFromInline var start: UnsafeMutablePointer<Int>
  @usableFromInline var count = 0
  @usableFromInline var capacity: Int
  /// Whether `start` was allocated here; otherwise it is the creator's.
  @usableFromInline var isAllocated: Bool

  /// Notes into memory of the creator's until that is full.
  @inlinable
  init(borrowing buffer: UnsafeMutableBufferPointer<Int>) {
    isAllocated = buffer.baseAddress == nil
    capacity = isAllocated ? 32 : buffer.count
    start = buffer.baseAddress ?? .allocate(capacity: capacity)
  }

  @inlinable
  func deallocate() {
    if isAllocated { start.deallocate() }
  }

  /// Takes the next place; its note is still to be written.
  @inlinable @inline(__always)
  mutating func reserveSlot() -> Int {
    if count == capacity { grow() }
    count &+= 1
    return count &- 1
  }

  @inline(never) @usableFromInline
  mutating func grow() {
    let larger = UnsafeMutablePointer<Int>.allocate(capacity: capacity * 4)
    larger.moveInitialize(from: start, count: count)
    deallocate()
    start = larger
    capacity *= 4
    isAllocated = true
  }
}
