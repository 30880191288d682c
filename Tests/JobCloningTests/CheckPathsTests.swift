import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §4: paths by themselves, and paths that are equal or one inside another.
final class CheckPathsTests: XCTestCase {
  private let root = "job_parameters_overrides"

  func testAPathIsNeverEmpty() async throws {
    try await assertInvalid([
      "\(root).input_files[0].desc.path", "\(root).output_files[0].path",
      "\(root).env.python_env.local_modules[0].desc.path",
    ]) {
      try await Harness().clone(
        .with {
          $0.inputFiles = [Fixture.file("", var: "DATA")]
          $0.outputFiles = [FileDesc(path: "", var: "LOG")]
          $0.env.filled.pythonEnv.filled.localModules = [Fixture.file("", var: "_LOCAL_MODULE_0")]
        })
    }
  }

  func testWithoutAVarItIsRelativeAndStaysInside() async throws {
    for path in ["/etc/passwd", "..", "../x", "a/../b", "a/..", "./.."] {
      try await assertInvalid([
        "\(root).input_files[0].desc.path", "\(root).output_files[0].path",
      ]) {
        try await Harness().clone(
          .with {
            $0.cmd = "true"
            $0.inputFiles = [Fixture.file(path)]
            $0.outputFiles = [FileDesc(path: path)]
          })
      }
    }
    for path in ["..a", "a..", "a/...", "a/..b/c", "./x"] {
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          $0.inputFiles = [Fixture.file(path)]
          $0.outputFiles = [FileDesc(path: path)]
        })
    }
  }

  func testWithAVarItMayBeAnywhere() async throws {
    for path in ["/etc/passwd", "../x", "a/../b"] {
      try await Harness().clone(.with { $0.inputFiles = [Fixture.file(path, var: "DATA")] })
    }
  }

  func testEqualPathsAreRefusedAtTheRequests() async throws {
    for path in ["main.py", "./main.py", "main.py/", ".//main.py/."] {
      try await assertInvalid(["\(root).input_files[0].desc.path"]) {
        try await Harness().clone(.with { $0.inputFiles = [Fixture.file(path, var: "DATA")] })
      }
    }
  }

  func testAPathInsideAnotherIsRefusedWhicheverTheRequestBrings() async throws {
    let source = sourceWithInputs(["a/b", "DATA=c"])
    for path in ["a", "a/b/c", ".", "./a/b/c/d"] {
      try await assertInvalid(["\(root).input_files[0].desc.path"]) {
        try await Harness(source: source).clone(
          .with { $0.inputFiles = [Fixture.file(path, var: "DATA")] })
      }
    }
    for path in ["ab", "a/bc", "b", "a/c", "/a", "/a/b"] {
      try await Harness(source: source).clone(
        .with { $0.inputFiles = [Fixture.file(path, var: "DATA")] })
    }
  }

  func testParentsAreComponentsLikeAnyOther() async throws {
    // a/../main.py is not resolved to main.py, but it is inside a.
    let source = sourceWithInputs(["main.py", "DATA=c"])
    try await Harness(source: source).clone(
      .with { $0.inputFiles = [Fixture.file("a/../main.py", var: "DATA")] })
    try await assertInvalid(["\(root).input_files[1].desc.path"]) {
      try await Harness(source: source).clone(
        .with {
          $0.cmd = "true"
          $0.inputFiles = [Fixture.file("a/../x", var: "DATA"), Fixture.file("a", var: "A")]
        })
    }
  }

  func testRelativeAndAbsolutePathsAreApart() async throws {
    try await Harness().clone(
      .with {
        $0.cmd = "true"
        $0.inputFiles = [Fixture.file("/main.py", var: "ROOT"), Fixture.file("/x", var: "X")]
      })
    try await assertInvalid(["\(root).input_files[1].desc.path"]) {
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          $0.inputFiles = [Fixture.file("/", var: "ROOT"), Fixture.file("/x", var: "X")]
        })
    }
  }

  func testInputsAndOutputsAreApart() async throws {
    try await Harness().clone(
      .with {
        $0.cmd = "true"
        $0.outputFiles = [FileDesc(path: "main.py"), FileDesc(path: "data.csv/x")]
      })
  }

  func testEqualPathsWithinTheRequestAreRefusedAtTheLater() async throws {
    try await assertInvalid([
      "\(root).input_files[1].desc.path", "\(root).output_files[1].path",
    ]) {
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          $0.inputFiles = [Fixture.file("x", var: "X"), Fixture.file("x", var: "Y")]
          $0.outputFiles = [FileDesc(path: "o/p", var: "O"), FileDesc(path: "o", var: "P")]
        })
    }
  }

  func testPathsAreComparedByteForByte() async throws {
    try await Harness().clone(
      .with {
        $0.cmd = "true"
        $0.inputFiles = [Fixture.file("\u{E9}"), Fixture.file("e\u{301}")]
      })
  }

  func testAnInheritedOverlapIsNotReported() async throws {
    let source = sourceWithInputs(["a", "a/b", "DATA=c"])
    try await Harness(source: source).clone()
    try await Harness(source: source).clone(
      .with { $0.inputFiles = [Fixture.file("d", var: "DATA")] })
  }

  func testAPathOfManyComponentsAmongManyTakesTimeInProportion() async throws {
    let deep = String(repeating: "a/", count: 500_000)
    let time = try await ContinuousClock().measure {
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          $0.inputFiles = [Fixture.file(deep + "x", var: "X"), Fixture.file(deep + "y", var: "Y")]
        })
    }
    XCTAssertLessThan(time, .seconds(20))
  }

  /// The source with these input files; `VAR=path` has a var.
  private func sourceWithInputs(_ paths: [String]) -> Job {
    var source = Fixture.source
    source.jobParameters?.cmd = "true"
    source.jobParameters?.inputFiles = paths.map { path in
      let parts = path.split(separator: "=").map(String.init)
      return parts.count == 2 ? Fixture.file(parts[1], var: parts[0]) : Fixture.file(path)
    }
    return source
  }
}
