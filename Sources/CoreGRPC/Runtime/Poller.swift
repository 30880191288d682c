internal import CGRPCShim
internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#endif

/// A completion queue with the threads that poll it, which are a task executor at the same time.
///
/// A handler that starts on a poller thread goes on there after a suspension: no hop between
/// threads on the way of a call. Whatever runs here must not block.
final class Poller: TaskExecutor, @unchecked Sendable {
  // SAFETY: `queue` is set once; C's queue functions may be called from any thread, and it is
  // destroyed only by shutDown(), after every poller thread has left it.

  private struct Jobs {
    private var waiting: [UnownedJob] = []
    /// How many of them were taken.
    private var taken = 0
    /// No poller thread runs jobs any more.
    var isStopped = false

    var isEmpty: Bool { waiting.isEmpty }

    mutating func append(_ job: UnownedJob) { waiting.append(job) }

    /// The job that has waited longest: one at a time, so that a long one holds up no other while there
    /// is another thread.
    mutating func next() -> UnownedJob? {
      guard taken < waiting.count else { return nil }
      defer {
        taken += 1
        if taken == waiting.count {
          waiting.removeAll(keepingCapacity: taken <= 64)
          taken = 0
        }
      }
      return waiting[taken]
    }
  }

  let queue: OpaquePointer
  private let jobs = Mutex(Jobs())
  /// How many threads may be asleep in core and need a wake-up to see a job.
  private let sleepers = Atomic<Int>(0)
  private let hasWakeUnderWay = Atomic<Bool>(false)
  private let liveThreads: Atomic<Int>
  private let threadsEnded = OneShotEvent()
  private let handles = Mutex<[pthread_t]>([])

  /// Makes the queue and starts its threads.
  init(threads: Int) throws(ServerError) {
    CoreLibrary.start()
    guard let queue = cgrpc_queue_create() else {
      throw ServerError(.resourcesExhausted, "gRPC core could not make a completion queue.")
    }
    self.queue = queue
    self.liveThreads = Atomic(threads)
    do throws(ServerError) {
      for _ in 0..<threads { try startThread() }
    } catch {
      giveUp(missing: threads - handles.withLock { $0.count })
      throw error
    }
  }

  // MARK: - Executor

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isQueued = jobs.withLock { jobs in
      guard !jobs.isStopped else { return false }
      jobs.append(job)
      return true
    }
    guard isQueued else {
      // A task that outlives its server still has to end somewhere.
      let executor = asUnownedTaskExecutor()
      DispatchQueue.global().async { job.runSynchronously(on: executor) }
      return
    }
    wakeSleeper()
  }

  private func wakeSleeper() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    if !hasWakeUnderWay.exchange(true, ordering: .sequentiallyConsistent) {
      _ = cgrpc_queue_wake(queue)
    }
  }

  // MARK: - Polling

  private func poll() {
    while true {
      runJobs()
      // Whoever enqueues after this line sees a sleeper; whoever did before is seen below.
      sleepers.add(1, ordering: .sequentiallyConsistent)
      let isIdle = jobs.withLock { $0.isEmpty }
      let event = cgrpc_queue_next(queue, isIdle)
      sleepers.subtract(1, ordering: .sequentiallyConsistent)
      switch event.kind {
      case CGRPC_EVENT_SHUTDOWN: return
      case CGRPC_EVENT_TIMEOUT: break
      case CGRPC_EVENT_WAKE: hasWakeUnderWay.store(false, ordering: .sequentiallyConsistent)
      default:
        if let context = event.context { CompletionTarget.take(from: context).complete(event) }
      }
    }
  }

  private func runJobs() {
    let executor = asUnownedTaskExecutor()
    while true {
      let (job, isLast) = jobs.withLock { ($0.next(), $0.isEmpty) }
      guard let job else { return }
      // While a wake-up is under way those who enqueue send no other.
      if !isLast { wakeSleeper() }
      job.runSynchronously(on: executor)
    }
  }

  private func threadEnded() {
    guard liveThreads.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 else { return }
    jobs.withLock { $0.isStopped = true }
    runJobs()
    threadsEnded.signal()
  }

  private func startThread() throws(ServerError) {
    var handle = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let problem = pthread_create(
      &handle, nil,
      { context in
        guard let context else { return nil }
        // SAFETY: the retain passed in just above this call is taken over here, once.
        let poller = Unmanaged<Poller>.fromOpaque(context).takeRetainedValue()
        cgrpc_thread_set_name("grpc-poller")
        poller.poll()
        poller.threadEnded()
        return nil
      }, context)
    guard problem == 0 else {
      // SAFETY: no thread took the retain.
      Unmanaged<Poller>.fromOpaque(context).release()
      throw ServerError(.resourcesExhausted, "A poller thread could not be started.")
    }
    handles.withLock { $0.append(handle) }
  }

  // MARK: - End

  /// Ends the threads that there are, in the background, when not all could be started.
  private func giveUp(missing: Int) {
    if liveThreads.subtract(missing, ordering: .sequentiallyConsistent).newValue == 0 {
      threadsEnded.signal()
    }
    close()
    Task { await join() }
  }

  /// Refuses operations from now on; the threads end when those under way are over.
  func close() { cgrpc_queue_shutdown(queue) }

  /// Waits for the threads of a closed poller, joins them, and frees the queue; once.
  func join() async {
    await threadsEnded.wait()
    for handle in handles.withLock({ $0 }) { pthread_join(handle, nil) }
    cgrpc_queue_destroy(queue)
  }
}
