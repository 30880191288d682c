import CoreGRPC
import Foundation
import JobClient
import JobCloning
import JobMessages
import ProtobufWire
import Synchronization

/// Compares a server that has come back with what was answered before.
final class Inspection: Sendable {
  /// How many jobs are looked at of those that were made before the last project.
  private static let sample = 60

  let ledger: Ledger
  /// Files whose bytes have been looked at, with the time of their last change.
  private let hashed = Mutex<Set<String>>([])

  init(ledger: Ledger) { self.ledger = ledger }

  /// Throws a ``Discrepancy`` at the first thing that is not as it must be.
  func run(_ client: ProjectJobClient, dataDirectory: String) async throws {
    try checkContents(below: dataDirectory + "/contents")
    try await repeatUnansweredCalls(client)
    let recent = await ledger.recentJobs
    let jobs = await recent + ledger.earlierJobs(Self.sample)
    try await concurrently(jobs) { try await self.check($0, client) }
    try await checkList(of: recent, client)
    try await checkThatStoredContentsAreNotAskedFor(client)
  }

  /// Whether a call without an answer had an effect or not: repeated, it makes one job.
  private func repeatUnansweredCalls(_ client: ProjectJobClient) async throws {
    try await concurrently(Array(await ledger.pending.values)) { [ledger] call in
      await ledger.answered(try await call.perform(client))
    }
  }

  private func check(_ job: MadeJob, _ client: ProjectJobClient) async throws {
    let operation = try await client.operation(id: job.operation.id)
    let found = try MadeJob(call: job.call, operation: operation)
    guard found.operation == job.operation else {
      throw Discrepancy("operation \(operation), not \(job.operation)")
    }
    guard found.uploads.allSatisfy({ !$0.url.isEmpty }) else {
      throw Discrepancy("an upload has no URL: \(operation)")
    }
    await ledger.offer(found.uploads, project: job.call.project)
    let stored = try await client.job(id: job.id)
    guard stored.jobParameters?.serializedBytes() == job.call.parameters.serializedBytes(),
      stored.parentJobID == job.call.source, stored.projectID == job.call.project
    else { throw Discrepancy("job \(stored) of \(job.call)") }
    let repeated = try await job.call.perform(client)
    guard repeated.operation == job.operation else {
      throw Discrepancy("repeated \(job.call.key): \(repeated.operation), not \(job.operation)")
    }
  }

  /// A project has the jobs that were answered, each once, and no other.
  private func checkList(of jobs: [MadeJob], _ client: ProjectJobClient) async throws {
    let project = await ledger.project
    guard !jobs.isEmpty else { return }
    var listed: [String] = []
    var token = ""
    repeat {
      let page = try await client.jobs(
        .with {
          $0.projectID = project
          $0.pageSize = 1000
          $0.pageToken = token
        })
      listed += page.jobs.map(\.id)
      token = page.nextPageToken
    } while !token.isEmpty
    let expected = jobs.map(\.id).sorted()
    guard listed.sorted() == expected, Set(expected).count == expected.count else {
      throw Discrepancy("project \(project) lists \(listed.sorted()), not \(expected)")
    }
  }

  /// What is stored under a hash has it, and nothing is left of uploads that were cut off.
  private func checkContents(below root: String) throws {
    guard let files = FileManager.default.enumerator(atPath: root) else { return }
    for case let name as String in files {
      // The one file in a project's folder that is no content: it tells the project's id.
      if name.hasSuffix("/project") { continue }
      let path = "\(root)/\(name)"
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
      let version = "\(path) \(attributes[.modificationDate] ?? "")"
      guard hashed.withLock({ $0.insert(version).inserted }) else { continue }
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      guard ContentID(of: bytes).sha256 == (name as NSString).lastPathComponent else {
        throw Discrepancy("\(name) has other bytes than its name says")
      }
    }
  }

  /// A job of stored contents needs no upload, and neither does a clone of it.
  private func checkThatStoredContentsAreNotAskedFor(_ client: ProjectJobClient) async throws {
    guard let creation = await ledger.creationOfStoredContents() else { return }
    let made = try await creation.perform(client)
    await ledger.answered(made)
    let clone = try await ledger.cloneWithoutOverrides(of: made).perform(client)
    await ledger.answered(clone)
    for job in [made, clone] where !job.uploads.isEmpty {
      throw Discrepancy("stored contents are asked for again: \(job.uploads.map(\.file))")
    }
  }

  private func concurrently<Element: Sendable>(
    _ elements: [Element], _ work: @escaping @Sendable (Element) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, element) in elements.enumerated() {
        if index >= 8 { try await group.next() }
        group.addTask { try await work(element) }
      }
      try await group.waitForAll()
    }
  }
}
