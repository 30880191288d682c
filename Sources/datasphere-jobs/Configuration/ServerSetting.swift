internal import Configuration

/// One setting of `serve`: how each place calls it, what it may be, and what it is for.
struct ServerSetting: Sendable {
  /// What a setting may be, and how help shows that.
  enum Kind: Sendable, Equatable {
    case text(String)
    case flag
    case integer(ClosedRange<Int>)
    /// `500ms`, `30s`, `15m`, `24h`, `14d`; empty or `none` where that is allowed.
    case duration(ClosedRange<Duration>, mayBeNone: Bool = false)
    /// `512B`, `64KiB`, `4MiB`, `5GiB`.
    case size(ClosedRange<Int64>)
    case choice([String])
    /// Any number of texts, separated by commas on the command line.
    case list(String)
  }

  /// The path in the configuration file, as in `tls.certificateChain`.
  let name: String
  let kind: Kind
  /// What counts when nobody sets it.
  let standard: ConfigContent
  /// One sentence for whoever sets it.
  let help: String

  init(_ name: String, _ kind: Kind, _ standard: ConfigContent, _ help: String) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.help = help
  }

  /// The flag, as in `--tls-certificate-chain`.
  var flag: String { "--" + words.joined(separator: "-").lowercased() }

  /// The environment variable, as in `DATASPHERE_JOBS_TLS_CERTIFICATE_CHAIN`.
  var environmentName: String {
    "DATASPHERE_JOBS_" + words.joined(separator: "_").uppercased()
  }

  var key: ConfigKey { ConfigKey(path) }
  var absoluteKey: AbsoluteConfigKey { AbsoluteConfigKey(path) }

  /// How the configuration library reads it.
  var type: ConfigType {
    switch kind {
    case .text, .duration, .size, .choice: .string
    case .flag: .bool
    case .integer: .int
    case .list: .stringArray
    }
  }

  /// What stands for the value in help.
  var placeholder: String {
    switch kind {
    case .text(let placeholder): "<\(placeholder)>"
    case .flag: ""
    case .integer: "<number>"
    case .duration: "<duration>"
    case .size: "<size>"
    case .choice(let names): "<\(names.joined(separator: "|"))>"
    case .list(let placeholder): "<\(placeholder),…>"
    }
  }

  /// The range of a number, a duration or a size, as in `1s to 365d`; nil for what has none.
  var rangeText: String? {
    switch kind {
    case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .duration(let range, let mayBeNone):
      "\(Quantity.text(range.lowerBound)) to \(Quantity.text(range.upperBound))"
        + (mayBeNone ? ", or none" : "")
    case .size(let range):
      "\(Quantity.text(bytes: range.lowerBound)) to \(Quantity.text(bytes: range.upperBound))"
    case .text, .flag, .choice, .list: nil
    }
  }

  private var path: [String] { name.split(separator: ".").map(String.init) }

  /// The words of the name: a capital after a small letter begins one.
  private var words: [String] {
    var words: [String] = []
    for part in path {
      var word = ""
      for letter in part {
        if letter.isUppercase, word.last?.isLowercase == true {
          words.append(word)
          word = ""
        }
        word.append(letter)
      }
      words.append(word)
    }
    return words
  }
}
