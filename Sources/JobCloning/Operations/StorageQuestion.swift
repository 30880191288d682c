/// What an object storage was asked once, and its answer when there is one.
struct StorageQuestion: Sendable {
  typealias Answer = Result<Set<ContentID>, StoreError>

  /// What ``JobStore/contentEpoch()`` was before; nil when nothing was asked.
  let epoch: Int64?
  /// Which of the contents are stored.
  let answer: Promise<Answer>

  /// The answer that needs no storage: of no contents, none are stored.
  static let none = StorageQuestion(epoch: nil, answer: Promise(.success([])))

  /// Asks, in a task of its own: whoever waits may leave, and the answer is used when it comes.
  init(
    _ contents: Set<ContentID>, in projectID: String, of objects: any ObjectStorage,
    epoch: Int64?
  ) {
    let answer = Promise<Answer>()
    self.init(epoch: epoch, answer: answer)
    // A storage that knows at once has answered when this returns.
    Task.immediate {
      do throws(StoreError) {
        answer.keep(.success(try await objects.stored(among: contents, in: projectID)))
      } catch {
        answer.keep(.failure(error))
      }
    }
  }

  private init(epoch: Int64?, answer: Promise<Answer>) {
    self.epoch = epoch
    self.answer = answer
  }
}
