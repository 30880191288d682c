internal import CGRPCShim

/// A call of either side in C, as Swift values: what arrived, and memory for what is sent.
struct CoreCall: @unchecked Sendable {
  // SAFETY: the owner (ServerCall, ClientCall, ClientStream) destroys the call in its deinit, when
  // nothing under way can touch it, and uses it by cgrpc.h's rules on threads.

  let pointer: OpaquePointer

  func destroy() { cgrpc_call_destroy(pointer) }

  /// Cancels the call; allowed from any thread.
  func cancel() { cgrpc_call_cancel(pointer) }

  // MARK: - What arrived

  var initialMetadata: Metadata {
    metadata(size: cgrpc_call_initial_metadata_size(pointer)) {
      cgrpc_call_copy_initial_metadata(pointer, $0)
    }
  }

  var trailingMetadata: Metadata {
    metadata(size: cgrpc_call_trailing_metadata_size(pointer)) {
      cgrpc_call_copy_trailing_metadata(pointer, $0)
    }
  }

  private func metadata(size: Int, copy: (UnsafeMutablePointer<UInt8>) -> Void) -> Metadata {
    guard size > 0 else { return Metadata() }
    return Metadata(
      flat: [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        // SAFETY: the buffer has the size that C asked for, and C fills all of it.
        if let start = buffer.baseAddress { copy(start) }
        count = size
      })
  }

  /// Whether there is a message to take.
  var hasMessage: Bool { cgrpc_call_has_message(pointer) }

  /// Whether that message came compressed.
  var isMessageCompressed: Bool { cgrpc_call_is_compressed(pointer) }

  /// The message's bytes, inflated: one copy into a buffer of exactly their size.
  ///
  /// - Parameter limit: the most bytes that a compressed message may become.
  func takeMessage(limit: Int) throws(RPCError) -> [UInt8] {
    defer { cgrpc_call_drop_message(pointer) }
    switch cgrpc_call_inflate_message(pointer, limit) {
    case CGRPC_INFLATION_OK: break
    case CGRPC_INFLATION_TOO_LARGE:
      throw RPCError(
        .resourceExhausted, "The message inflates to more than the limit of \(limit) bytes.")
    default: throw RPCError(.internalError, "The message cannot be decompressed.")
    }
    let size = cgrpc_call_message_size(pointer)
    guard size > 0 else { return [] }
    var isCopied = true
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      // SAFETY: the buffer has the size that C asked for, and C fills all of it.
      isCopied = cgrpc_call_copy_message(pointer, buffer.baseAddress)
      count = isCopied ? size : 0
    }
    guard isCopied else { throw RPCError(.internalError, "The message cannot be read.") }
    return bytes
  }

  /// The method of a call that nobody registered.
  var path: String {
    var length = 0
    let bytes = cgrpc_call_path(pointer, &length)
    // SAFETY: C's pointer lives as long as the call.
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
  }

  /// Where the call came from, as core writes it.
  var peer: String {
    guard let peer = cgrpc_call_peer(pointer) else { return "" }
    defer { cgrpc_string_free(peer) }
    return String(cString: peer)
  }

  /// A finished client call's status, as an error unless it is OK.
  func status() -> RPCError? {
    let code = StatusCode(rawValue: Int(cgrpc_call_status(pointer)))
    guard code != .ok else { return nil }
    var length = 0
    let text = cgrpc_call_status_message(pointer, &length)
    // SAFETY: C's pointer lives as long as the call.
    let message = String(
      decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
    var trailing = trailingMetadata
    let details = trailing.bytes(forKey: "grpc-status-details-bin") ?? []
    trailing.removeAll(forKey: "grpc-status-details-bin")
    return RPCError(
      code, message, details: details, initialMetadata: initialMetadata,
      trailingMetadata: trailing)
  }

  // MARK: - What is sent

  /// Encodes a message straight into the memory that core will send.
  ///
  /// - Returns: how many bytes it takes.
  func setMessage(_ message: some RPCPayload) -> Int {
    var byteCount = 0
    message.write { size in
      byteCount = size
      // SAFETY: C hands out `size` bytes that stay until the message is sent.
      return UnsafeMutableRawBufferPointer(
        start: cgrpc_call_allocate_message(pointer, size), count: size)
    }
    return byteCount
  }
}

extension Metadata {
  /// Gives `body` the metadata as headers to send now; they live for the call alone.
  func withHeaders<Result>(
    compressionLevel: Int32 = 0, _ body: (cgrpc_headers) -> Result
  ) -> Result {
    flat.withUnsafeBufferPointer {
      body(
        cgrpc_headers(
          is_sent: true, metadata: $0.baseAddress, metadata_length: $0.count,
          compression_level: compressionLevel))
    }
  }
}
