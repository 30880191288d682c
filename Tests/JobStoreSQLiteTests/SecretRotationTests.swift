import Foundation
import GRDB
import JobCloning
import JobMessages
import ProtobufWire
import XCTest

@testable import JobStoreSQLite

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
    let early = try await rotation.removeUnusedKeys(fromFile: keyFile)
    XCTAssertEqual(early, Self.removal(recent: [first]), "it was current within a day")
    let removed = try await rotation.removeUnusedKeys(fromFile: keyFile, clock: Tomorrow())
    XCTAssertEqual(removed, Self.removal(removed: [first]))
    try await store.close()

    store = try SQLiteJobStore(path: path)
    XCTAssertEqual(store.keys.previous.map(\.id), [])
    for id in ids {
      let password = try await password(of: id, in: store)
      XCTAssertEqual(password, "secret of \(id)")
    }
    try await store.close()
  }

  private static func removal(
    removed: Set<UInt32> = [], used: Set<UInt32> = [], recent: Set<UInt32> = []
  ) -> SecretRotation.Removal {
    var removal = SecretRotation.Removal()
    (removal.removed, removal.used, removal.recent) = (removed, used, recent)
    return removal
  }

  private struct Tomorrow: WallClock {
    func now() -> ProtobufTimestamp {
      ProtobufTimestamp(seconds: SystemClock().now().seconds + 86_401)
    }
  }

  func testAKeyThatAPasswordIsSealedUnderStays() async throws {
    let store = try SQLiteJobStore(path: path)
    let first = store.keys.current.id
    let operation = LongRunningOperation.with { $0.id = "operation" }
    _ = try await store.create(
      JobCreation(job: job("a", sealedBy: store.keys), operation: operation, contents: []))
    try await store.close()
    _ = try KeyRing.addKey(toFile: keyFile)
    _ = try KeyRing.makeAddedKeyCurrent(inFile: keyFile)
    let rotated = try SQLiteJobStore(path: path)
    let removal = try await SecretRotation(store: rotated)
      .removeUnusedKeys(fromFile: keyFile, clock: Tomorrow())
    XCTAssertEqual(removal, Self.removal(used: [first]))
    XCTAssertEqual(try KeyRing.load(file: keyFile)?.previous.map(\.id), [first])
    try await rotated.close()
  }

  func testAFileWithoutTimesCountsFromItsLastChange() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let key = String(repeating: "ab", count: 32)
    try "1:\(key)\n2:\(key)\n".write(toFile: keyFile, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600, .modificationDate: Date(timeIntervalSince1970: 1_000)],
      ofItemAtPath: keyFile)
    XCTAssertEqual(try KeyRing.load(file: keyFile)?.previous.map(\.retiredAt), [1_000])
    _ = try KeyRing.addKey(toFile: keyFile)
    XCTAssertEqual(try KeyRing.load(file: keyFile)?.previous.map(\.retiredAt), [1_000])
  }

  func testKeysAreChangedWhileNobodyUsesTheStoreAndNobodyBeginsTo() async throws {
    let server = try SQLiteJobStore(path: path)
    await assertFails(.unavailable) { try SQLiteJobStore(path: path, changesKeys: true) }
    let second = try SQLiteJobStore(path: path)
    try await server.close()
    await assertFails(.unavailable) { try SQLiteJobStore(path: path, changesKeys: true) }
    try await second.close()
    let command = try SQLiteJobStore(path: path, changesKeys: true)
    XCTAssertThrowsError(try StoreLock(database: path, .shared, patience: 0))
    try await command.close()
    try await SQLiteJobStore(path: path).close()
  }

  func testALostKeyFileIsNotReplaced() async throws {
    try await SQLiteJobStore(path: path).close()
    try FileManager.default.removeItem(atPath: keyFile)
    await assertFails(.misconfigured) { try SQLiteJobStore(path: path) }
    XCTAssertFalse(FileManager.default.fileExists(atPath: keyFile))
    let other = path + ".other"
    await assertFails(.misconfigured) { try SQLiteJobStore(path: path, keyFile: other) }
    XCTAssertFalse(FileManager.default.fileExists(atPath: other))
  }

  func testADatabaseOfANewerVersionIsRefusedBeforeAnythingIsWritten() async throws {
    let store = try SQLiteJobStore(path: path)
    try await store.pool.write { database in
      try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 to come')")
    }
    try await store.close()
    let before = try Data(contentsOf: URL(filePath: path))
    XCTAssertThrowsError(try SQLiteJobStore.requireKnownVersion(path: path)) { error in
      XCTAssertEqual((error as? StoreError)?.code, .misconfigured)
      XCTAssertTrue("\(error)".contains("a newer version"), "\(error)")
    }
    XCTAssertEqual(try Data(contentsOf: URL(filePath: path)), before)
  }
}
