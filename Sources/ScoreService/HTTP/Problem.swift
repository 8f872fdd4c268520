import HTTPTypes
import Hummingbird

/// An error as the client sees it: `application/problem+json` (RFC 9457) with a `code` that programs can tell apart.
struct Problem: Error {
  var status: HTTPResponse.Status
  var code: String
  /// For a person; holds no id and no token.
  var detail: String
  var headers: HTTPFields

  init(_ status: HTTPResponse.Status, _ code: String, _ detail: String, headers: HTTPFields = [:]) {
    self.status = status
    self.code = code
    self.detail = detail
    self.headers = headers
  }

  func response() throws -> Response {
    let body = Body(code: code, detail: detail, status: status.code, title: status.reasonPhrase)
    return try .json(body, status: status, type: "application/problem+json", headers: headers)
  }

  private struct Body: Encodable {
    var code: String
    var detail: String
    var status: Int
    var title: String
    /// Nothing more is said about the kind of problem than its status says.
    var type = "about:blank"
  }
}

extension Problem {
  static func storeAway() -> Problem {
    Problem(
      .serviceUnavailable, "store_unavailable", "the score store does not answer; try again",
      headers: [.retryAfter: "5"])
  }
}
