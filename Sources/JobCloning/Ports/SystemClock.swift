internal import Foundation
public import JobMessages
internal import ProtobufWire

/// The clock of the machine.
public struct SystemClock: WallClock {
  /// A clock that reads the machine's.
  public init() {}

  /// The present, in UTC, to the nanosecond as far as the machine knows it.
  public func now() -> ProtobufTimestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return .with {
      $0.seconds = Int64(time.tv_sec)
      $0.nanos = Int32(time.tv_nsec)
    }
  }
}
