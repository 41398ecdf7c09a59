import ModelFiles

extension FuzzTarget {
  /// The header of a safetensors file.
  static let safetensors = FuzzTarget("safetensors") { input in
    guard let header = try? SafetensorsHeader(of: MemorySource(input), named: "fuzz") else {
      return
    }
    for tensor in header.tensors {
      expect(
        tensor.range.lowerBound >= 8 && tensor.range.upperBound <= input.count,
        "\(tensor.name) is outside of the file")
    }
  }
}
