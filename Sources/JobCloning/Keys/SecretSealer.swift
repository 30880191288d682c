internal import Crypto
internal import Foundation
public import JobMessages

/// Seals passwords before they are stored and opens them for whoever runs the job.
///
/// AES-256-GCM with a random nonce, under a key derived from the ring's (clone-semantics §6). What
/// is sealed is bound to its ``Context``: moved to another project, image or user name it does not
/// open. It is not bound to a job, so a clone inherits it as it stands, byte for byte.
public struct SecretSealer: Sendable {
  /// What a sealed secret belongs to and cannot be moved from.
  public struct Context: Sendable, Hashable {
    /// The project of the job.
    public var projectID: String
    /// The docker image that the password fetches.
    public var imageURL: String
    /// The user that the password is of.
    public var username: String

    /// The place of a registry password in a project.
    public init(projectID: String, imageURL: String, username: String) {
      self.projectID = projectID
      self.imageURL = imageURL
      self.username = username
    }

    /// The lengths and the texts, so that no two contexts read alike.
    fileprivate var bytes: [UInt8] {
      [projectID, imageURL, username].reduce(into: []) { bytes, text in
        bytes += Array("\(text.utf8.count):".utf8) + Array(text.utf8)
      }
    }
  }

  private static let prefix = "sealed:v1:"
  private static let purpose = "password sealing v1"

  private let keys: KeyRing

  /// A sealer that seals with the ring's current key and opens with any.
  public init(keys: KeyRing) { self.keys = keys }

  /// The secret in its stored form, `sealed:v1:<key number>:<base64>`.
  public func seal(_ secret: String, in context: Context) throws(StoreError) -> String {
    do {
      let box = try AES.GCM.seal(
        Array(secret.utf8), using: keys.current.derived(for: Self.purpose),
        authenticating: context.bytes)
      guard let sealed = box.combined else {
        throw StoreError(.misconfigured, "a sealed secret has no combined form")
      }
      return "\(Self.prefix)\(keys.current.id):\(sealed.base64EncodedString())"
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(.misconfigured, "a secret cannot be sealed", cause: error)
    }
  }

  /// The secret that was sealed in this context.
  ///
  /// - Throws: ``StoreError/Code/misconfigured`` when its key is not in the ring, and
  ///   ``StoreError/Code/corrupted`` when it is not what was sealed here.
  public func open(_ sealed: String, in context: Context) throws(StoreError) -> String {
    guard let (id, text) = Self.parts(of: sealed), let data = Data(base64Encoded: String(text))
    else { throw StoreError(.corrupted, "a stored secret is not sealed") }
    guard let key = keys.key(id: id) else {
      throw StoreError(.misconfigured, "a secret is sealed with key \(id), which is not there")
    }
    do {
      let box = try AES.GCM.SealedBox(combined: data)
      let secret = try AES.GCM.open(
        box, using: key.derived(for: Self.purpose), authenticating: context.bytes)
      return String(decoding: secret, as: UTF8.self)
    } catch {
      throw StoreError(.corrupted, "a stored secret does not open", cause: error)
    }
  }

  /// The number of the key that a secret is sealed with; nil when it is not sealed.
  static func keyID(of sealed: String) -> UInt32? { parts(of: sealed)?.keyID }

  private static func parts(of sealed: String) -> (keyID: UInt32, text: Substring)? {
    let parts = sealed.split(separator: ":", omittingEmptySubsequences: false)
    guard sealed.hasPrefix(prefix), parts.count == 4, let id = UInt32(parts[2]) else { return nil }
    return (id, parts[3])
  }
}

extension KeyRing {
  /// The key with this number, if the ring has it.
  func key(id: UInt32) -> Key? {
    ([current] + others).first { $0.id == id }
  }
}

extension SecretSealer.Context {
  /// The place of an image's password in a project.
  public init(_ spec: DockerImageSpec, projectID: String) {
    self.init(projectID: projectID, imageURL: spec.imageURL, username: spec.username)
  }
}
