import Files
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// A server of HTTP/1.1 that classifies pictures.
///
/// One thread holds all connections; ``ServingLimits`` bound their number, their memory and their
/// time. Answers come from a ``PictureService``.
public final class PictureServer: Sendable {
  /// The port at which it listens.
  public let port: Int

  private let core: ServerCore
  private let listener: any Channel
  private let group: MultiThreadedEventLoopGroup

  /// Starts a server.
  ///
  /// - Parameters:
  ///   - service: What answers the requests.
  ///   - host: The name or address of the interface, such as `127.0.0.1`.
  ///   - port: The port; 0 for a free one.
  ///   - limits: The limits. The number of connections is reduced to what the limit of open files
  ///     allows.
  ///   - log: Receives what became of each request, on the server's thread; it must not wait.
  /// - Throws: ``ServerError`` if it cannot listen there.
  public init(
    _ service: PictureService, host: String, port: Int, limits: ServingLimits = ServingLimits(),
    log: (@Sendable (RequestRecord) -> Void)? = nil
  ) throws(ServerError) {
    var limits = limits
    limits.connections = max(1, min(limits.connections, Self.openFileLimit - Self.otherFiles))
    let core = ServerCore(service, host: host, limits: limits, log: log)
    self.core = core
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      listener = try ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 512)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.autoRead, value: false)
        .childChannelOption(.maxMessagesPerRead, value: 1)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelInitializer { Self.prepare($0, for: core) }
        .bind(host: host, port: port).wait()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw .portInUse(host: host, port: port)
    } catch let error as IOError {
      throw .unusable(host: host, port: port, systemError(error.errnoCode))
    } catch {
      throw .unusable(host: host, port: port, "there is no such host")
    }
    self.port = listener.localAddress?.port ?? port
  }

  /// Sets up a connection.
  private static func prepare(
    _ channel: any Channel, for core: ServerCore
  ) -> EventLoopFuture<Void> {
    let count = core.open(channel)
    // A connection too much gets an answer; many too much do not.
    guard count <= core.limits.connections + otherFiles / 2 else {
      core.close(channel)
      return channel.eventLoop.makeFailedFuture(ChannelError.eof)
    }
    return channel.eventLoop.makeCompletedFuture {
      var decoding = NIOHTTPDecoderLimitConfiguration()
      decoding.maxHeaderFieldSize = core.limits.headerBytes
      decoding.maxHeaderListSize = core.limits.headerBytes
      decoding.maxHeaderFieldCount = 100
      let counter = ByteCounter()
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandlers([
        counter,
        ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoding)),
        HTTPResponseEncoder(),
        ConnectionHandler(core, counter, isExcess: count > core.limits.connections),
      ])
    }
  }

  /// The number of open files that are not connections, or connections that are refused.
  private static let otherFiles = 48

  /// The number of files that the process may open.
  private static var openFileLimit: Int {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      return 256
    }
    return Int(clamping: limit.rlim_cur)
  }

  /// Stops the server: it takes no more connections and ends those that wait; requests have the
  /// time of ``ServingLimits/stoppingTime`` to be answered.
  public func stop() {
    try? listener.close().wait()
    for channel in core.openChannels {
      channel.pipeline.fireUserInboundEventTriggered(ConnectionHandler.Stopping())
    }
    let end = ContinuousClock.now + core.limits.stoppingTime
    while !core.openChannels.isEmpty, .now < end { usleep(10_000) }
    for channel in core.openChannels { channel.close(promise: nil) }
  }
}
