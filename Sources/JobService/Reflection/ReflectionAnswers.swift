internal import CoreGRPC
internal import JobMessages
internal import ProtobufWire

/// Answers the questions of a reflection stream, in either version of the protocol.
struct ReflectionAnswers: Sendable {
  let index: DescriptorIndex
  /// Full names of the services that the server has, in the order they are listed.
  let services: [String]

  /// The answer to one question; what cannot be answered is an error inside the answer, as the
  /// stream goes on.
  func answer<P: ReflectionPackage>(
    _ request: ServerReflectionRequest<P>
  ) -> ServerReflectionResponse<P> {
    .with {
      $0.validHost = request.host
      $0.originalRequest = request
      $0.messageResponse = response(to: request.messageRequest)
    }
  }

  private func response<P: ReflectionPackage>(
    to question: ServerReflectionRequest<P>.MessageRequest?
  ) -> ServerReflectionResponse<P>.MessageResponse {
    switch question {
    case .fileByFilename(let name):
      return files(index.files(withName: name), or: "There is no file of this name.")
    case .fileContainingSymbol(let symbol):
      return files(index.files(declaring: symbol), or: "No file declares this symbol.")
    case .fileContainingExtension(let question):
      return files(
        index.files(extending: question.containingType, number: question.extensionNumber),
        or: "No file declares this extension.")
    case .allExtensionNumbersOfType(let type):
      guard let numbers = index.extensionNumbers(of: type) else {
        return failure(.notFound, "There is no message of this name.")
      }
      return .allExtensionNumbersResponse(
        .with {
          $0.baseTypeName = type
          $0.extensionNumber = numbers
        })
    case .listServices:
      let services = services.map { name in ServiceResponse<P>.with { $0.name = name } }
      return .listServicesResponse(.with { $0.service = services })
    case nil:
      return failure(.invalidArgument, "The request asks nothing that is known here.")
    }
  }

  private func files<P: ReflectionPackage>(
    _ files: [[UInt8]]?, or message: String
  ) -> ServerReflectionResponse<P>.MessageResponse {
    guard let files else { return failure(.notFound, message) }
    return .fileDescriptorResponse(.with { $0.fileDescriptorProto = files })
  }

  private func failure<P: ReflectionPackage>(
    _ code: StatusCode, _ message: String
  ) -> ServerReflectionResponse<P>.MessageResponse {
    .errorResponse(
      .with {
        $0.errorCode = Int32(clamping: code.rawValue)
        $0.errorMessage = message
      })
  }
}
