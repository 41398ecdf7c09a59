/// A picture of gray levels, reduced to a size at which strokes are found quickly.
struct GrayPicture {
  /// The maximum width and height: a digit that is a twentieth of a page still has 25 pixels.
  static let maximumSide = 512

  let width: Int
  let height: Int
  /// The levels from 0 to 65535, of shape `[height, width]`.
  let levels: [UInt16]
  /// The side of the blocks of the original picture that a pixel is the mean of.
  let blockSide: Int

  init(width: Int, height: Int, levels: [UInt16], blockSide: Int = 1) {
    (self.width, self.height, self.levels) = (width, height, levels)
    self.blockSide = blockSide
  }

  /// Reduces a picture; partial blocks at the right and the bottom are left out.
  ///
  /// - Parameters:
  ///   - picture: The picture.
  ///   - maximumSide: The maximum width and height.
  init(reducing picture: Luminance, to maximumSide: Int = maximumSide) {
    let side = (max(picture.width, picture.height) + maximumSide - 1) / maximumSide
    guard side > 1 else {
      self.init(width: picture.width, height: picture.height, levels: picture.levels)
      return
    }
    let (width, height) = (max(picture.width / side, 1), max(picture.height / side, 1))
    let source = picture.levels.span
    var sums = [Int](repeating: 0, count: width)
    var levels: [UInt16] = []
    levels.reserveCapacity(width * height)
    let (blockWidth, blockHeight) = (min(side, picture.width), min(side, picture.height))
    for row in 0..<height {
      for column in 0..<width { sums[column] = 0 }
      for line in row * side..<row * side + blockHeight {
        var index = line * picture.width
        for column in 0..<width {
          var sum = 0
          for _ in 0..<blockWidth {
            sum += Int(source[index])
            index += 1
          }
          sums[column] += sum
        }
      }
      for sum in sums { levels.append(UInt16(sum / (blockWidth * blockHeight))) }
    }
    self.init(width: width, height: height, levels: levels, blockSide: side)
  }

  /// The picture with dark and light exchanged.
  var inverted: GrayPicture {
    GrayPicture(
      width: width, height: height, levels: levels.map { UInt16(Luminance.full) - $0 },
      blockSide: blockSide)
  }

  /// The mean of each pixel and its neighbours, which lowers noise.
  var smoothed: GrayPicture {
    let levels = levels.span
    var result = [UInt16](repeating: 0, count: levels.count)
    for row in 0..<height {
      for column in 0..<width {
        var (sum, count) = (0, 0)
        for line in max(row - 1, 0)...min(row + 1, height - 1) {
          for place in max(column - 1, 0)...min(column + 1, width - 1) {
            sum += Int(levels[line * width + place])
            count += 1
          }
        }
        result[row * width + column] = UInt16(sum / count)
      }
    }
    return GrayPicture(width: width, height: height, levels: result, blockSide: blockSide)
  }
}
