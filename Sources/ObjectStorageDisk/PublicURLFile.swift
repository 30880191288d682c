internal import Foundation
internal import JobCloning
public import Logging
internal import Safeguards
public import ServiceLifecycle

/// Gives a storage the public URL that a file names, now and whenever the file changes.
///
/// For servers whose port is mapped by something that tells only after the start, such as a container
/// engine. Until there is a file with a URL no presigned URL can be made, and calls that need one are
/// answered with UNAVAILABLE, which clients try again. A call's `:authority` is no substitute: it is
/// the caller's choice, and names the port of gRPC.
public struct PublicURLFile: Service {
  private let file: GuardedFile
  private let storage: DiskObjectStorage
  private let interval: Duration
  private let logger: Logger

  /// A file to follow; the storage has no public URL until this runs and finds one.
  ///
  /// - Parameters:
  ///   - path: a text file with one line that is a URL, as ``DiskObjectStorage`` takes one, beside
  ///     empty lines and lines that begin with `#`. Others than its owner may not write it.
  ///   - storage: whose presigned URLs begin with it.
  ///   - interval: how often the file is looked at.
  ///   - logger: is told of changes, and of what is wrong with the file.
  public init(
    path: String, storage: DiskObjectStorage, interval: Duration = .seconds(1), logger: Logger
  ) {
    file = GuardedFile(path: path, role: "file of the public upload URL", readers: .everybody)
    self.storage = storage
    self.interval = interval
    self.logger = logger.safe
    storage.awaitPublicURL()
  }

  /// Follows the file until the task is cancelled or the service group shuts down.
  public func run() async throws {
    await cancelWhenGracefulShutdown {
      var watched: WatchedFile<String>?
      var problem: String?
      while !Task.isCancelled {
        do throws(StoreError) {
          if watched == nil { watched = try watch() }
        } catch {
          if problem != error.description {
            logger.warning("no public URL for uploads", metadata: ["reason": "\(error)"])
          }
          problem = error.description
        }
        if let watched { storage.serve(at: await watched.current) }
        try? await Task.sleep(for: interval)
      }
    }
  }

  private func watch() throws(StoreError) -> WatchedFile<String> {
    try WatchedFile([file], every: interval, logger: logger) { [file] contents throws(StoreError) in
      let lines = try file.lines(of: contents[0])
      guard lines.count == 1, lines[0].words.count == 1 else {
        throw file.wrong("must have one line that is a URL")
      }
      do throws(StoreError) {
        return try DiskObjectStorage.checkedPublicURL(lines[0].words[0])
      } catch {
        throw file.wrong(
          "must be http(s)://host[:port][/path]", line: lines[0].number)
      }
    }
  }
}
