internal import Configuration

/// Every setting of `serve`: what flags, environment, file, help and printed configuration know.
extension ServerSetting {
  /// Settings that help shows together.
  struct Group: Sendable {
    let title: String
    let settings: [ServerSetting]
  }

  static let all = groups.flatMap(\.settings)

  static let groups = [
    Group(
      title: "Addresses and data",
      settings: [
        address, publicAddress, uploadAddress, publicUploadURL, publicUploadURLFile, dataDirectory,
        keyFile, logLevel, logLines, acceptClock, allowAnonymous, example,
      ]),
    Group(
      title: "TLS",
      settings: [
        certificateChain, privateKey, clientCertificates, clientAuthorities, reloadInterval,
        uploadTLS,
      ]),
    Group(
      title: "Who may do what",
      settings: [authenticationMethod, tokenFile, exempt, rulesFile]),
    Group(
      title: "Jobs",
      settings: [
        allowedOverrides, environmentVariables, uniqueNames, idPrefix, dataTTL, urlLifetime,
        idempotencyRetention, planningTime, gracefulShutdownTimeout, operationRetention,
        housekeepingInterval, runner,
      ]),
    Group(
      title: "Limits of a job",
      settings: [
        nameLength, descriptionLength, configSize, inputFiles, outputFiles, mounts, datasets,
        fileSize, totalFileSize, workingStorageMinimum, workingStorageMaximum,
      ]),
    Group(
      title: "Limits of the server",
      settings: [
        requestSize, replySize, requestTime, calls, cancelledCalls, streams, handlers,
        openCalls, connectionBytes, serverBytes, connections, metadataSize, connectionIdle,
        connectionAge, connectionAgeGrace, keepaliveTime,
        keepaliveTimeout, pingInterval, pingStrikes, handshakeTimeout, shutdownGrace,
        threads, socketMode, uploadConnections, uploadIdle, unfinishedUploads,
      ]),
  ]

  /// The flag of a limit that the library's log names as its option; nil: it has none.
  static func flag(ofLimit name: String) -> String? {
    let settings: [String: ServerSetting] = [
      "maximumRequestSize": requestSize, "maximumReplySize": replySize,
      "maximumMetadataSize": metadataSize, "maximumConcurrentCalls": calls,
      "maximumConcurrentStreams": streams, "maximumCancelledCalls": cancelledCalls,
      "maximumRequestTime": requestTime, "maximumConnections": connections,
      "maximumConnectionBytes": connectionBytes, "maximumServerBytes": serverBytes,
      "maximumOpenCalls": openCalls,
    ]
    return settings[name]?.flag
  }

  // MARK: - Addresses and data

