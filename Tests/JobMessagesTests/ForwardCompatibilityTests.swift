import JobMessages
import ProtobufWire
import XCTest

/// The risk: what a newer peer sends is lost or misread.
final class ForwardCompatibilityTests: XCTestCase {
  func testAnUndeclaredEnumValueSurvives() throws {
    for number: Int32 in [9, -1, .min, .max] {
      let job = Job.with { $0.status = JobStatus(rawValue: number) }
      let decoded = try Job(serializedBytes: job.serializedBytes())
      XCTAssertEqual(decoded.status.rawValue, number)
      XCTAssertNil(decoded.status.name)
      XCTAssertEqual("\(decoded.status)", "\(number)")
    }
    XCTAssertEqual(Job.with { $0.status = .init(rawValue: -1) }.serializedBytes().count, 11)
  }

  func testEnumsAreNamedAsTheContractNamesThem() {
    XCTAssertEqual("\(JobStatus.uploadingOutput)", "UPLOADING_OUTPUT")
    XCTAssertEqual(JobStatus(name: "PREPARING"), .preparing)
    XCTAssertNil(JobStatus(name: "preparing"))
    XCTAssertEqual(FileCompressionType.none.name, "NONE")
  }

  func testAnyTellsItsTypeWhateverTheHost() throws {
    let metadata = CloneProjectJobMetadata(projectID: "project", jobID: "job")
    var any = ProtobufAny(packing: metadata)
    XCTAssertEqual(
      any.typeURL,
      "type.googleapis.com/yandex.cloud.datasphere.v2.jobs.CloneProjectJobMetadata")
    XCTAssertEqual(try any.unpack(CloneProjectJobMetadata.self), metadata)
    XCTAssertNil(try any.unpack(CreateProjectJobMetadata.self))
    any.typeURL = "other.example/" + CloneProjectJobMetadata.fullName
    XCTAssertEqual(try any.unpack(CloneProjectJobMetadata.self), metadata)
    any.typeURL = "other.example/x." + CloneProjectJobMetadata.fullName
    XCTAssertNil(try any.unpack(CloneProjectJobMetadata.self))
    any.typeURL = ""
    XCTAssertNil(try any.unpack(CloneProjectJobMetadata.self))
  }

  func testAnyWithAMalformedPayloadThrows() {
    let any = ProtobufAny(
      typeURL: "type.googleapis.com/" + Argument.fullName, value: [0x0a, 5, 0x61])
    XCTAssertThrowsError(try any.unpack(Argument.self)) { error in
      XCTAssertEqual(error as? WireError, WireError(.lengthOutOfBounds, byteOffset: 1))
    }
  }

  func testBothReflectionPackagesReadTheSameBytes() throws {
    let stable = ServerReflectionResponse<ReflectionV1>.with {
      $0.messageResponse = .allExtensionNumbersResponse(
        .with { $0.extensionNumber = [1, -1, 1000] })
    }
    let alpha = try ServerReflectionResponse<ReflectionV1Alpha>(
      serializedBytes: stable.serializedBytes())
    XCTAssertEqual(alpha.allExtensionNumbersResponse?.extensionNumber, [1, -1, 1000])
    XCTAssertEqual(
      ServerReflectionResponse<ReflectionV1>.fullName,
      "grpc.reflection.v1.ServerReflectionResponse")
  }
}
