import NIOCore
import NIOPosix
import Synchronization

/// What all connections of a server share.
final class ServerCore: Sendable {
  let service: PictureService
  let rules: RequestRules
  let limits: ServingLimits

  /// The threads that decode and classify pictures.
  let workers: NIOThreadPool

  private let log: (@Sendable (RequestRecord) -> Void)?
  private let bufferedBytes = Atomic<Int>(0)
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

  /// - Parameters:
  ///   - service: What answers the requests.
  ///   - host: The host under which the server was asked to be reachable.
  ///   - limits: The limits.
  ///   - log: Receives what became of each request.
  init(
    _ service: PictureService, host: String, limits: ServingLimits,
    log: (@Sendable (RequestRecord) -> Void)?
  ) {
    self.service = service
    self.limits = limits
    self.log = log
    rules = RequestRules(host: host, bodyLimit: limits.bodyBytes)
    workers = NIOThreadPool(numberOfThreads: limits.decodedPictures)
    workers.start()
  }

  /// Whether requests are logged.
  var logs: Bool { log != nil }

  /// Logs a request.
  func record(_ record: RequestRecord) { log?(record) }

  /// Counts a connection.
  ///
  /// - Parameter channel: The connection.
  /// - Returns: The number of connections, with this one.
  func open(_ channel: any Channel) -> Int {
    channels.withLock {
      $0[ObjectIdentifier(channel)] = channel
      return $0.count
    }
  }

  /// Forgets a connection.
  func close(_ channel: any Channel) {
    channels.withLock { $0[ObjectIdentifier(channel)] = nil }
  }

  /// The open connections.
  var openChannels: [any Channel] { channels.withLock { Array($0.values) } }

  /// Takes room for bytes of a body.
  ///
  /// - Parameter count: The number of bytes.
  /// - Returns: Whether there is room.
  func reserve(_ count: Int) -> Bool {
    let total = bufferedBytes.wrappingAdd(count, ordering: .relaxed).newValue
    if total > limits.bufferedBytes {
      release(count)
      return false
    }
    return true
  }

  /// Gives room back.
  func release(_ count: Int) { bufferedBytes.wrappingSubtract(count, ordering: .relaxed) }
}
