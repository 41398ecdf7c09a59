import Preconditions

/// Messages: bytes whose number only the sender knows, with a header.
extension Communicator {
  /// A message of one process in a gathering.
  struct Message {
    var isFailure: Bool
    var bytes: [UInt8]
  }

  /// The size of the first part of a message, so that short messages need one exchange.
  private static let blockSize = 512
  private static let headerSize = 24

  /// Gives every process the bytes of all processes, and which of them have failed.
  func gather(_ bytes: [UInt8], isFailure: Bool) throws(RankError) -> [Message] {
    let first = encoded(exchangeCount) + encoded(isFailure ? 1 : 0) + encoded(UInt64(bytes.count))
    exchangeCount += 1
    let room = Self.blockSize - Self.headerSize
    var block = first + bytes.prefix(room)
    block += [UInt8](repeating: 0, count: Self.blockSize - block.count)
    let blocks = try gather(block, sizes: [Int](repeating: Self.blockSize, count: size))
    let counts = blocks.map { Int(decoded(Array($0[16..<24]))) }
    require(
      blocks.allSatisfy { Array($0[0..<8]) == Array(first[0..<8]) },
      "The processes of the job have called different operations.")
    var payloads = blocks.indices.map { rank in
      let start = Self.headerSize
      return Array(blocks[rank][start..<start + min(room, counts[rank])])
    }
    if counts.contains(where: { $0 > room }) {
      let rest = counts.map { max(0, $0 - room) }
      let others = try gather(Array(bytes.dropFirst(room)), sizes: rest)
      for (rank, part) in others.enumerated() { payloads[rank] += part }
    }
    return blocks.indices.map { rank in
      Message(isFailure: decoded(Array(blocks[rank][8..<16])) != 0, bytes: payloads[rank])
    }
  }

  /// Gathers bytes of known sizes by recursive doubling.
  private func gather(_ bytes: [UInt8], sizes: [Int]) throws(RankError) -> [[UInt8]] {
    guard let transport else { return [bytes] }
    var known = rank..<rank + 1
    var content = bytes
    var distance = 1
    while distance < size {
      let partner = rank ^ distance
      let start = partner & ~(distance - 1)
      let count = sizes[start..<start + distance].reduce(0, +)
      var received = [UInt8](repeating: 0, count: count)
      try exchange(content, &received, with: partner, transport)
      content = start < known.lowerBound ? received + content : content + received
      known = min(start, known.lowerBound)..<min(start, known.lowerBound) + 2 * distance
      distance *= 2
    }
    var place = 0
    return sizes.map { size in
      defer { place += size }
      return Array(content[place..<place + size])
    }
  }

  private func exchange(
    _ sent: [UInt8], _ received: inout [UInt8], with peer: Int, _ transport: any Transport
  ) throws(RankError) {
    sentBytes += sent.count
    try unsafe sent.withUnsafeBufferPointer { sent throws(RankError) in
      try unsafe received.withUnsafeMutableBufferPointer { received throws(RankError) in
        try unsafe transport.exchange(
          UnsafeRawBufferPointer(sent), for: UnsafeMutableRawBufferPointer(received), with: peer)
      }
    }
  }

  /// Sends bytes to a process, which receives them with ``receive(_:from:_:)``.
  func send(_ bytes: [UInt8], to peer: Int, _ transport: any Transport) throws(RankError) {
    sentBytes += bytes.count
    try unsafe bytes.withUnsafeBufferPointer { bytes throws(RankError) in
      try unsafe transport.send(UnsafeRawBufferPointer(bytes), to: peer)
    }
  }

  /// Receives the bytes that a process sends, as many as there are in `bytes`.
  func receive(
    _ bytes: inout [UInt8], from peer: Int, _ transport: any Transport
  ) throws(RankError) {
    try unsafe bytes.withUnsafeMutableBufferPointer { bytes throws(RankError) in
      try unsafe transport.receive(UnsafeMutableRawBufferPointer(bytes), from: peer)
    }
  }
}

/// The bytes of a number, the lowest first.
func encoded(_ number: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}

/// The number of eight bytes.
func decoded(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
}
