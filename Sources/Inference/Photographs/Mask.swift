/// The pixels of a picture that belong to something.
struct Mask {
  let width: Int
  let height: Int
  /// `[height, width]`.
  var isSet: [Bool]

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    isSet = [Bool](repeating: false, count: width * height)
  }

  init(width: Int, height: Int, isSet: [Bool]) {
    (self.width, self.height, self.isSet) = (width, height, isSet)
  }

  /// The number of pixels.
  var count: Int { isSet.reduce(0) { $0 + ($1 ? 1 : 0) } }

  /// The mask with rows and columns exchanged.
  var transposed: Mask {
    var result = Mask(width: height, height: width)
    for row in 0..<height {
      for column in 0..<width where isSet[row * width + column] {
        result.isSet[column * height + row] = true
      }
    }
    return result
  }

  /// The pixels whose run in their column has at most so many pixels.
  func thinColumns(atMost length: Int) -> Mask {
    var result = Mask(width: width, height: height)
    for column in 0..<width {
      var start: Int?
      for row in 0...height {
        if row < height, isSet[row * width + column] {
          if start == nil { start = row }
        } else if let first = start {
          if row - first <= length {
            for line in first..<row { result.isSet[line * width + column] = true }
          }
          start = nil
        }
      }
    }
    return result
  }

  /// The lengths of the runs in the columns.
  var columnRuns: [Int] {
    var lengths: [Int] = []
    for column in 0..<width {
      var length = 0
      for row in 0..<height {
        if isSet[row * width + column] {
          length += 1
        } else if length > 0 {
          lengths.append(length)
          length = 0
        }
      }
      if length > 0 { lengths.append(length) }
    }
    return lengths
  }

  /// The pixels within a square around a pixel of the mask.
  func grown(by radius: Int) -> Mask {
    let rows = grownRows(by: radius).transposed
    return rows.grownRows(by: radius).transposed
  }

  private func grownRows(by radius: Int) -> Mask {
    var result = Mask(width: width, height: height)
    for row in 0..<height {
      var end = 0
      for column in 0..<width where isSet[row * width + column] {
        let first = max(end, column - radius)
        end = min(column + radius + 1, width)
        for place in first..<max(first, end) { result.isSet[row * width + place] = true }
      }
    }
    return result
  }

  mutating func subtract(_ other: Mask) {
    for index in isSet.indices where other.isSet[index] { isSet[index] = false }
  }

  mutating func formUnion(_ other: Mask) {
    for index in isSet.indices where other.isSet[index] { isSet[index] = true }
  }
}
