internal import CGRPCShim

/// The limit of files and connections that the process has open at once.
public enum DescriptorLimit {
  /// Raises it to what the process may have, usually from 1,024 to far more; call it at the start.
  ///
  /// Not done by the library itself, because the limit is the whole process's; programs that use
  /// `select` do not work with descriptors beyond 1,023.
  /// - Returns: the limit from now on; nil when the system refused.
  @discardableResult
  public static func raise() -> Int? {
    let limit = cgrpc_raise_descriptor_limit()
    return limit == 0 ? nil : Int(clamping: limit)
  }
}
