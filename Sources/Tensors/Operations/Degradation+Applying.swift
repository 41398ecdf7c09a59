extension Degradation {
  /// Degrades an image of a batch of a shape in place.
  func apply(to image: UnsafeMutablePointer<Float>, of shape: Shape) {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let picture = unsafe Picture(
      pixels: image, height: height, width: width, channels: channels,
      paper: (0..<channels).map { unsafe borderMean(image + $0, height, width, channels) })
    if growth != 0 { picture.grow(by: growth) }
    if let rules { picture.draw(rules) }
    if let window { picture.clear(outside: window) }
    if coarseness > 1 {
      func reduced(_ count: Int) -> Int {
        Swift.max(Int((Double(count) / coarseness).rounded()), 1)
      }
      picture.filter(
        rows: .coarse(reduced(height), count: height),
        columns: .coarse(reduced(width), count: width))
    }
    // The weights of smaller ones are 0 in single precision.
    if blur > 0.05 {
      picture.filter(
        rows: .gaussian(deviation: blur, count: height),
        columns: .gaussian(deviation: blur, count: width))
    }
    if contrast != 1 { picture.scaleContrast(by: contrast) }
    if let noise { picture.add(noise) }
  }
}

/// An image in memory.
@safe private struct Picture {
  let pixels: UnsafeMutablePointer<Float>
  let height, width, channels: Int

  /// The paper's value in each channel.
  let paper: [Float]

  var rowLength: Int { width * channels }
  var count: Int { height * width * channels }

  /// Calls a function with scratch memory of the image's size.
  func withScratch(_ body: (UnsafeMutablePointer<Float>) -> Void) {
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { scratch in
      if let scratch = scratch.baseAddress { unsafe body(scratch) }
    }
  }
}

extension Picture {
  /// Gray dilation by a disc, or erosion if the radius is negative; results of the two nearest
  /// whole radii are interpolated.
  func grow(by radius: Float) {
    let sign: Float = radius < 0 ? -1 : 1
    let whole = Int(abs(radius))
    let part = abs(radius) - Float(whole)
    // An erosion is the dilation of the negative.
    unsafe withScratch { source in
      unsafe withScratch { larger in
        for element in 0..<count { unsafe source[element] = sign * pixels[element] }
        unsafe larger.update(from: source, count: count)
        var smaller = 0
        for disc in 1...(whole + 1) {
          if disc == whole + 1 {
            for element in 0..<count { unsafe pixels[element] = larger[element] }
          }
          unsafe spread(source, over: (smaller, disc), to: larger)
          smaller = disc
        }
        for element in 0..<count {
          let value = unsafe pixels[element]
          unsafe pixels[element] = sign * (value + part * (larger[element] - value))
        }
      }
    }
  }

  /// Takes the maximum with all pixels of a disc that are outside a smaller one.
  private func spread(
    _ source: UnsafePointer<Float>, over radii: (inner: Int, outer: Int),
    to out: UnsafeMutablePointer<Float>
  ) {
    let (inner, outer) = (radii.inner * radii.inner, radii.outer * radii.outer)
    for down in -radii.outer...radii.outer where abs(down) < height {
      for right in -radii.outer...radii.outer where abs(right) < width {
        let distance = down * down + right * right
        guard distance > inner, distance <= outer else { continue }
        let length = (width - abs(right)) * channels
        for row in Swift.max(-down, 0)..<Swift.min(height - down, height) {
          let target = unsafe out + (row * width + Swift.max(-right, 0)) * channels
          let other = unsafe source + ((row + down) * width + Swift.max(right, 0)) * channels
          for element in 0..<length {
            let (value, candidate) = unsafe (target[element], other[element])
            unsafe target[element] = candidate > value ? candidate : value
          }
        }
      }
    }
  }

  /// Draws rules.
  func draw(_ rules: Degradation.Rules) {
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { cover in
      guard let cover = cover.baseAddress else { return }
      for row in 0..<height {
        unsafe rules.cover(row: row, of: (height, width), to: cover)
        for channel in 0..<channels {
          let paper = paper[channel]
          let range = paper < 0.5 ? (1 - paper) : -paper
          let line = unsafe pixels + row * rowLength + channel
          for column in 0..<width {
            let value = unsafe line[column * channels]
            let ruled = unsafe paper + rules.strength * range * cover[column]
            unsafe line[column * channels] =
              paper < 0.5 ? (ruled > value ? ruled : value) : (ruled < value ? ruled : value)
          }
        }
      }
    }
  }

  /// Replaces what is outside a window with paper.
  func clear(outside window: Degradation.Window) {
    for row in 0..<height {
      for column in 0..<width where !(window.rows ~= row && window.columns ~= column) {
        for channel in 0..<channels {
          unsafe pixels[row * rowLength + column * channels + channel] = paper[channel]
        }
      }
    }
  }

  /// Filters rows and columns.
  func filter(rows: AxisFilter, columns: AxisFilter) {
    unsafe withScratch { scratch in
      unsafe rows.filterRows(pixels, length: rowLength, to: scratch)
      for row in 0..<height {
        unsafe columns.filterLine(
          scratch + row * rowLength, channels: channels, to: pixels + row * rowLength)
      }
    }
  }

  /// Multiplies the differences from the paper, and clips to `0...1`.
  func scaleContrast(by factor: Float) {
    for pixel in 0..<height * width {
      for channel in 0..<channels {
        let place = pixel * channels + channel
        let value = unsafe paper[channel] + factor * (pixels[place] - paper[channel])
        unsafe pixels[place] = value.clipped
      }
    }
  }

  /// Adds noise, and clips to `0...1`.
  func add(_ noise: Degradation.Noise) {
    unsafe withScratch { numbers in
      unsafe noise.stream.fillWithNormals(numbers, count: count)
      for place in 0..<count {
        unsafe pixels[place] = (pixels[place] + noise.deviation * numbers[place]).clipped
      }
    }
  }
}

extension Float {
  /// The nearest value in `0...1`.
  fileprivate var clipped: Float {
    let positive = self > 0 ? self : 0
    return positive < 1 ? positive : 1
  }
}

extension Degradation.Rules {
  /// Computes how much of each pixel of a row the rules cover, from 0 to 1.
  fileprivate func cover(
    row: Int, of size: (height: Int, width: Int), to cover: UnsafeMutablePointer<Float>
  ) {
    let y = Float(row) - Float(size.height - 1) / 2
    let left = -Float(size.width - 1) / 2
    let most = width < 1 ? width : 1
    func add(_ normal: SIMD2<Float>, _ offset: Float) {
      for column in 0..<size.width {
        var distance = normal.x * (left + Float(column)) + normal.y * y - offset
        if let spacing { distance -= spacing * (distance / spacing).roundedToEven }
        let reach = width / 2 + 0.5 - abs(distance)
        let covered = reach < most ? reach : most
        unsafe cover[column] = covered > cover[column] ? covered : cover[column]
      }
    }
    unsafe cover.initialize(repeating: 0, count: size.width)
    add(normal, offset)
    if let crossOffset { add([normal.y, -normal.x], crossOffset) }
  }
}

extension Float {
  /// The nearest whole number, for absolute values below 2²²; `rounded()` is a function call on
  /// older processors.
  fileprivate var roundedToEven: Float { (self + 0x1.8p23) - 0x1.8p23 }
}
