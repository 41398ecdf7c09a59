/// How two processes exchange bytes.
///
/// Messages between two processes arrive in the order in which they were sent, apart from those of
/// exchanges that ``begin(_:for:with:tag:)`` begins.
package protocol Transport: AnyObject {
  /// The number of this process, from 0.
  var rank: Int { get }

  /// The number of processes.
  var size: Int { get }

  /// Sends bytes to a process, which must receive as many.
  func send(_ bytes: UnsafeRawBufferPointer, to peer: Int) throws(RankError)

  /// Receives bytes from a process.
  func receive(_ bytes: UnsafeMutableRawBufferPointer, from peer: Int) throws(RankError)

  /// Sends bytes to a process that does the same, and receives its bytes.
  func exchange(
    _ sent: UnsafeRawBufferPointer, for received: UnsafeMutableRawBufferPointer, with peer: Int
  ) throws(RankError)

  /// Begins to exchange bytes with a process that does the same.
  ///
  /// - Parameters:
  ///   - sent: The bytes to send, which must not change until the exchange is complete.
  ///   - received: Memory for the bytes of the other process.
  ///   - peer: The other process.
  ///   - tag: The number of the exchange, from 0 to 30,000: it is one with the exchanges of the
  ///     same number there, in the order in which they begin, whatever begins between them.
  /// - Returns: The messages under way.
  /// - Throws: ``RankError/communication(_:)``.
  func begin(
    _ sent: UnsafeRawBufferPointer, for received: UnsafeMutableRawBufferPointer, with peer: Int,
    tag: Int
  ) throws(RankError) -> any PendingExchange

  /// Ends the communication, together with all processes.
  func end()
}
