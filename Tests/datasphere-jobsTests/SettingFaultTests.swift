import JobCloning
import XCTest

@testable import datasphere_jobs

/// What `serve` says of settings that cannot be: where they were set, and what would be right.
final class SettingFaultTests: XCTestCase {
  func testFlagsThatAreWrongAreNamed() async {
    let cases: [([String], String)] = [
      (["--adress", "x"], "--adress is no flag of serve; did you mean --address?"),
      (["--nonsense"], "--nonsense is no flag of serve"),
      (["stray"], "stray belongs to no flag."),
      (["--address"], "--address needs a value."),
      (["--address", "--example"], "--address needs a value."),
      (["--address", "a:1", "--address=b:2"], "--address is given twice."),
      (["--example=perhaps"], "--example is on or off: say nothing, =true or =false."),
      (["--server-calls", "many"], "--server-calls: many is not a whole number."),
      (["--server-calls", "0"], "--server-calls: 0 is not in the range of 1 to 1000000."),
      (["--log-level", "loud"], "--log-level: loud is not one of "),
      (["--jobs-data-ttl", "14 days"], "--jobs-data-ttl: 14 days is not a duration such as "),
      (["--jobs-data-ttl", "10ms"], "--jobs-data-ttl: 10ms is not in the range of 1s to 36500d."),
      (["--jobs-data-ttl", "1500ms"], "--jobs-data-ttl: 1500ms is not whole seconds."),
      (["--server-request-size", "4MB"], "--server-request-size: 4MB is not a size such as "),
      (["--jobs-id-prefix", "BT"], "--jobs-id-prefix: BT is not three of a-z and 0-9."),
      (["--jobs-allowed-overrides", "cmds"], "did you mean cmd?"),
      (["--address", "127.0.0.1"], "--address: 127.0.0.1 is not host:port, with a port up to"),
      (["--address", "nonsense"], "--address: nonsense is not host:port"),
      (["--address", "127.0.0.1:65536"], "--address: 127.0.0.1:65536 is not host:port"),
      (["--address", "::1:50051"], "--address: ::1:50051 is not host:port"),
      (["--public-address", "jobs.example"], "--public-address: jobs.example is not host:port"),
      (["--upload-address", "here"], "--upload-address: here is not host:port."),
      (["--server-socket-mode", "999"], "--server-socket-mode: 999 is not an octal number"),
      (["--limits-working-storage-minimum", "20000"], "is more than limits.workingStorageMaximum"),
    ]
    for (arguments, text) in cases {
      let message = await fault(arguments)
      XCTAssertTrue(message?.contains(text) == true, "\(arguments): \(message ?? "accepted")")
    }
  }

  func testVariablesThatAreWrongAreNamed() async {
    let cases = [
      ("DATASPHERE_JOBS_SERVER_CALLS", "many", "is not a whole number"),
      ("DATASPHERE_JOBS_EXAMPLE", "perhaps", "is not true or false"),
      ("DATASPHERE_JOBS_JOBS_DATA_TTL", "soon", "soon is not a duration"),
    ]
    for (name, value, text) in cases {
      let message = await fault(environment: [name: value])
      XCTAssertTrue(message?.hasPrefix("\(name): ") == true, message ?? "accepted")
      XCTAssertTrue(message?.contains(text) == true, message ?? "accepted")
    }
  }

  func testMisspeltVariablesAreRefusedWithTheNearestName() async {
    let cases = [
      ("DATASPHERE_JOBS_ADRESS", "; did you mean DATASPHERE_JOBS_ADDRESS?"),
      ("DATASPHERE_JOBS_SERVER_CALL", "; did you mean DATASPHERE_JOBS_SERVER_CALLS?"),
      ("DATASPHERE_JOBS_TOKEN_FILES", "; did you mean DATASPHERE_JOBS_TOKEN_FILE?"),
      ("DATASPHERE_JOBS_CONFG", "; did you mean DATASPHERE_JOBS_CONFIG?"),
      ("DATASPHERE_JOBS_SOMETHING_ELSE_ALTOGETHER", ""),
    ]
    for (name, hint) in cases {
      // Although it is empty, somebody meant something by it.
      for value in ["x", ""] {
        let message = await fault(environment: [name: value, "DATASPHERE_JOB": "another's"])
        XCTAssertEqual(message, "The environment variable \(name) is unknown\(hint)")
      }
    }
    // Those of client commands are often set where a server starts.
    let ofClients = Dictionary(uniqueKeysWithValues: EnvironmentNames.all.map { ($0, "") })
    let message = await fault(environment: ofClients)
    XCTAssertNil(message)
  }

