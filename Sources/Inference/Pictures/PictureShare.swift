/// The part of a list of pictures that one of several processes classifies.
///
/// All processes go through the same list, whose batches they take in turn.
///
/// ```swift
/// let ranks = try Communicator.start()
/// let share = PictureShare(rank: ranks.rank, of: ranks.size)
/// classifier.classify(PictureInputs([picture]), share: share) { step in
///   if case .own(let outcomes) = step { count += outcomes.count }  // others have the rest
/// }
/// ```
public struct PictureShare: Equatable, Sendable {
  /// The number of this process, from 0.
  public let rank: Int

  /// The number of processes.
  public let size: Int

  /// Creates a part.
  ///
  /// - Parameters:
  ///   - rank: The number of the process, from 0.
  ///   - size: The number of processes.
  public init(rank: Int, of size: Int) { (self.rank, self.size) = (rank, size) }

  /// A step through the list.
  public enum Step: Sendable {
    /// Pictures that this process has classified.
    case own([PictureOutcome])
    /// Pictures that another process classifies.
    case others([PictureInput])
    /// The end of a round, in which each process had one batch, in the order of their ranks.
    ///
    /// The digest of the pictures of the round, and whether it is the last one, are the same in
    /// all processes if they have the same list.
    case round(digest: [UInt8], isLast: Bool)
  }

  /// The number of pictures in a batch of the first round, which doubles with each round.
  static let firstBatch = 4

  /// The largest number of pictures in a batch.
  static let largestBatch = 256
}
