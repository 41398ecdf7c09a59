public import Images

extension Drawing {
  /// The pixels of a PNG for each CSS pixel, in each direction.
  static let pixelRatio = 2

  /// Renders the drawing on white.
  ///
  /// - Returns: The bytes of a PNG, with two pixels for each CSS pixel in each direction.
  /// - Throws: ``ImageError`` if libpng fails, for instance above a million pixels a side.
  public func png() throws(ImageError) -> [UInt8] { try image.encoded() }

  /// The drawing on white, with two pixels for each CSS pixel in each direction.
  public var image: Image {
    let ratio = Double(Drawing.pixelRatio)
    var raster = Raster(
      width: max(1, Int(width * ratio)), height: max(1, Int(height * ratio)),
      color: Ink.Role.paper.light)
    for shape in shapes {
      switch shape {
      case .area(let points, let ink):
        raster.fill(
          [points.map { $0.scaled(by: ratio) }], ink.role.light, opacity: ink.opacity)
      case .line(let points, let width, let ink):
        raster.fill(
          outline(of: points.map { $0.scaled(by: ratio) }, width: width * ratio),
          ink.role.light, opacity: ink.opacity)
      case .text(let label):
        raster.fill(label.contours(scale: ratio), label.ink.role.light, opacity: label.ink.opacity)
      case .picture(let picture, let frame):
        raster.copy(picture, in: frame, scale: ratio)
      }
    }
    return raster.image
  }

  /// The parts of a line: a rectangle for each segment, and a disc for each point.
  private func outline(of points: [Point], width: Double) -> [[Point]] {
    let radius = width / 2
    var contours: [[Point]] = []
    for (start, end) in zip(points, points.dropFirst()) {
      let (across, down) = (end.x - start.x, end.y - start.y)
      let length = (across * across + down * down).squareRoot()
      guard length > 0 else { continue }
      let (x, y) = (-down / length * radius, across / length * radius)
      contours.append([
        Point(start.x + x, start.y + y), Point(start.x - x, start.y - y),
        Point(end.x - x, end.y - y), Point(end.x + x, end.y + y),
      ])
    }
    // Thin straight lines, such as those of a grid, look the same without round ends.
    guard points.count != 2 || width > 3 else { return contours }
    for point in points {
      contours.append(
        Self.circle.map { Point(point.x + $0.x * radius, point.y + $0.y * radius) })
    }
    return contours
  }

  /// The corners of a regular polygon of 16 sides, in the orientation of the rectangles.
  private static let circle: [Point] = {
    let (cosine, sine) = (0.923879532511286756, 0.382683432365089772)
    var point = Point(1, 0)
    return (0..<16).map { _ in
      defer {
        point = Point(
          point.x * cosine - point.y * sine, point.x * sine + point.y * cosine)
      }
      return point
    }
  }()
}

extension Point {
  fileprivate func scaled(by factor: Double) -> Point { Point(x * factor, y * factor) }
}

extension Raster {
  /// Draws a picture: enlarged by a whole number if it fits, else resampled.
  fileprivate mutating func copy(_ picture: Image, in frame: Frame, scale: Double) {
    let (x, y) = (Int(frame.x * scale + 0.5), Int(frame.y * scale + 0.5))
    let width = max(1, Int(frame.width * scale + 0.5))
    let height = max(1, Int(frame.height * scale + 0.5))
    let factor = width / picture.width
    let isWhole = factor * picture.width == width && factor * picture.height == height
    let preparation = PicturePreparation(
      width: isWhole ? picture.width : width, height: isWhole ? picture.height : height,
      color: .rgb, fit: .stretch)
    copy(
      preparation(picture), x: x, y: y, columns: preparation.width, scale: isWhole ? factor : 1)
  }
}