  static let address = Self(
    "address", .text("address"), "127.0.0.1:50051",
    "Where to serve gRPC: host:port or unix:/path.")
  static let publicAddress = Self(
    "publicAddress", .text("address"), "",
    "Where clients that ask for the endpoints of services are sent, host:port; empty: the address.")
  static let uploadAddress = Self(
    "uploadAddress", .text("address"), "127.0.0.1:50052",
    "Where to take uploads over HTTP: host:port.")
  static let publicUploadURL = Self(
    "publicUploadURL", .text("url"), "",
    "What upload URLs begin with, as clients reach it; empty: http://, or https:// "
      + "with TLS, and the upload address.")
  static let publicUploadURLFile = Self(
    "publicUploadUrlFile", .text("file"), "",
    "A file whose one line is what upload URLs begin with; read again when it changes, and waited "
      + "for: for ports that are mapped after the start.")
  static let dataDirectory = Self(
    "dataDirectory", .text("directory"), "data",
    "Where jobs and contents are kept; made if missing.")
  static let keyFile = Self(
    "keyFile", .text("file"), "",
    "The keys that encrypt passwords and sign upload URLs, made if missing; empty: "
      + "jobs.sqlite.key in the data directory.")
  static let logLevel = Self(
    "logLevel",
    .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), "notice",
    "What to log to standard error.")
  static let logLines = Self(
    "logLines", .integer(1...1_000_000), 1_000,
    "Lines of one kind that are logged in ten seconds; the next one tells how many were left out.")
  static let acceptClock = Self(
    "acceptClock", .flag, false,
    "Clear expired data at once although the clock is over a day away from its last known time.")
  static let allowAnonymous = Self(
    "allowAnonymous", .flag, false,
    "Serve everyone on an address that other machines can reach.")
  static let example = Self(
    "example", .flag, false,
    "Make an example job if there is none, and say what to try with it.")

  // MARK: - TLS

  static let certificateChain = Self(
    "tls.certificateChain", .text("file"), "",
    "The server's certificate and those of its issuers, PEM; with it gRPC is served over TLS.")
  static let privateKey = Self(
    "tls.privateKey", .text("file"), "", "The key of the first certificate, PEM.")
  static let clientCertificates = Self(
    "tls.clientCertificates", .choice(["none", "optional", "required"]), "none",
    "Whether clients show certificates.")
  static let clientAuthorities = Self(
    "tls.clientAuthorities", .text("file"), "",
    "The authorities that vouch for clients' certificates, PEM.")
  static let reloadInterval = Self(
    "tls.reloadInterval", .duration(.seconds(1) ... .days(1)), "10s",
    "How often the files of certificates are looked at for a change.")

  static let uploadTLS = Self(
    "uploadTLS", .flag, false,
    "Take uploads and give downloads over TLS, too, with the certificate of gRPC.")

  // MARK: - Who may do what

  static let authenticationMethod = Self(
    "authentication.method", .choice(["none", "tokens", "certificates"]), "none",
    "How callers prove who they are: not at all, by bearer tokens, or by client certificates.")
  static let tokenFile = Self(
    "authentication.tokenFile", .text("file"), "",
    "Who has which token: the lines of `datasphere-jobs token hash`; read again when it changes.")
  static let exempt = Self(
    "authentication.exempt", .list("service"),
    .stringArray(["grpc.health.v1.Health", "yandex.cloud.endpoint.ApiEndpointService"]),
    "Full names of services that everyone may call.")
  static let rulesFile = Self(
    "authorization.rulesFile", .text("file"), "",
    "Who may do what: lines `<principal or *> <project or *> <read or create>`; "
      + "empty: everyone who is let in may do everything.")

  // MARK: - Jobs

  static let allowedOverrides = Self(
    "jobs.allowedOverrides", .list("parameter"), .stringArray(["all"]),
    "What clones may override: all, official-client, or names of parameters.")
  static let environmentVariables = Self(
    "jobs.environmentVariables", .choice(["merge-by-name", "replace-all"]), "merge-by-name",
    "How environment variables of an override meet the source's.")
  static let uniqueNames = Self(
    "jobs.uniqueNames", .flag, false, "Whether names are unique among a project's jobs.")
  static let idPrefix = Self(
    "jobs.idPrefix", .text("letters"), "bt1", "Three characters that ids begin with.")
  static let dataTTL = Self(
    "jobs.dataTTL", .duration(.seconds(1) ... .days(36500)), "14d",
    "How long a job's data is kept when the request does not say.")
  static let urlLifetime = Self(
    "jobs.urlLifetime", .duration(.seconds(1) ... .days(365)), "24h",
    "How long an upload URL is good for.")
  static let idempotencyRetention = Self(
    "jobs.idempotencyRetention", .duration(.seconds(1) ... .days(365)), "24h",
    "How long idempotency keys are remembered.")
  static let planningTime = Self(
    "jobs.planningTime", .duration(.milliseconds(1) ... .hours(1)), "2s",
    "How long Create and Clone wait for the object storage before they answer and go on.")
  static let gracefulShutdownTimeout = Self(
    "jobs.gracefulShutdownTimeout", .duration(.seconds(1) ... .days(30)), "30s",
    "How long a job may take to stop when its graceful shutdown parameters do not say.")
  static let operationRetention = Self(
    "jobs.operationRetention", .duration(.seconds(1) ... .days(36500)), "30d",
    "How long operations that are done are remembered.")
  static let housekeepingInterval = Self(
    "jobs.housekeepingInterval", .duration(.milliseconds(10) ... .days(1)), "60s",
    "How often expired data and what nobody needs any more are cleared away.")
  static let runner = Self(
    "runner", .choice(["none", "instant"]), "none",
    "What runs jobs: nothing, or a runner for tests that completes each at once.")

  // MARK: - Limits of a job

  static let nameLength = Self(
    "limits.nameLength", .integer(1...10_000), 64, "Characters of a name.")
  static let descriptionLength = Self(
    "limits.descriptionLength", .integer(1...100_000), 256, "Characters of a description.")
  static let configSize = Self(
    "limits.configSize", .size(1...1 << 30), "256KiB", "The `config` of a job.")
  static let inputFiles = Self(
    "limits.inputFiles", .integer(0...100_000), 100, "Input files of a job.")
  static let outputFiles = Self(
    "limits.outputFiles", .integer(0...100_000), 100, "Output files of a job.")
  static let mounts = Self(
    "limits.mounts", .integer(0...100_000), 100, "S3 mounts of a job.")
  static let datasets = Self(
    "limits.datasets", .integer(0...100_000), 100, "Datasets of a job.")
  static let fileSize = Self(
    "limits.fileSize", .size(1...1 << 50), "5GiB", "The largest file of a job.")
  static let totalFileSize = Self(
    "limits.totalFileSize", .size(1...1 << 50), "10GiB", "All files of a job together.")
  static let workingStorageMinimum = Self(
    "limits.workingStorageMinimum", .integer(1...1_000_000), 100,
    "The least extended working storage, in gigabytes.")
  static let workingStorageMaximum = Self(
    "limits.workingStorageMaximum", .integer(1...1_000_000), 10_240,
    "The most extended working storage, in gigabytes.")

  // MARK: - Limits of the server

  static let requestSize = Self(
    "server.requestSize", .size(1 << 10...1 << 30), "4MiB", "The largest request.")
  static let calls = Self(
    "server.calls", .integer(1...1_000_000), 10_000, "Calls at once; more are refused.")
  static let streams = Self(
    "server.streams", .integer(1...100_000), 100, "Calls at once on one connection.")
  static let handlers = Self(
    "server.handlersPerConnection", .integer(1...100_000), 8,
    "Calls of one connection that are worked on at a time; the others wait for their turn.")
  static let openCalls = Self(
    "server.openCalls", .integer(1...1_000_000), 200,
    "Calls at once of services that everyone may call; more are refused.")
  static let connectionBytes = Self(
    "server.connectionBytes", .size(1 << 20...1 << 30), "32MiB",
    "What one connection may hold of requests and of replies that are not taken, beyond one of each; "
      + "then it is ended.")
  static let serverBytes = Self(
    "server.bytes", .size(1 << 20...1 << 40), "512MiB",
    "What all connections may hold together; then the one that holds most is ended.")
  static let replySize = Self(
    "server.replySize", .size(128 << 10...1 << 30), "4MiB",
    "The largest reply; jobs that no reply could show are refused. Clients take 4MiB unless they "
      + "are told otherwise.")
  static let cancelledCalls = Self(
    "server.cancelledCalls", .integer(0...1_000_000), 1_000,
    "Calls that a client may give up on a connection within 30 seconds; 0: any number.")
  static let requestTime = Self(
    "server.requestTime", .duration(.milliseconds(100) ... .hours(1), mayBeNone: true), "1m",
    "How long a request may take to arrive when it is all that a connection does.")
  static let connections = Self(
    "server.connections", .integer(1...1_000_000), 800, "Connections at once; more wait.")
  static let metadataSize = Self(
    "server.metadataSize", .size(1 << 10...16 << 20), "16KiB", "The most metadata of a request.")
  static let connectionIdle = Self(
    "server.connectionIdle", .duration(.seconds(1) ... .days(24), mayBeNone: true), "5m",
    "How long a connection may go without a call.")
  static let connectionAge = Self(
    "server.connectionAge", .duration(.seconds(1) ... .days(24), mayBeNone: true), "none",
    "How old a connection may become, so that clients spread over servers again.")
  static let connectionAgeGrace = Self(
    "server.connectionAgeGrace", .duration(.seconds(1) ... .days(24), mayBeNone: true), "none",
    "How long calls may go on when their connection is too old.")
  static let keepaliveTime = Self(
    "server.keepaliveTime", .duration(.seconds(1) ... .days(24)), "1m",
    "How long a connection with calls may be silent before its peer is asked whether it is alive.")
  static let keepaliveTimeout = Self(
    "server.keepaliveTimeout", .duration(.seconds(1) ... .days(24)), "20s",
    "How long the answer may take.")
  static let pingInterval = Self(
    "server.pingInterval", .duration(.milliseconds(100) ... .days(24)), "10s",
    "How often clients with a call may ask whether the server is alive while nothing else flows.")
  static let pingStrikes = Self(
    "server.pingStrikes", .integer(0...1_000_000), 2,
    "How often they may do so too early before the connection is ended; 0: always.")
  static let handshakeTimeout = Self(
    "server.handshakeTimeout", .duration(.milliseconds(100) ... .hours(1)), "10s",
    "How long a connection may take to become one.")
  static let shutdownGrace = Self(
    "server.shutdownGrace", .duration(.milliseconds(1) ... .days(1)), "10s",
    "How long calls and transfers may go on when the server is asked to stop.")
  static let threads = Self(
    "server.threads", .integer(0...256), 0,
    "Threads that run handlers; 0: one for each core, and at most four.")
  static let socketMode = Self(
    "server.socketMode", .text("octal"), "600", "The permissions of a unix socket.")
  static let uploadConnections = Self(
    "server.uploadConnections", .integer(1...100_000), 256,
    "Connections for uploads at once; one more ends the longest silent one, or waits.")
  static let unfinishedUploads = Self(
    "server.unfinishedUploads", .size(1...1 << 50), "16GiB",
    "Bytes of all unfinished uploads together; more are refused for a while.")
  static let uploadIdle = Self(
    "server.uploadIdle", .duration(.seconds(1) ... .days(1)), "30s",
    "How long an upload may stand still.")
}

extension Duration {
  fileprivate static func hours(_ hours: Int) -> Duration { .seconds(hours * 3_600) }

  fileprivate static func days(_ days: Int) -> Duration { .seconds(days * 86_400) }
}
