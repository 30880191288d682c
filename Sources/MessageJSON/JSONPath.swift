/// The way from the outermost message to a value.
struct JSONPath {
  enum Step {
    case field(String)
    case key(String)
    case index(Int)
  }

  private var steps: [Step] = []

  mutating func append(_ step: Step) { steps.append(step) }
  mutating func removeLast() { steps.removeLast() }

  /// Such as `jobParameters.env.vars["PATH"]`.
  var text: String {
    var text = ""
    for step in steps {
      switch step {
      case .field(let name): text += (text.isEmpty ? "" : ".") + Self.shortened(name)
      case .key(let key): text += "[\"\(Self.shortened(key))\"]"
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }

  /// Names from the text end up in logs and terminals: neither endless nor with control characters.
  private static func shortened(_ name: String) -> String {
    let scalars = name.unicodeScalars
    let text = scalars.prefix(80).map { $0.escaped(asASCII: false) }.joined()
    return scalars.dropFirst(80).isEmpty ? text : text + "…"
  }
}
