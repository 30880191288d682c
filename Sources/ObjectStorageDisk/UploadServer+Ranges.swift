internal import JobCloning
internal import Safeguards

extension UploadServer.Configuration {
  /// What each number and each time may be.
  static let ranges: [ConfigurationRange<Self>] = [
    .init("port", \.port, 0...65_535),
    .init("idleTimeout", \.idleTimeout, .milliseconds(1) ... .seconds(30 * 86_400)),
    .init("maximumConnections", \.maximumConnections, 1...1_000_000),
    .init("maximumUnfinishedBytes", \.maximumUnfinishedBytes, 1...1 << 60),
    .init("shutdownGrace", \.shutdownGrace, .milliseconds(1) ... .seconds(30 * 86_400)),
  ]
}
