import Foundation
import JobMessages
import MessageJSON
import ProtobufWire

/// Reads the input as JSON, or as an encoding, and holds what comes of it to itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func check(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer gives `count` bytes that stay in place during the call.
  guard let input = JSONCase(UnsafeBufferPointer(start: start, count: count)) else { return 0 }
  if FuzzEnvironment.isOnlyDescribed {
    print(input.regressionLine)
  } else if let difference = input.disagreement {
    fatalError("\(difference)\n\(input.regressionLine)")
  }
  return 0
}

/// Writes the corpus and ends, if that is wanted.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafePointer<CInt>?, _ arguments: UnsafePointer<UnsafePointer<CChar>>?
) -> CInt {
  FuzzEnvironment.writeIfWanted {
    try GoldenVector.load().flatMap { vector in
      let encoding = bytes(hexadecimal: vector.hex)
      return [
        vector.json.flatMap { JSONCase.encode(vector.message, .json, Array($0.utf8)) },
        encoding.flatMap { JSONCase.encode(vector.message, .wire, $0) },
      ].compactMap(\.self)
    }
  }
  return 0
}
