import Files
import Sandbox

/// The file of the caller of a sandboxed process.
final class ChannelSource: FileSource {
  let size: Int
  private let channel: SandboxChannel
  // A sandboxed process has one thread.
  nonisolated(unsafe) private var blocks: [Int: [UInt8]] = [:]

  /// The number of bytes that are read at once, because libhdf5 reads many small pieces.
  private static let blockSize = 16 << 10
  /// The number of blocks that are kept.
  private static let blockLimit = 256

  init(size: Int, _ channel: SandboxChannel) {
    (self.size, self.channel) = (size, channel)
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    guard buffer.count < Self.blockSize else { return try unsafe fill(buffer, at: offset) }
    do throws(FileError) {
      try unsafe copy(into: buffer, from: offset)
    } catch {
      // Another part of the block may be damaged.
      try unsafe fill(buffer, at: offset)
    }
  }

  /// Fills a buffer from blocks.
  private func copy(
    into buffer: UnsafeMutableRawBufferPointer, from offset: Int
  ) throws(FileError) {
    var done = 0
    while done < buffer.count {
      let place = offset + done
      let index = place / Self.blockSize
      let block = try block(index)
      let start = place - index * Self.blockSize
      let count = min(block.count - start, buffer.count - done)
      guard count > 0 else { throw .damaged("an address is outside of the file") }
      unsafe block.withUnsafeBytes { block in
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: block[start..<start + count]))
      }
      done += count
    }
  }

  private func block(_ index: Int) throws(FileError) -> [UInt8] {
    if let block = unsafe blocks[index] { return block }
    let start = index * Self.blockSize
    let block = try unsafe [UInt8](count: max(0, min(Self.blockSize, size - start))) {
      buffer throws(FileError) in
      try unsafe fill(UnsafeMutableRawBufferPointer(buffer), at: start)
    }
    if unsafe blocks.count == Self.blockLimit { unsafe blocks = [:] }
    unsafe blocks[index] = block
    return block
  }

  private func fill(
    _ buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    if let reason = unsafe channel.read(into: buffer, at: offset) { throw .damaged(reason) }
  }
}
