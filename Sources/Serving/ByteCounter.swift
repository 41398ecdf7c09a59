import NIOCore

/// Counts the bytes of a connection that have come since its last complete header.
final class ByteCounter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// The number of bytes.
  private(set) var count = 0

  /// Begins at 0 again.
  func reset() { count = 0 }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    count += unwrapInboundIn(data).readableBytes
    context.fireChannelRead(data)
  }
}
