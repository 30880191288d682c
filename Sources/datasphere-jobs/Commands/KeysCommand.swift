internal import ArgumentParser
internal import Foundation
internal import JobCloning
internal import JobStoreSQLite

/// `datasphere-jobs keys`.
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Change the keys that encrypt passwords and sign upload URLs.",
    discussion: """
      Stop every server on the data directory, `rotate`, `re-encrypt`, and start them. A day later \
      stop them, `prune`, and start them: upload URLs and idempotency keys of before live as long. \
      While a server runs only `add` works.
      """,
    subcommands: [Add.self, Rotate.self, ReEncrypt.self, Prune.self])

  /// Where the keys and what they encrypt are.
  struct StoreOptions: ParsableArguments {
    @Option(
      help: "The server's data directory. [env: DATASPHERE_JOBS_DATA_DIRECTORY] (default: data)")
    var dataDirectory: String?

    @Option(
      help: """
        The server's key file. [env: DATASPHERE_JOBS_KEY_FILE] \
        (default: jobs.sqlite.key in the data directory)
        """)
    var keyFile: String?

    /// The file of the keys, which must be there: a server made it.
    func keyPath() throws -> String {
      let path =
        Setting.value(keyFile, environment: ServerSetting.keyFile.environmentName)
        ?? databasePath + ".key"
      guard FileManager.default.fileExists(atPath: path) else {
        throw ValidationError("There is no key file \(path).")
      }
      return path
    }

    /// The store, for this command alone: no server uses it, and none begins to.
    func store() throws -> SQLiteJobStore {
      let keys = try keyPath()
      try requireDatabase()
      return try SQLiteJobStore(path: databasePath, keyFile: keys, changesKeys: true)
    }

    /// Refuses a data directory without a database, or with one of a newer version.
    func requireDatabase() throws {
      guard FileManager.default.fileExists(atPath: databasePath) else {
        throw ValidationError("There is no database \(databasePath).")
      }
      try SQLiteJobStore.requireKnownVersion(path: databasePath)
    }

    private var databasePath: String {
      Setting.value(
        dataDirectory, environment: ServerSetting.dataDirectory.environmentName, default: "data")
        + "/jobs.sqlite"
    }
  }

  /// `datasphere-jobs keys add`.
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add a key that opens what others seal with it, but is not used yet.")

    @OptionGroup var store: StoreOptions

    func run() async throws {
      let path = try store.keyPath()
      try store.requireDatabase()
      let keys = try KeyRing.addKey(toFile: path)
      print("key \(keys.upcoming?.id ?? keys.current.id) is in the file")
    }
  }

  /// `datasphere-jobs keys rotate`.
  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make the added key the current one, or a new one if none was added.")

    @OptionGroup var store: StoreOptions

    func run() async throws {
      let path = try store.keyPath()
      let opened = try store.store()
      _ = try KeyRing.addKey(toFile: path)
      let keys = try KeyRing.makeAddedKeyCurrent(inFile: path)
      try await opened.close()
      print("key \(keys.current.id) is current; servers use it from their next start")
    }
  }

  /// `datasphere-jobs keys re-encrypt`.
  struct ReEncrypt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "re-encrypt",
      abstract: "Encrypt all passwords with the current key.")

    @OptionGroup var store: StoreOptions

    func run() async throws {
      let progress = try await SecretRotation(store: store.store()).run()
      print("looked at \(progress.jobs) jobs, encrypted \(progress.resealed) passwords anew")
      guard progress.unreadable.isEmpty else {
        throw StoreError(
          .misconfigured,
          "no key of the file opens the passwords of "
            + progress.unreadable.joined(separator: ", "))
      }
    }
  }

  /// `datasphere-jobs keys prune`.
  struct Prune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove earlier keys that no password is encrypted with.")

    @OptionGroup var store: StoreOptions

    func run() async throws {
      let removal = try await SecretRotation(store: store.store())
        .removeUnusedKeys(fromFile: store.keyPath())
      let removed = Self.names(removal.removed)
      print(removed.isEmpty ? "no key can be removed" : "removed keys: \(removed)")
      var reasons: [String] = []
      if !removal.used.isEmpty {
        reasons.append(
          "passwords are encrypted with keys \(Self.names(removal.used)): run re-encrypt")
      }
      if !removal.recent.isEmpty {
        reasons.append("keys \(Self.names(removal.recent)) were current within the last day")
      }
      guard reasons.isEmpty else {
        throw StoreError(.misconfigured, reasons.joined(separator: "; "))
      }
    }

    private static func names(_ keys: Set<UInt32>) -> String {
      keys.sorted().map(String.init).joined(separator: ", ")
    }
  }
}
