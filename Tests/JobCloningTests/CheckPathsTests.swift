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

  func testWithoutAVarItStaysInsideOnWindowsToo() async throws {
    for path in ["..\\..\\x", "C:\\x", "C:x", "c:/x", "./Z:", "a\\b", "\\x"] {
      let error = try await jobError {
        try await Harness().clone(
          .with {
            $0.cmd = "true"
            $0.inputFiles = [Fixture.file(path)]
            $0.outputFiles = [FileDesc(path: path)]
            $0.env.filled.pythonEnv.filled.localModules = [Fixture.file(path)]
          })
      }
      XCTAssertEqual(
        error.fieldViolations.map(\.field),
        [
          "\(root).input_files[0].desc.path", "\(root).output_files[0].path",
          "\(root).env.python_env.local_modules[0].desc.path",
        ], path)
      let quoted = "\"\(path.replacing("\\", with: "\\\\"))\""
      for violation in error.fieldViolations {
        XCTAssertTrue(violation.description.hasPrefix(quoted), violation.description)
      }
    }
    for path in ["1:x", "ab:x", "x/C:", ":x", "é:x"] {
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          $0.inputFiles = [Fixture.file(path)]
        })
    }
  }

  func testWithAVarOrWithoutItCanBeMadeOnLinux() async throws {
    let component = String(repeating: "é", count: 127)
    let longest = String((component + "/").utf8.prefix(255)) ?? ""
    XCTAssertEqual(longest.utf8.count, 255)
    let refused: [(path: String, shown: String)] = [
      (".", "\".\""), ("./", "\"./\""), (".//./", "\".//./\""),
      ("a\0b", "\"a\\u0000b\""), ("a\nb", "\"a\\nb\""), ("\u{1B}[2J", "\"\\u001b[2J\""),
      ("a\u{7F}", "\"a\\u007f\""), ("\u{9B}2J", "\"\\u009b2J\""),
      (component + "aa", "\"é"), ("a/\(component)aa/b", "\"a/é"),
      (String(repeating: longest, count: 17), "\"é"),
      ("a/" + String(repeating: "./", count: 2_048), "\"a/./"),
    ]
    for (path, shown) in refused {
      for name in ["", "DATA"] {
        let error = try await jobError {
          try await Harness().clone(
            .with {
              $0.cmd = "true"
              $0.inputFiles = [Fixture.file(path, var: name)]
              $0.outputFiles = [FileDesc(path: path, var: name.isEmpty ? "" : "LOG")]
            })
        }
        XCTAssertEqual(error.code, .invalidArgument)
        XCTAssertEqual(
          error.fieldViolations.map(\.field),
          ["\(root).input_files[0].desc.path", "\(root).output_files[0].path"], shown)
        for violation in error.fieldViolations {
          XCTAssertTrue(violation.description.hasPrefix(shown), violation.description)
          XCTAssertLessThan(violation.description.utf8.count, 500)
        }
      }
    }
    for path in [component + "a", String(repeating: longest, count: 16), " ", "~", "a b\u{202E}"] {
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          $0.inputFiles = [Fixture.file(path)]
        })
    }
  }

  func testWithAVarItMayBeAnywhere() async throws {
    for path in ["/etc/passwd", "../x", "a/../b", "C:\\x", "..\\x"] {
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
