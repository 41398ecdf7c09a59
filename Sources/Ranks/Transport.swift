/// How two processes exchange bytes.
///
/// Messages between two processes arrive in the order in which they were sent.
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

  /// Ends the communication, together with all processes.
  func end()
}
