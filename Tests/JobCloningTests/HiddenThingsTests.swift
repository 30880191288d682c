import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// Who may not see a job or an operation has nothing read for it, so that the answer takes no longer
/// than that about an absent one.
final class HiddenThingsTests: XCTestCase {
  func testNothingIsReadForACallerWithoutRights() async throws {
    let harness = RunHarness()
    let operation = try await harness.executed()
    let (caller, id) = (Caller(principal: Fixture.caller), RunHarness.jobID)
    harness.rights.hide(Fixture.project)
    let cloner = harness.cloner
    let calls: [(String, () async throws -> Void)] = [
      ("Get", { _ = try await cloner.job(.with { $0.jobID = id }, for: Fixture.caller) }),
      ("Clone", { _ = try await cloner.clone(.with { $0.sourceJobID = id }, for: caller) }),
      ("Execute", { _ = try await cloner.execute(.with { $0.jobID = id }, for: caller) }),
      ("Cancel", { _ = try await cloner.cancel(.with { $0.jobID = id }, for: caller) }),
      ("Delete", { _ = try await cloner.delete(.with { $0.jobID = id }, for: caller) }),
      ("DeleteData", { _ = try await cloner.deleteData(.with { $0.jobID = id }, for: caller) }),
      ("SetDataTtl", { _ = try await cloner.setDataTTL(.with { $0.jobID = id }, for: caller) }),
      (
        "DownloadJobFiles",
        { _ = try await cloner.downloadFiles(.with { $0.jobID = id }, for: Fixture.caller) }
      ),
      ("ReadLogs", { _ = try await cloner.logReader(ofJob: id, from: 0, for: Fixture.caller) }),
      (
        "OperationService.Get",
        {
          _ = try await cloner.operation(
            .with { $0.operationID = operation.id }, for: Fixture.caller)
        }
      ),
      (
        "OperationService.Cancel",
        {
          _ = try await cloner.cancel(
            CancelOperationRequest.with { $0.operationID = operation.id }, for: Fixture.caller)
        }
      ),
    ]
    let (jobs, operations) = (harness.store.jobReads, harness.store.operationReads)
    for (method, call) in calls {
      let error = try await jobError(call)
      XCTAssertEqual(error.code, .notFound, method)
      XCTAssertEqual(harness.store.jobReads, jobs, method)
      XCTAssertEqual(harness.store.operationReads, operations, method)
    }
  }
}
