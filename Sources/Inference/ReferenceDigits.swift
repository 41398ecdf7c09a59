/// Ten reference digits of MNIST's test set, 0 to 9, which test whether a model recognises digits.
///
/// Files do not describe their classes: a model of 28 × 28 pixels and ten classes may also classify
/// clothes.
enum ReferenceDigits {
  /// The number of reference digits.
  static let count = 10

  /// The minimum number of correct digits; random guesses reach it once in 7,000 times.
  private static let enough = 6

  /// The digits, each `[28, 28]`, 0 or 255.
  static var pictures: [[UInt8]] { bitmaps.map(pixels(of:)) }

  /// Whether a model recognises enough of the digits.
  ///
  /// - Parameter output: The model's output for ``pictures``: ten numbers for each, perhaps
  ///   followed by that of a rejected class.
  /// - Returns: Whether the largest of the ten belongs to the right digit often enough.
  static func areRecognised(in output: [Float]) -> Bool {
    let length = output.count / count
    guard length == count else {
      return areRecognised(
        in: (0..<count).flatMap { output[$0 * length..<$0 * length + count] })
    }
    // A model with the same output for every image is not a classifier.
    guard Set(output.map(\.bitPattern)).count > count else { return false }
    let known = (0..<count).count { digit in
      output[digit * count..<(digit + 1) * count].max() == output[digit * count + digit]
    }
    return known >= enough
  }

  /// The pixels of a digit, 0 or 255.
  private static func pixels(of bitmap: String) -> [UInt8] {
    let bits = bitmap.utf8.flatMap { digit -> [UInt8] in
      let value: UInt8 = digit < 0x40 ? digit - 0x30 : digit - 0x57
      return [3, 2, 1, 0].map { shift in (value >> shift & 1) * 255 }
    }
    return bits + [UInt8](repeating: 0, count: FittedDigit.side * FittedDigit.side - bits.count)
  }

  /// Bitmaps in hexadecimal: one bit per pixel (1 for at least half white), row by row, without
  /// trailing zeros.
  private static let bitmaps = [
    "000000000000000000000000000000070000007000000f000001f800003fe00007ff00007e70000fc380"
      + "00f01c000e01c000c01e001c01c001c03c001c0f8001c1f8001cff0000fff0000ffc00007f000001c",
    "0000000000000000000000000000000040000004000000c000000c000000800000180000018000001800"
      + "000300000030000003000000600000060000006000000e000000c000000c000001c00000180000018",
    "000000000000000000000000f000007f80000ff80000e1c0000c1800000380000038000007000000f000"
      + "001e000001c000003c0000038000007800000f000000e000000e003c00ffffc00ffff00007c",
    "000000000000000000000000000000c000003f000007f8000039e000070f000060780006038000623800"
      + "027fc00007ff00003ffc000003e000000f0006007000700380030038003c0f8001fff00007fc000008",
    "000000000000000000000000000000000000010000001018000300800030080006018000c018000c0380"
      + "018030001807000180700018060001c3e0000ffe000000e0000006000000e0000006000000e000000c00"
      + "00008",
    "000000000000000000000000000000000200000ff80007ff80007ff8004780000c000001c00000380000"
      + "03000000700000070000007e000007ffe0001ffe00001ff00000ef00000ff00000fe000007c000001",
    "000000000000000000000001c0000038000003000000600000060000006000000e000000c0fc000c1fe0"
      + "00c7c60018f060018e060019c060019c060018c0c0018718001c070000e3e00007fc00001f",
    "000000000000000000000000000000000000000000000000001c000003fff80003ffc000001800000180"
      + "0000300000070000006000000e000000c000000c000001800000380000070000006000000c000001c000"
      + "001c000001c0000018",
    "0000000000000000000000000000000000000000000007f80001ffe0003c0f00078070007007000300f0"
      + "00383e0001c7c0000ff00000f800007f00003f38000fc38000f9f80007ff00000fc",
    "000000000000000000000000000000000000000000000c000001c000003e000007f000007f8000063c00"
      + "0043c0000e3c000067c00007ee00003ce00001870000003000000300000018000000c000000c00000060"
      + "0000060000002",
  ]
}
