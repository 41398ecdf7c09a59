/// What became of a request, for a log.
public struct RequestRecord: Equatable, Sendable {
  /// The address of the client; empty if it is not known.
  public let client: String

  /// The method; empty if the request could not be read.
  public let method: String

  /// The path without the query; empty if the request could not be read.
  public let path: String

  /// The status of the answer in HTTP.
  public let status: Int

  /// The number of bytes of the request's body that were read.
  public let bodyBytes: Int

  /// The time from the end of the header to the answer.
  public let time: Duration
}
