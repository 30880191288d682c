import JobCloning
import JobMessages
import JobStoreSQLite
import ProtobufWire
import XCTest

/// clone-semantics §6: keys are rotated, and old ones open what they sealed until nothing needs them.
final class SecretRotationTests: StoreTestCase {
  private var keyFile: String { path + ".key" }

  private func job(_ id: String, sealedBy keys: KeyRing) throws -> Job {
    var spec = DockerImageSpec.with {
      $0.imageURL = "cr.example/private:1"
      $0.username = "robot"
    }
    spec.password = .plainText(
      try SecretSealer(keys: keys).seal("secret of \(id)", in: .init(spec, projectID: "p")))
    return .with {
      $0.id = id
      $0.projectID = "p"
      $0.jobParameters = .with { $0.env = .with { $0.dockerImage = .spec(spec) } }
    }
  }

  private func password(of id: String, in store: SQLiteJobStore) async throws -> String {
    let found = try await store.job(id: id)
    let job = try XCTUnwrap(found)
    guard case .spec(let spec) = job.jobParameters?.env?.dockerImage,
      case .plainText(let sealed) = spec.password
    else { throw StoreError(.corrupted, "no password") }
    return try SecretSealer(keys: store.keys).open(sealed, in: .init(spec, projectID: "p"))
  }

  func testARotationInStepsLeavesEverySecretReadable() async throws {
    let ids = ["a", "b", "c"]
    var store = try SQLiteJobStore(path: path)
    let first = store.keys.current.id
    for id in ids {
      let operation = LongRunningOperation.with { $0.id = "operation-\(id)" }
      let outcome = try await store.create(
        JobCreation(job: job(id, sealedBy: store.keys), operation: operation, contents: []))
      XCTAssertEqual(outcome, .created)
    }
    try await store.close()

    _ = try KeyRing.addKey(toFile: keyFile)
    store = try SQLiteJobStore(path: path)
    XCTAssertEqual(store.keys.current.id, first, "the new key only opens at first")
    try await store.close()

    _ = try KeyRing.makeAddedKeyCurrent(inFile: keyFile)
    store = try SQLiteJobStore(path: path)
    XCTAssertNotEqual(store.keys.current.id, first)
    for id in ids {
      let password = try await password(of: id, in: store)
      XCTAssertEqual(password, "secret of \(id)")
    }
    let rotation = SecretRotation(store: store, pageSize: 2)
    let progress = try await rotation.run()
    XCTAssertEqual(progress.jobs, 3)
    XCTAssertEqual(progress.resealed, 3)
    XCTAssertEqual(progress.unreadable, [])
    let again = try await rotation.run()
    XCTAssertEqual(again.resealed, 0, "twice does no harm")
    let used = try await rotation.keysInUse()
    XCTAssertEqual(used, [store.keys.current.id])
    let removed = try await rotation.removeUnusedKeys(fromFile: keyFile)
    XCTAssertEqual(removed, [first])
    try await store.close()

    store = try SQLiteJobStore(path: path)
    XCTAssertEqual(store.keys.previous.map(\.id), [])
    for id in ids {
      let password = try await password(of: id, in: store)
      XCTAssertEqual(password, "secret of \(id)")
    }
    try await store.close()
  }
}
