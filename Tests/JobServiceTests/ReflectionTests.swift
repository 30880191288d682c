import CoreGRPC
import JobClient
import JobCloning
import JobMessages
import JobService
import JobServiceTesting
import ProtobufWire
import XCTest

final class ReflectionTests: XCTestCase {
  private typealias Question = ServerReflectionRequest<ReflectionV1>.MessageRequest
  private typealias Answer = ServerReflectionResponse<ReflectionV1>

  /// Asks a running server, all questions on one stream.
  private func ask(
    _ questions: [Question?], fileDescriptorSets: [[UInt8]] = []
  ) async throws -> [Answer] {
    let cloner = JobCloner(store: InMemoryJobStore(), objects: InMemoryObjectStorage())
    let reflection = try ReflectionService(
      services: [ProjectJobService(cloner: cloner), HealthService(services: [])],
      fileDescriptorSets: fileDescriptorSets)
    return try await withInProcessServer(reflection) { client in
      let stream = try await client.channel.stream(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
      var answers: [Answer] = []
      for question in questions {
        let request = ServerReflectionRequest<ReflectionV1>.with {
          $0.host = "h"
          $0.messageRequest = question
        }
        try await stream.send(request.serializedBytes())
        let bytes = try await stream.receive()
        let answer = try Answer(serializedBytes: XCTUnwrap(bytes))
        XCTAssertEqual(answer.originalRequest, request)
        XCTAssertEqual(answer.validHost, "h")
        answers.append(answer)
      }
      try await stream.finishSending()
      let end = try await stream.receive()
      XCTAssertNil(end)
      return answers
    }
  }

  private func fileNames(_ answer: Answer) throws -> [String] {
    try XCTUnwrap(answer.fileDescriptorResponse).fileDescriptorProto.map(DescriptorFiles.name(of:))
  }

  func testServicesAreThoseOfTheServer() async throws {
    let answers = try await ask([.listServices("")])
    XCTAssertEqual(
      answers.first?.listServicesResponse?.service.map(\.name),
      [
        "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
        "yandex.cloud.datasphere.v2.jobs.ProjectJobService",
      ])
  }

  func testAFileComesWithAllItImports() async throws {
    let jobs = "yandex/cloud/datasphere/v2/jobs/"
    let answers = try await ask([.fileByFilename(jobs + "project_job_service.proto")])
    let names = try fileNames(XCTUnwrap(answers.first))
    XCTAssertEqual(names.first, jobs + "project_job_service.proto")
    XCTAssertEqual(
      Set(names),
      [
        jobs + "project_job_service.proto", jobs + "jobs.proto",
        "yandex/cloud/operation/operation.proto", "google/rpc/status.proto",
        "google/protobuf/any.proto", "google/protobuf/duration.proto",
        "google/protobuf/empty.proto", "google/protobuf/timestamp.proto",
      ])
    XCTAssertEqual(names.count, Set(names).count, "each file once")
  }

  func testEveryKindOfSymbolIsFound() async throws {
    let scope = "yandex.cloud.datasphere.v2.jobs."
    let jobs = "yandex/cloud/datasphere/v2/jobs/jobs.proto"
    let service = "yandex/cloud/datasphere/v2/jobs/project_job_service.proto"
    let expected: KeyValuePairs = [
      scope + "ProjectJobService": service, scope + "ProjectJobService.Clone": service,
      scope + "CloneProjectJobRequest": service,
      scope + "CloneProjectJobRequest.source_job_id": service,
      scope + "JobStatus": jobs, scope + "CREATING": jobs,
      scope + "Environment.docker_image": jobs,
      scope + "ExtendedWorkingStorage.StorageType": jobs,
      "google.protobuf.Timestamp": "google/protobuf/timestamp.proto",
      "google.rpc.BadRequest.FieldViolation": "google/rpc/error_details.proto",
    ]
    let answers = try await ask(expected.map { .fileContainingSymbol($0.key) })
    for (answer, (symbol, file)) in zip(answers, expected) {
      XCTAssertEqual(try fileNames(answer).first, file, symbol)
    }
  }

  func testWhatDoesNotExistIsAnErrorAndTheStreamGoesOn() async throws {
    let answers = try await ask([
      .fileByFilename("nothing.proto"), .fileContainingSymbol("no.Symbol"),
      .fileContainingSymbol(""), .allExtensionNumbersOfType("no.Message"),
      .fileContainingExtension(
        .with {
          $0.containingType = "google.protobuf.Any"
          $0.extensionNumber = 100
        }),
      nil, .listServices(""),
    ])
    XCTAssertEqual(answers.prefix(5).map { $0.errorResponse?.errorCode }, [5, 5, 5, 5, 5])
    XCTAssertEqual(answers[5].errorResponse?.errorCode, 3)
    XCTAssertNotNil(answers[6].listServicesResponse)
  }

  func testAMessageWithoutExtensionsHasNoNumbers() async throws {
    let answers = try await ask([.allExtensionNumbersOfType("google.protobuf.Any")])
    let numbers = answers.first?.allExtensionNumbersResponse
    XCTAssertEqual(numbers?.baseTypeName, "google.protobuf.Any")
    XCTAssertEqual(numbers?.extensionNumber, [])
  }

  func testFilesOfTheEmbedderAreServedWithTheirExtensions() async throws {
    let source = """
      syntax = "proto2";
      package own;
      message Base {
        extensions 100 to 200;
        message Scope { extend Base { optional int32 b = 120; } }
      }
      extend Base { optional string a = 110; }
      service Things {}
      """
    let set = try DescriptorFiles.compile(["own.proto": source])
    let question = { (number: Int32) in
      Question.fileContainingExtension(
        .with {
          $0.containingType = "own.Base"
          $0.extensionNumber = number
        })
    }
    let answers = try await ask(
      [
        .fileContainingSymbol("own.Things"), .allExtensionNumbersOfType("own.Base"),
        question(110), question(120), .fileContainingSymbol("own.Base.Scope.b"), question(130),
      ], fileDescriptorSets: [set])
    XCTAssertEqual(answers[1].allExtensionNumbersResponse?.extensionNumber, [110, 120])
    for index in [0, 2, 3, 4] {
      XCTAssertEqual(try fileNames(answers[index]), ["own.proto"], "question \(index)")
    }
    XCTAssertEqual(answers[5].errorResponse?.errorCode, 5)
    XCTAssertThrowsError(try ReflectionService(services: [], fileDescriptorSets: [[0x0A, 5]]))
  }

  func testTheVersionBeforeAnswersTheSame() async throws {
    typealias Old = ReflectionV1Alpha
    try await withInProcessServer(ReflectionService(services: [])) { client in
      let stream = try await client.channel.stream(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
      try await stream.send(
        ServerReflectionRequest<Old>.with { $0.listServices = "" }.serializedBytes())
      let bytes = try await stream.receive()
      let answer = try ServerReflectionResponse<Old>(serializedBytes: XCTUnwrap(bytes))
      XCTAssertEqual(answer.listServicesResponse?.service.map(\.name), ReflectionService.names)
      stream.cancel()
    }
  }
}
