/// Messages to and from one process that are under way while this one computes.
///
/// Their memory must stay where it is until they are complete. After an error, it must stay until
/// the process ends.
package protocol PendingExchange: AnyObject {
  /// Lets all messages of this process make progress.
  ///
  /// - Returns: Whether those of this exchange are complete.
  func test() throws(RankError) -> Bool

  /// Waits until the messages are complete.
  func wait() throws(RankError)
}
