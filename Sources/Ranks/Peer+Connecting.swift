import CRanks
import Glibc

extension Peer {
  /// The seconds that the first process waits for the others.
  private static let patience = 10

  /// Connects the first process with each other one.
  ///
  /// - Parameter communicator: The processes, all of which call this.
  /// - Returns: The connections of this process; those that could not be made are missing.
  /// - Throws: ``RankError`` if the processes cannot exchange their addresses.
  static func connectAll(_ communicator: Communicator) throws(RankError) -> [Peer] {
    var port: UInt16 = 0
    let listener = communicator.isFirst ? unsafe cairn_listen(&port) : -1
    defer { if listener >= 0 { Glibc.close(listener) } }
    // A secret of the job, so that no other program is taken for one of its processes.
    let secret = UInt64.random(in: .min ... .max)
    let offer = listener >= 0 ? "\(secret) \(port) \(addresses())" : ""
    let words = String(
      decoding: try communicator.broadcast(Array(offer.utf8)), as: UTF8.self
    ).split(separator: " ")
    let hosts = try communicator.gather(Array(communicator.host.utf8))
      .map { String(decoding: $0, as: UTF8.self) }
    guard words.count > 2, let secret = UInt64(words[0]), let port = UInt16(words[1]) else {
      return []
    }
    if communicator.isFirst { return accept(listener, secret: secret, hosts) }
    var addresses = words[2...].map(String.init)
    // On the same machine, the loopback interface comes first.
    if hosts[communicator.rank] == hosts[0] { addresses.reverse() }
    for address in addresses {
      if let peer = connect(
        address, port, secret: secret, rank: communicator.rank, host: hosts[0])
      {
        return [peer]
      }
    }
    return []
  }

  private static func addresses() -> String {
    var text = [CChar](repeating: 0, count: 4096)
    unsafe cairn_addresses(&text, Int32(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The first bytes on a connection: the secret and the rank.
  private static func greeting(_ secret: UInt64, _ rank: Int) -> [UInt8] {
    [secret, UInt64(rank)].flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
  }

  private static func connect(
    _ address: String, _ port: UInt16, secret: UInt64, rank: Int, host: String
  ) -> Peer? {
    let descriptor = unsafe cairn_connect(address, port, 2000)
    guard descriptor >= 0 else { return nil }
    var peer = Peer(rank: 0, host: host, descriptor: descriptor)
    let greeting = greeting(secret, rank)
    let end = ContinuousClock.now + .seconds(2)
    guard unsafe cairn_send_now(descriptor, greeting, UInt(greeting.count)) == greeting.count,
      // The answer proves that the other end is the first process of this job.
      receive(8, from: descriptor, until: end) == Array(greeting[..<8].reversed())
    else {
      peer.close()
      return nil
    }
    peer.lastSign = .now
    return peer
  }

  private static func accept(_ listener: Int32, secret: UInt64, _ hosts: [String]) -> [Peer] {
    var peers: [Int: Peer] = [:]
    let end = ContinuousClock.now + .seconds(patience)
    while peers.count < hosts.count - 1, ContinuousClock.now < end {
      var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&waiting, 1, 100) > 0 else { continue }
      let descriptor = cairn_accept(listener)
      guard descriptor >= 0 else { continue }
      let limit = min(end, ContinuousClock.now + .seconds(1))
      let greeting = receive(16, from: descriptor, until: limit)
      let rank = (1..<hosts.count).first { Self.greeting(secret, $0) == greeting }
      let answer = Array(greeting.prefix(8).reversed())
      guard let rank, unsafe cairn_send_now(descriptor, answer, 8) == 8 else {
        Glibc.close(descriptor)
        continue
      }
      peers[rank] = Peer(rank: rank, host: hosts[rank], descriptor: descriptor)
    }
    return peers.values.sorted { $0.rank < $1.rank }.map { peer in
      var peer = peer
      peer.lastSign = .now
      return peer
    }
  }

  /// Receives a number of bytes, or fewer if they do not come in time.
  private static func receive(
    _ count: Int, from descriptor: Int32, until end: ContinuousClock.Instant
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count, ContinuousClock.now < end {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&waiting, 1, 100) > 0 else { continue }
      var buffer = [UInt8](repeating: 0, count: count - bytes.count)
      let received = unsafe recv(descriptor, &buffer, buffer.count, 0)
      guard received > 0 else { return bytes }
      bytes += buffer.prefix(received)
    }
    return bytes
  }
}
