import NIOCore
import NIOHTTP1
import NIOPosix

/// The requests of one connection, one after the other.
///
/// Nothing is read while an answer is made, so that a client cannot send more than is used. In each
/// phase a timer runs, so that no client can keep a connection by being slow.
final class ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// What a connection waits for.
  enum Phase {
    /// A header.
    case head
    /// The body of a request.
    case body(Exchange)
    /// The answer of the service, or that the client takes it.
    case answering(Exchange)
    /// That the client closes the connection; what it sends is dropped.
    case closing
  }

  /// A request and its answer.
  struct Exchange {
    let head: ServiceRequest.Head
    /// Whether the connection stays open after the answer.
    var keepsOpen: Bool
    let start = ContinuousClock.now
    var bodyBytes = 0
  }

  /// An event that asks connections to end with what they do.
  struct Stopping: Sendable {}

  let core: ServerCore
  private let counter: ByteCounter
  private let isExcess: Bool
  private var phase = Phase.head
  private var timer: Scheduled<Void>?
  private var isStopping = false

  /// The body that is coming, for which room is reserved.
  private var body = ByteBuffer()

  /// What came with the request that is being answered: the beginning of the next one.
  private var pending: [HTTPServerRequestPart] = []

  /// Set when the client goes, so that its request is not answered in vain.
  private let departure = Departure()

  /// - Parameters:
  ///   - core: What all connections share.
  ///   - counter: The counter of the connection's bytes.
  ///   - isExcess: Whether there are too many connections.
  init(_ core: ServerCore, _ counter: ByteCounter, isExcess: Bool) {
    (self.core, self.counter, self.isExcess) = (core, counter, isExcess)
  }

  func channelActive(context: ChannelHandlerContext) {
    if isExcess {
      refuse(context, ServiceAnswer(.unavailable, "There are too many connections"))
    } else {
      awaitHead(context)
    }
    context.read()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    departure.happen()
    dropBody()
    phase = .closing
    pending = []
    core.close(context.channel)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if case .head = phase, counter.count > core.limits.headerBytes {
      refuse(context, Self.headerTooLarge(core.limits))
    }
    if case .answering = phase { return }
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if case .answering = phase { pending.append(part) } else { receive(part, context) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
    switch phase {
    case .head, .body:
      refuse(
        context,
        error == .headerOverflow
          ? Self.headerTooLarge(core.limits)
          : ServiceAnswer(.badRequest, "The request is not HTTP/1.1"))
    case .answering: endAfterAnswer()
    case .closing: break
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case ChannelEvent.inputClosed:
      // A client may have sent all and wait for the answer.
      if case .answering = phase { endAfterAnswer() } else { context.close(promise: nil) }
    case is Stopping:
      isStopping = true
      switch phase {
      case .head: context.close(promise: nil)
      case .body(var exchange):
        exchange.keepsOpen = false
        phase = .body(exchange)
      case .answering: endAfterAnswer()
      case .closing: break
      }
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  private func endAfterAnswer() {
    guard case .answering(var exchange) = phase else { return }
    exchange.keepsOpen = false
    phase = .answering(exchange)
    pending = []
  }

  private func awaitHead(_ context: ChannelHandlerContext) {
    phase = .head
    setTimer(context, core.limits.headerTime) { [self] context in
      guard counter.count > 0 else { return context.close(promise: nil) }
      refuse(context, ServiceAnswer(.timeout, "The header did not come in time"))
    }
  }

  private func receive(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch (part, phase) {
    case (.head(let head), .head): receive(head, context)
    case (.body(let bytes), .body(let exchange)): receive(bytes, exchange, context)
    case (.end, .body(let exchange)): answer(exchange, context)
    default: break
    }
  }

  private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    counter.reset()
    let request = ServiceRequest.Head(
      head.method.rawValue, head.uri, isHTTP10: head.version == .http1_0,
      fields: head.headers.map { ($0.name, $0.value) })
    // After the offer of another protocol, the parser stops.
    let keepsOpen = head.isKeepAlive && !isStopping && request.values(of: "upgrade").isEmpty
    let exchange = Exchange(head: request, keepsOpen: keepsOpen)
    if let refusal = core.rules.refusal(of: request) {
      return refuse(context, refusal, exchange)
    }
    phase = .body(exchange)
    if request.values(of: "expect").contains(where: { $0.lowercased() == "100-continue" }) {
      let head = HTTPResponseHead(version: .http1_1, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }
    watchBody(context, after: core.limits.bodyTime)
  }

  /// Ends the connection if its body comes too slowly.
  private func watchBody(_ context: ChannelHandlerContext, after time: Duration) {
    setTimer(context, time) { [self] context in
      guard case .body(let exchange) = phase else { return }
      let limits = core.limits
      let earned = Duration.seconds(exchange.bodyBytes) / limits.bodyRate
      let left = limits.bodyTime + earned - (.now - exchange.start)
      if left > .zero { return watchBody(context, after: left) }
      refuse(context, ServiceAnswer(.timeout, "The body did not come in time"), exchange)
    }
  }

  private func receive(
    _ bytes: ByteBuffer, _ exchange: Exchange, _ context: ChannelHandlerContext
  ) {
    var (bytes, exchange) = (bytes, exchange)
    let limits = core.limits
    exchange.bodyBytes += bytes.readableBytes
    guard exchange.bodyBytes <= limits.bodyBytes else {
      let answer = ServiceAnswer(.tooLarge, RequestRules.tooLarge(limits.bodyBytes))
      return refuse(context, answer, exchange)
    }
    guard core.reserve(bytes.readableBytes) else { return refuse(context, Self.busy, exchange) }
    body.writeBuffer(&bytes)
    phase = .body(exchange)
  }

  /// Gives the room of the body back.
  private func dropBody() {
    core.release(body.readableBytes)
    body = ByteBuffer()
  }

  /// Lets the service answer a complete request.
  private func answer(_ exchange: Exchange, _ context: ChannelHandlerContext) {
    timer?.cancel()
    phase = .answering(exchange)
    let (core, departure, head, body) = (core, departure, exchange.head, body)
    guard !body.readableBytesView.isEmpty else {
      return send(core.service.answer(ServiceRequest(head)), context)
    }
    self.body = ByteBuffer()
    let start = ContinuousClock.now
    core.workers.runIfActive(eventLoop: context.eventLoop) {
      defer { core.release(body.readableBytes) }
      // Nobody waits for the answer any more, or it waited too long.
      guard !departure.hasHappened, .now - start < core.limits.waitingTime else {
        return Self.busy
      }
      return core.service.answer(ServiceRequest(head, body: Array(body.readableBytesView)))
    }.assumeIsolated().whenComplete { [self] result in
      let failure = ServiceAnswer(.unavailable, "The server stops")
      send((try? result.get()) ?? failure, context)
    }
  }

  /// Refuses a request before it has been read.
  private func refuse(
    _ context: ChannelHandlerContext, _ answer: ServiceAnswer, _ exchange: Exchange? = nil
  ) {
    var exchange = exchange ?? Exchange(head: ServiceRequest.Head("", ""), keepsOpen: false)
    exchange.keepsOpen = false
    dropBody()
    phase = .answering(exchange)
    send(answer, context)
  }

  /// Sends an answer, and goes on with the next request or ends the connection.
  private func send(_ answer: ServiceAnswer, _ context: ChannelHandlerContext) {
    guard case .answering(let exchange) = phase, context.channel.isActive else { return }
    setTimer(context, core.limits.answerTime) { $0.close(promise: nil) }
    var head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status.rawValue))
    head.headers = HTTPHeaders(
      [
        ("Date", HTTPDate.now), ("Content-Type", answer.mediaType),
        ("Content-Length", "\(answer.body.count)"), ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "same-origin"),
      ] + answer.fields)
    if answer.status == .unavailable { head.headers.add(name: "Retry-After", value: "2") }
    if !exchange.keepsOpen {
      head.headers.add(name: "Connection", value: "close")
    } else if exchange.head.isHTTP10 {
      head.headers.add(name: "Connection", value: "keep-alive")
    }
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if exchange.head.method != "HEAD" {
      let body = context.channel.allocator.buffer(bytes: answer.body)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete {
      [self] result in
      guard case .success = result else { return context.close(promise: nil) }
      finish(context)
    }
    if core.logs {
      core.record(
        RequestRecord(
          client: context.remoteAddress?.ipAddress ?? "", method: exchange.head.method,
          path: String(exchange.head.path), status: answer.status.rawValue,
          bodyBytes: exchange.bodyBytes, time: .now - exchange.start))
    }
  }

  /// Goes on after an answer was taken by the system.
  private func finish(_ context: ChannelHandlerContext) {
    guard case .answering(let exchange) = phase else { return }
    guard exchange.keepsOpen, !isStopping else { return linger(context) }
    awaitHead(context)
    let parts = pending
    pending = []
    for part in parts { channelRead(context: context, data: NIOAny(part)) }
    channelReadComplete(context: context)
  }

  /// Ends the connection, but reads what is on the way: if a connection is closed with unread
  /// bytes, the system throws away the answer (RFC 9112, section 9.6).
  private func linger(_ context: ChannelHandlerContext) {
    phase = .closing
    pending = []
    setTimer(context, core.limits.closingTime) { $0.close(promise: nil) }
    context.close(mode: .output, promise: nil)
    context.read()
  }

  private func setTimer(
    _ context: ChannelHandlerContext, _ time: Duration,
    _ action: @escaping (ChannelHandlerContext) -> Void
  ) {
    timer?.cancel()
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
      action(context)
    }
  }

  private static func headerTooLarge(_ limits: ServingLimits) -> ServiceAnswer {
    ServiceAnswer(.headerTooLarge, "The header has more than \(limits.headerBytes >> 10) KiB")
  }

  private static let busy = ServiceAnswer(.unavailable, "There are too many requests")
}
