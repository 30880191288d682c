import Foundation
import ProtobufWire
import XCTest

@testable import JobService

/// The risk: `Protos/` changes, and reflection goes on telling the old contract.
final class EmbeddedDescriptorTests: XCTestCase {
  func testTheyAreWhatProtocMakesOfTheContract() throws {
    let embedded = try XCTUnwrap(Data(base64Encoded: EmbeddedDescriptors.fileDescriptorSet))
    let files = try FileDescriptorSet(serializedBytes: [UInt8](embedded)).file
    let current = try FileDescriptorSet(serializedBytes: DescriptorFiles.compileContract()).file
    XCTAssertGreaterThan(current.count, 15)
    let hint = "run `make descriptors`"
    XCTAssertEqual(
      try files.map(DescriptorFiles.name(of:)), try current.map(DescriptorFiles.name(of:)), hint)
    for (file, current) in zip(files, current) where file != current {
      XCTFail("\(try DescriptorFiles.name(of: current)) has changed: \(hint)")
    }
  }
}
