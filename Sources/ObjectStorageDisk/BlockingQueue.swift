internal import Dispatch

/// Threads for calls that block on a disk, so that no thread of the cooperative pool waits.
///
/// Work that was handed over runs to its end: cancelling the task that waits for it does not lose
/// it, and its true outcome is returned.
struct BlockingQueue: Sendable {
  private let queue = DispatchQueue(label: "ObjectStorageDisk", attributes: .concurrent)

  /// Runs the work on one of the threads and waits for it without blocking.
  func run<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      queue.async {
        let result: Result<Value, Failure>
        do throws(Failure) {
          result = .success(try work())
        } catch {
          result = .failure(error)
        }
        continuation.resume(returning: result)
      }
    }
    return try result.get()
  }
}
