import CKernels

extension RandomStream {
  /// Fills memory with coarse numbers from the standard normal distribution: its quantiles at
  /// (n + ½) / 2¹⁶ for a whole number n from a uniform distribution, with a relative error of about
  /// 10⁻⁶.
  ///
  /// Starts at the next block of the stream, and does not advance it.
  ///
  /// Source: M. Giles, *Approximating the erfinv Function*, GPU Computing Gems, 2012.
  ///
  /// - Parameters:
  ///   - numbers: The memory.
  ///   - count: The number of numbers, at least 0.
  func fillWithNormals(_ numbers: UnsafeMutablePointer<Float>, count: Int) {
    unsafe fillWithNoise(numbers, count: count, in: (-1 + 0x1p-16)..<(1 + 0x1p-16))
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { logarithms in
      guard let logarithms = logarithms.baseAddress else { return }
      for place in 0..<count {
        let x = unsafe numbers[place]
        unsafe logarithms[place] = (1 - x) * (1 + x)
      }
      unsafe kernels.log(Int64(count), logarithms, logarithms)
      for place in 0..<count {
        let w = unsafe -2.5 - logarithms[place]
        var p: Float = 2.810_226_36e-08
        p = 3.432_739_39e-07 + p * w
        p = -3.523_387_7e-06 + p * w
        p = -4.391_506_54e-06 + p * w
        p = 0.000_218_580_87 + p * w
        p = -0.001_253_725_03 + p * w
        p = -0.004_177_681_64 + p * w
        p = 0.246_640_727 + p * w
        p = 1.501_409_41 + p * w
        if w >= 2.5 { p = tail(w + 2.5) }
        unsafe numbers[place] *= 1.414_213_56 * p
      }
    }
  }
}

/// erf⁻¹(x) / x for −log(1 − x²) = `w` of at least 5.
private func tail(_ w: Float) -> Float {
  let w = w.squareRoot() - 3
  var p: Float = -0.000_200_214_257
  p = 0.000_100_950_558 + p * w
  p = 0.001_349_343_22 + p * w
  p = -0.003_673_428_44 + p * w
  p = 0.005_739_507_73 + p * w
  p = -0.007_622_461_3 + p * w
  p = 0.009_438_870_47 + p * w
  p = 1.001_674_06 + p * w
  return 2.832_976_82 + p * w
}
