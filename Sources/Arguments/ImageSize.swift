public import ArgumentParser

/// A size of images in pixels, such as `64` or `64x48` (width and height).
public struct ImageSize: ExpressibleByArgument, Sendable {
  /// The width, from 1 to 4096.
  public let width: Int

  /// The height, from 1 to 4096.
  public let height: Int

  /// Reads a size from the command line.
  ///
  /// - Parameter argument: One side, or width and height.
  public init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(sides.count), let width = sides[0], let height = sides[sides.count - 1],
      (1...4096).contains(width), (1...4096).contains(height)
    else { return nil }
    (self.width, self.height) = (width, height)
  }
}