  func testFilesThatAreWrongAreNamedWithThePlace() async {
    let cases = [
      ("{", "is not JSON: "), ("[]", "is not a JSON object"), ("\"x\"", "is not a JSON object"),
      (#"{"adress": "x"}"#, "adress in "), (#"{"adress": "x"}"#, "did you mean address?"),
      (#"{"tls": {"certificatechain": "x"}}"#, "did you mean tls.certificateChain?"),
      (#"{"tls.certificateChain": "x"}"#, "must be nested"),
      (#"{"tls": "x"}"#, "must be a JSON object"), (#"{"address": 5}"#, "must be a text in quotes"),
      (#"{"server": {"calls": "5"}}"#, "server.calls in "),
      (#"{"server": {"calls": true}}"#, "must be a whole number"),
      (#"{"server": {"calls": 1.5}}"#, "must be a whole number"),
      (#"{"example": 1}"#, "must be true or false"),
      (#"{"example": null}"#, "must be true or false"),
      (#"{"jobs": {"allowedOverrides": "all"}}"#, "must be a list of texts in quotes"),
      (#"{"jobs": {"dataTTL": 14}}"#, "must be a duration such as"),
      (#"{"jobs": {"dataTTL": "14"}}"#, "14 is not a duration such as"),
      (#"{"server": {"calls": 0}}"#, "server.calls in "),
    ]
    for (file, text) in cases {
      let message = await fault(file: file)
      XCTAssertTrue(message?.contains(text) == true, "\(file): \(message ?? "accepted")")
    }
    let message = await fault(["--config", "/nowhere/x.json"])
    XCTAssertEqual(
      message, "The configuration file /nowhere/x.json cannot be read: no such file or directory.")
  }

  func testCommentsInFilesMeanNothing() async throws {
    let message = await fault(file: ##"{"//": "x", "//tls": {}, "tls": {"//y": 5}}"##)
    XCTAssertNil(message)
  }

  func testSettingsThatNeedOneAnother() async {
    let tls = ["--tls-certificate-chain", "c", "--tls-private-key", "k"]
    let cases: [([String], String?)] = [
      (tls, nil), (Array(tls.prefix(2)), "needs tls.privateKey"),
      (Array(tls.suffix(2)), "needs tls.certificateChain"),
      (["--tls-client-certificates", "required"], "needs tls.certificateChain"),
      (tls + ["--tls-client-certificates", "required"], "needs tls.clientAuthorities"),
      (tls + ["--tls-client-authorities", "a"], "needs tls.clientCertificates"),
      (["--authentication-method", "tokens"], "needs authentication.tokenFile"),
      (["--authentication-token-file", "t"], "needs authentication.method tokens"),
      (["--authentication-method", "certificates"], "certificates needs TLS"),
      (tls + ["--authentication-method", "certificates"], "certificates needs TLS"),
      (
        tls + ["--tls-client-certificates", "optional", "--tls-client-authorities", "a"]
          + ["--authentication-method", "certificates"], nil
      ),
      (
        ["--authentication-method", "tokens", "--authentication-token-file", "t", "--example"],
        "--example: needs authentication.method none"
      ),
    ]
    for (arguments, text) in cases {
      let message = await fault(arguments)
      guard let text else {
        XCTAssertNil(message, "\(arguments)")
        continue
      }
      XCTAssertTrue(message?.contains(text) == true, "\(arguments): \(message ?? "accepted")")
    }
  }

  func testWhoeverReachesAnOpenServerMustBeOnThisMachine() async {
    let local = [
      "127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1", "unix:/x", "unix:relative",
    ]
    for address in local {
      let message = await fault(["--address", address])
      XCTAssertNil(message, address)
    }
    let reachable = [
      "0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.0.0.1.example.com:1", "127.example:1",
      "localhost.example:1",
    ]
    for address in reachable {
      let message = await fault(["--address", address])
      XCTAssertTrue(message?.contains("--allow-anonymous") == true, address)
      let allowed = await fault(["--address", address, "--allow-anonymous"])
      XCTAssertNil(allowed, address)
      let known = await fault([
        "--address", address, "--authentication-method", "tokens",
        "--authentication-token-file", "t",
      ])
      XCTAssertNil(known, address)
    }
  }

  func testTokensInTheClearAreNoticed() async throws {
    let tokens = ["--authentication-method", "tokens", "--authentication-token-file", "t"]
    let cases = [
      (["--address", "0.0.0.0:1"], true), (["--address", "127.0.0.1:1"], false),
      (["--address", "0.0.0.0:1", "--tls-certificate-chain=c", "--tls-private-key=k"], false),
    ]
    for (arguments, isExposed) in cases {
      let settings = try await ServerSettings(settings(tokens + arguments))
      XCTAssertEqual(settings.exposesTokens, isExposed, "\(arguments)")
    }
  }

  func testAPresetAndNamesOfParametersAddUp() async throws {
    let settings = try await ServerSettings(
      settings(["--jobs-allowed-overrides", "official-client", "--jobs-allowed-overrides=cmd"]))
    XCTAssertEqual(settings.policy.allowed, [.officialClient, .command])
  }
}
