/// A method as a server runs it, within the interceptors.
struct ServedMethod: Sendable {
  /// The method, with all interceptors around it.
  let serving: RPCMethod
  /// What answers a call that is beyond a limit; only interceptors that ask for it see such calls.
  ///
  /// It reads nothing and runs nothing of the method, so a refusal stays cheap.
  let refusing: RPCMethod
  /// Whether anybody may call it: it shares in what such calls may take together.
  let isOpen: Bool

  init(_ method: RPCMethod, within interceptors: [ServerInterceptor], isOpen: Bool = false) {
    self.isOpen = isOpen
    serving = method.intercepted(by: interceptors)
    refusing = RPCMethod(path: method.path, isStreaming: false, readsMessage: false) {
      _, context in
      throw context.refusal ?? RPCError(.resourceExhausted, "The server has reached a limit.")
    }.intercepted(by: interceptors.filter(\.seesRefusedCalls))
  }
}
