import Logging
import ServiceLifecycle

/// A service group around one service, running.
struct RunningGroup {
  private let group: ServiceGroup
  private let task: Task<Void, any Error>

  init(_ service: some Service) {
    let group = ServiceGroup(services: [service], logger: .silent)
    self.group = group
    task = Task { try await group.run() }
  }

  func shutDown() async { await group.triggerGracefulShutdown() }
  func end() async throws { try await task.value }
}
