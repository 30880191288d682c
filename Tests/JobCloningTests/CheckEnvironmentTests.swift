import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §4: environment variables, image and Python.
final class CheckEnvironmentTests: XCTestCase {
  private let root = "job_parameters_overrides.env"

  func testAVariablesNameIsNotEmptyAndHasNeitherEqualsNorNUL() async throws {
    let error = try await jobError {
      try await Harness().clone(
        .with {
          $0.env.filled.vars = [
            "A=B": "1", "": "2", "A\0": "3", "GOOD": "a=b\0", "B=\u{301}": "4", "\"=": "5",
          ]
        })
    }
    XCTAssertEqual(error.code, .invalidArgument)
    XCTAssertEqual(
      Set(error.fieldViolations.map(\.field)),
      [
        "\(root).vars[\"\"]", "\(root).vars[\"\\\"=\"]", "\(root).vars[\"A\\u0000\"]",
        "\(root).vars[\"A=B\"]", "\(root).vars[\"B=\u{301}\"]",
      ])
  }

  func testALongNameIsCutInTheField() async throws {
    let error = try await jobError {
      try await Harness().clone(
        .with { $0.env.filled.vars = [String(repeating: "=", count: 100_000): ""] })
    }
    XCTAssertLessThan(error.message.utf8.count, 500)
  }

  func testAnImageSpecHasAURL() async throws {
    try await assertInvalid(["\(root).docker_image_spec.image_url"]) {
      try await Harness().clone(
        .with { $0.env.filled.dockerImageSpec = .with { $0.username = "user" } })
    }
  }

  func testAnImageIDIsNotEmptyIfSet() async throws {
    try await assertInvalid(["\(root).docker_image_resource_id"]) {
      try await Harness().clone(.with { $0.env.filled.dockerImage = .resourceID("") })
    }
    try await Harness().clone(
      .with { $0.env.filled.dockerImage = .resourceID("system-python-3-10") })
  }

  func testAPythonVersionIs3PointNOr3PointNPointM() async throws {
    for version in ["3.8", "3.12", "3.12.1", "3.0.00"] {
      let made = try await Harness().clone(
        .with { $0.env.filled.pythonEnv.filled.pythonVersion = version })
      XCTAssertEqual(made.job.jobParameters?.env?.pythonEnv?.pythonVersion, version)
    }
    for version in [
      "3", "3.", "3.x", "2.7", "3.1.2.3", "3.1.", ".3", " 3.1", "3.1 ", "33.1", "3.\u{661}", "3..1",
    ] {
      try await assertInvalid(["\(root).python_env.python_version"]) {
        try await Harness().clone(
          .with { $0.env.filled.pythonEnv.filled.pythonVersion = version })
      }
    }
  }

  func testAnInheritedFaultIsNotReported() async throws {
    var source = Fixture.source
    source.jobParameters?.env?.vars = ["A=B": "1"]
    source.jobParameters?.env?.dockerImage = .resourceID("")
    source.jobParameters?.env?.pythonEnv?.pythonVersion = "2.7"
    let made = try await Harness(source: source).clone(
      .with { $0.env.filled.vars = ["GOOD": "1"] })
    XCTAssertEqual(made.job.jobParameters?.env?.vars, ["A=B": "1", "GOOD": "1"])
  }
}
