/// Paths by their components, to find two that are equal or one inside another.
///
/// `.` and empty components are dropped and `..` is a component like any other; relative and
/// absolute paths are apart (clone-semantics §4). A path costs time in proportion to its length,
/// however many there are.
struct PathTree {
  /// How a path meets one that was inserted before it.
  enum Overlap: Hashable {
    /// They are the same.
    case equal(String)
    /// It is inside the other.
    case inside(String)
    /// The other is inside it.
    case around(String)
  }

  private struct Edge: Hashable {
    let parent: Int
    let component: ByteString
  }

  private struct Node {
    /// The path that ends here.
    var path: String?
    /// The first path that goes on below.
    var below: String?
  }

  private var children: [Edge: Int] = [:]
  /// The roots of relative and of absolute paths, and the nodes below.
  private var nodes = [Node(), Node()]

  /// Inserts a path and tells how it meets one that is there already, if it does.
  mutating func insert(_ path: String) -> Overlap? {
    var overlap: Overlap?
    var node = path.utf8.first == UInt8(ascii: "/") ? 1 : 0
    for component in path.utf8.split(separator: UInt8(ascii: "/"))
    where !component.elementsEqual(".".utf8) {
      if overlap == nil, let outer = nodes[node].path { overlap = .inside(outer) }
      if nodes[node].below == nil { nodes[node].below = path }
      let edge = Edge(parent: node, component: ByteString(String(Substring(component))))
      if let child = children[edge] {
        node = child
      } else {
        children[edge] = nodes.count
        node = nodes.count
        nodes.append(Node())
      }
    }
    if overlap == nil, let twin = nodes[node].path { overlap = .equal(twin) }
    if overlap == nil, let inner = nodes[node].below { overlap = .around(inner) }
    if nodes[node].path == nil { nodes[node].path = path }
    return overlap
  }
}
