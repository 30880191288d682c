internal import ServiceLifecycle

/// Servers that stop together, so that the grace of one begins with the grace of the others.
///
/// A service group asks its services to stop one after another.
struct Listeners: Service {
  let services: [any Service]

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for service in services {
        group.addTask { try await service.run() }
      }
      // Not waitForAll(), which hears of a failure only once all have ended: the first ends the rest.
      for try await _ in group {}
    }
  }
}
