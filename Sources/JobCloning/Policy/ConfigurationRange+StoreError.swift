package import Safeguards

extension Array {
  /// Checks that the values are in their ranges.
  ///
  /// - Throws: `StoreError` with `.misconfigured` and the range of the first that is not.
  package func validate<Configuration>(_ configuration: Configuration) throws(StoreError)
  where Element == ConfigurationRange<Configuration> {
    if let fault = fault(in: configuration) { throw StoreError(.misconfigured, fault) }
  }
}
