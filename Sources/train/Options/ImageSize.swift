public import ArgumentParser
public import Datasets
public import Images

/// A size of images, such as `64` or `64x48` (width and height).
struct ImageSize: ExpressibleByArgument {
  let width: Int
  let height: Int

  /// Reads a size from the command line.
  init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(sides.count), let width = sides[0], let height = sides[sides.count - 1],
      (1...4096).contains(width), (1...4096).contains(height)
    else { return nil }
    (self.width, self.height) = (width, height)
  }

  /// The size as the library has it.
  var size: LoadingOptions.Size { .init(width: width, height: height) }
}

extension PicturePreparation.Color: ExpressibleByArgument {}

extension PicturePreparation.Fit: ExpressibleByArgument {}

extension LoadingOptions.Cache: ExpressibleByArgument {}
