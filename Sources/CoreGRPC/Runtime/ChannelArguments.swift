internal import CGRPCShim

/// Arguments of a core server or channel, by core's names.
struct ChannelArguments {
  private enum Value {
    case number(Int)
    case text(String)
  }

  private var values: [(key: String, value: Value)] = []

  mutating func set(_ key: String, _ number: Int) { values.append((key, .number(number))) }
  mutating func set(_ key: String, _ text: String) { values.append((key, .text(text))) }

  /// Has a channel use a proxy, whatever the environment names.
  mutating func set(httpProxy: String?) {
    guard let httpProxy else { return }
    values.removeAll { $0.key == "grpc.enable_http_proxy" }
    set("grpc.enable_http_proxy", 1)
    set("grpc.http_proxy", httpProxy)
  }

  /// Gives the C form to `body`; it lives for the call alone, and core copies it.
  func withArguments<Result>(
    _ body: (UnsafePointer<cgrpc_argument>?, Int) -> Result
  ) -> Result {
    var arguments: [cgrpc_argument] = []
    return lend(values[...], into: &arguments) {
      $0.withUnsafeBufferPointer {
        body($0.baseAddress, $0.count)
      }
    }
  }

  /// Nests one scope for each string, so that all of them live while `body` runs.
  private func lend<Result>(
    _ rest: ArraySlice<(key: String, value: Value)>, into arguments: inout [cgrpc_argument],
    _ body: ([cgrpc_argument]) -> Result
  ) -> Result {
    guard let (key, value) = rest.first else { return body(arguments) }
    return key.withCString { key in
      switch value {
      case .number(let number):
        arguments.append(
          cgrpc_argument(key: key, text: nil, number: Int32(clamping: number)))
        return lend(rest.dropFirst(), into: &arguments, body)
      case .text(let text):
        return text.withCString { text in
          arguments.append(cgrpc_argument(key: key, text: text, number: 0))
          return lend(rest.dropFirst(), into: &arguments, body)
        }
      }
    }
  }
}
