public import Images
import TestSupport

/// A picture of numbers, made of the digits of MNIST in `samples`.
public struct NumberPicture {
  /// The box of a digit's ink, in pixels.
  public struct Box: Equatable, Sendable {
    /// The leftmost column.
    public let x: Int
    /// The topmost row.
    public let y: Int
    /// The number of columns.
    public let width: Int
    /// The number of rows.
    public let height: Int
  }

  /// The width, in pixels.
  public private(set) var width: Int
  /// The height, in pixels.
  public private(set) var height: Int
  /// Gray levels, `[height, width]`.
  public var levels: [UInt8]
  /// The boxes of the digits, line by line.
  public private(set) var boxes: [[Box]] = []

  /// Draws dark digits on light paper.
  ///
  /// - Parameters:
  ///   - lines: The numbers.
  ///   - scale: Pixels for each pixel of MNIST.
  ///   - gap: The pixels between two digits; negative if they overlap.
  /// - Throws: `ImageError` if a sample cannot be read.
  public init(_ lines: [String], scale: Int = 3, gap: Int = 15) throws {
    let margin = 20 * scale
    let pitch = 32 * scale
    let longest = lines.map(\.count).max() ?? 0
    width = 2 * margin + longest * (20 * scale + gap)
    height = 2 * margin + lines.count * pitch
    levels = [UInt8](repeating: 230, count: width * height)
    for (row, line) in lines.enumerated() {
      var x = margin
      boxes.append([])
      for digit in line {
        let image = try Image.decode(contentsOf: "\(packageDirectory)/samples/\(digit).png")
        let ink = (0..<784).map { Int(image.samples[4 * $0] / 257) }
        let columns = (0..<28).filter { column in (0..<28).contains { ink[28 * $0 + column] > 60 } }
        let rows = (0..<28).filter { row in (0..<28).contains { ink[28 * row + $0] > 60 } }
        let (left, right) = (columns[0], columns[columns.count - 1] + 1)
        let (first, last) = (rows[0], rows[rows.count - 1] + 1)
        let top = margin + row * pitch + first * scale
        for y in first * scale..<last * scale {
          for pixel in left * scale..<right * scale {
            let level = 230 - 205 * ink[y / scale * 28 + pixel / scale] / 255
            let place = (top + y - first * scale) * width + x + pixel - left * scale
            levels[place] = min(levels[place], UInt8(level))
          }
        }
        boxes[row].append(
          Box(x: x, y: top, width: (right - left) * scale, height: (last - first) * scale))
        x += (right - left) * scale + gap
      }
    }
  }

  /// Draws a rectangle; parts beyond the edges are left out.
  ///
  /// - Parameters:
  ///   - x: The leftmost column.
  ///   - y: The topmost row.
  ///   - width: The number of columns.
  ///   - height: The number of rows.
  ///   - level: The gray level.
  public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ level: UInt8 = 25) {
    for row in max(y, 0)..<min(y + height, self.height) {
      for column in max(x, 0)..<min(x + width, self.width) {
        levels[row * self.width + column] = level
      }
    }
  }

  /// The picture.
  public var image: Image { Image(width: width, height: height, gray: levels) }

  /// The picture with dark and light exchanged.
  public var inverted: Image {
    Image(width: width, height: height, gray: levels.map { 255 - $0 })
  }
}
