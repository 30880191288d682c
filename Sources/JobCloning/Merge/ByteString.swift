/// A text that is compared byte for byte, as keys and names are (clone-semantics §1).
///
/// Swift's own `==` holds texts equal that Unicode calls equivalent, such as the two spellings of
/// `é`: protobuf, the official client and file systems do not.
struct ByteString: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ByteString, right: ByteString) -> Bool {
    left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    // SAFETY: the hasher reads the bytes within the closure.
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
