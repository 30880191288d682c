import Foundation
import JobMessages
import ProtobufWire
import Synchronization

/// Compares what the message type makes of the input with what the oracle makes of it.
@_cdecl("LLVMFuzzerTestOneInput")
public func compare(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer gives `count` bytes that stay in place during the call.
  guard let input = FuzzInput(UnsafeBufferPointer(start: start, count: count)) else { return 0 }
  if FuzzEnvironment.isOnlyDescribed {
    print(input.regressionLine)
    return 0
  }
  let difference = Harness.comparison.withLock { comparison in
    comparison.disagreement(input.type, input.first, merging: input.second)
  }
  if let difference { fatalError("\(difference)\n\(input.regressionLine)") }
  return 0
}

/// Prepares the oracle, or writes the corpus and ends, if that is all that is wanted.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafePointer<CInt>?, _ arguments: UnsafePointer<UnsafePointer<CChar>>?
) -> CInt {
  FuzzEnvironment.writeIfWanted(seeds)
  if !FuzzEnvironment.isOnlyDescribed { Harness.comparison.withLock { _ in } }
  return 0
}

/// What lasts from one input to the next.
enum Harness {
  static let comparison = Mutex(makeComparison())

  private static func makeComparison() -> sending WireComparison {
    do {
      return WireComparison(oracle: try WireOracle(descriptorSet: ProtocDescriptors.load()))
    } catch {
      FuzzEnvironment.fail("no oracle: \(error)")
    }
  }
}

/// The golden vectors, whole and cut in two, and the regressions.
private func seeds() throws -> [[UInt8]] {
  var seeds: [[UInt8]?] = []
  for vector in try GoldenVector.load() {
    guard let content = bytes(hexadecimal: vector.hex) else { continue }
    seeds.append(FuzzInput.encode(vector.message, content, merging: []))
    let (head, tail) = (Array(content.prefix(20)), Array(content.dropFirst(20)))
    seeds.append(FuzzInput.encode(vector.message, head, merging: tail))
  }
  for regression in try WireRegression.load() {
    seeds.append(
      FuzzInput.encode(regression.message, regression.first, merging: regression.second))
  }
  return seeds.compactMap(\.self)
}
