/// A value of a configuration, and the range that it has to be in.
package struct ConfigurationRange<Configuration>: Sendable {
  /// Changes one value of a configuration.
  package typealias Edit = @Sendable (inout Configuration) -> Void

  /// What the configuration calls the value.
  package let name: String
  /// Sets the value to the least and to the greatest that it may be.
  package let ends: [Edit]
  /// Sets the value to some that it may not be, nearest first on either side.
  package let beyond: [Edit]
  private let value: @Sendable (Configuration) -> String?
  private let limits: String

  /// A whole number.
  package init<Value: FixedWidthInteger & Sendable>(
    _ name: String, _ path: any WritableKeyPath<Configuration, Value> & Sendable,
    _ range: ClosedRange<Value>
  ) {
    let above = range.upperBound.addingReportingOverflow(1)
    let below = range.lowerBound.subtractingReportingOverflow(1)
    let beyond = [
      below.overflow ? nil : below.partialValue, above.overflow ? nil : above.partialValue,
      Value.min, Value.max,
    ]
    self.init(
      name, path, range, beyond: beyond.compactMap { $0 }.filter { !range.contains($0) }
    ) { "\($0)" }
  }

  /// A span of time.
  package init(
    _ name: String, _ path: any WritableKeyPath<Configuration, Duration> & Sendable,
    _ range: ClosedRange<Duration>
  ) {
    self.init(name, path, range, beyond: Self.durations(beyond: range)) { "\($0)" }
  }

  /// A span of time that may be missing.
  package init(
    _ name: String, _ path: any WritableKeyPath<Configuration, Duration?> & Sendable,
    _ range: ClosedRange<Duration>
  ) {
    self.name = name
    limits = "between \(range.lowerBound) and \(range.upperBound)"
    ends = [range.lowerBound, range.upperBound].map { end in { $0[keyPath: path] = end } }
    beyond = Self.durations(beyond: range).map { value in { $0[keyPath: path] = value } }
    value = { configuration in
      configuration[keyPath: path].flatMap { range.contains($0) ? nil : "\($0)" }
    }
  }

  private init<Value: Comparable & Sendable>(
    _ name: String, _ path: any WritableKeyPath<Configuration, Value> & Sendable,
    _ range: ClosedRange<Value>, beyond: [Value], text: @escaping @Sendable (Value) -> String
  ) {
    self.name = name
    limits = "between \(text(range.lowerBound)) and \(text(range.upperBound))"
    ends = [range.lowerBound, range.upperBound].map { end in { $0[keyPath: path] = end } }
    self.beyond = beyond.map { value in { $0[keyPath: path] = value } }
    value = { configuration in
      let value = configuration[keyPath: path]
      return range.contains(value) ? nil : text(value)
    }
  }

  private static func durations(beyond range: ClosedRange<Duration>) -> [Duration] {
    [
      range.lowerBound - .nanoseconds(1), range.upperBound + .nanoseconds(1),
      .seconds(Int64.min), .seconds(Int64.max),
    ]
  }

  /// What is wrong with the value, as a sentence; nil when it is in its range.
  package func fault(in configuration: Configuration) -> String? {
    value(configuration).map { "\(name) is \($0); it must be \(limits)." }
  }
}

extension Array {
  /// What is wrong with the first value that is out of its range, as a sentence; nil when none is.
  package func fault<Configuration>(in configuration: Configuration) -> String?
  where Element == ConfigurationRange<Configuration> {
    for range in self {
      if let fault = range.fault(in: configuration) { return fault }
    }
    return nil
  }
}
