/// The limits that keep the memory and the time of a server bounded.
public struct ServingLimits: Equatable, Sendable {
  /// The number of connections; one more is answered with status 503.
  public var connections = 256

  /// The bytes of a body; a larger one is answered with status 413 before it is read.
  public var bodyBytes = 32 << 20

  /// The bytes of the bodies of all connections; one more is answered with status 503.
  public var bufferedBytes = 256 << 20

  /// The bytes of a header; a larger one is answered with status 431.
  public var headerBytes = 16 << 10

  /// The time in which a header must come, from the beginning of the connection or from the last
  /// answer on.
  public var headerTime = Duration.seconds(15)

  /// The time in which a body must come, beside that for ``bodyRate``.
  public var bodyTime = Duration.seconds(15)

  /// The bytes of a body that must come in a second.
  public var bodyRate = 32 << 10

  /// The time that a request may wait for others; then it is answered with status 503.
  public var waitingTime = Duration.seconds(60)

  /// The time in which an answer must be taken.
  public var answerTime = Duration.seconds(30)

  /// The time in which the rest of a refused request is read, so that its sender sees the answer.
  public var closingTime = Duration.seconds(3)

  /// The time that requests have to end when the server stops.
  public var stoppingTime = Duration.seconds(10)

  /// The number of pictures that are decoded at the same time.
  public var decodedPictures = 2

  /// Creates the default limits.
  public init() {}
}
