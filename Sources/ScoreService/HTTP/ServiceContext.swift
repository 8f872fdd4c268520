import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// What belongs to one request.
struct ServiceContext: RequestContext {
  var coreContext: CoreRequestContextStorage

  init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}

extension Response {
  /// JSON with sorted keys.
  static func json(
    _ value: some Encodable, status: HTTPResponse.Status = .ok, type: String = "application/json",
    headers: HTTPFields = [:]
  ) throws -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return text(try encoder.encode(value), type: type, status: status, headers: headers)
  }

  static func text(
    _ bytes: some Sequence<UInt8>, type: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    let buffer = ByteBuffer(bytes: bytes)
    var headers = headers
    headers[.contentType] = type
    headers[.contentLength] = String(buffer.readableBytes)
    // Answers are personal and change with every run of scoring.
    headers[.cacheControl] = "no-store"
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: buffer))
  }
}
