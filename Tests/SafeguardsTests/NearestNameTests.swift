import XCTest

@testable import Safeguards

final class NearestNameTests: XCTestCase {
  func testTheNearestNameIsFound() {
    XCTAssertEqual(
      NearestName.hint(for: "adress", among: ["a", "address"]), "; did you mean address?")
    XCTAssertEqual(NearestName.hint(for: "nonsense", among: ["address", "example"]), "")
    XCTAssertEqual(NearestName.hint(for: "x", among: []), "")
  }

  func testNamesAreSortedByTheirDistance() {
    XCTAssertEqual(
      NearestName.sorted(["RESULT", "COUNT", "COUNTS", "AMOUNT"], nearestTo: "COUNTER"),
      ["COUNT", "COUNTS", "AMOUNT", "RESULT"])
  }
}
