internal import ArgumentParser
internal import Foundation
internal import JobCloning
internal import JobStoreSQLite

/// `datasphere-jobs keys`.
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Change the keys that encrypt passwords and sign upload URLs.",
    discussion: """
      With one server: stop it, `rotate`, start it, `re-encrypt`, and a day later `prune`.
      With several on one store: `add`, restart each, `rotate`, restart each, `re-encrypt`, and a \
      day later `prune`. A day, because upload URLs and idempotency keys of before live as long.
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

    func store() throws -> SQLiteJobStore {
      let keys = try keyPath()
      guard FileManager.default.fileExists(atPath: databasePath) else {
        throw ValidationError("There is no database \(databasePath).")
      }
      return try SQLiteJobStore(path: databasePath, keys: .loadOrCreate(file: keys))
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
      let keys = try KeyRing.addKey(toFile: store.keyPath())
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
      _ = try KeyRing.addKey(toFile: path)
      let keys = try KeyRing.makeAddedKeyCurrent(inFile: path)
      print("key \(keys.current.id) is current; servers use it from their next start")
    }
  }

  /// `datasphere-jobs keys re-encrypt`.
  struct ReEncrypt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "re-encrypt",
      abstract: "Encrypt all passwords with the current key; a server may run meanwhile.")

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
      let removed = try await SecretRotation(store: store.store())
        .removeUnusedKeys(fromFile: store.keyPath())
      let names = removed.sorted().map(String.init).joined(separator: ", ")
      print(removed.isEmpty ? "no key can be removed" : "removed keys: \(names)")
    }
  }
}
