internal import Files
import Tensors

/// The identity of a dataset, by which a run recognises its own data when it is resumed.
extension Dataset {
  /// Whether a dataset that is created again in the same way has the same elements.
  ///
  /// It has not if the system has drawn the seed of a shuffle or an augmentation.
  public var isReproducible: Bool {
    operations.allSatisfy { !$0.contains("seed: \(Self.drawnSeed)") }
  }

  /// Computes the SHA-256 digest of the examples before all operations, in hexadecimal.
  ///
  /// It covers shapes, pixels and labels. Pictures that are not in memory are decoded once.
  ///
  /// - Returns: 64 hexadecimal digits.
  public func sha256() -> String {
    var hash = SHA256()
    recipe.source.update(&hash)
    return DataDigest.hexadecimal(hash.digest)
  }

  /// A seed in the text of an operation.
  static func text(ofSeed seed: UInt64?) -> String { seed.map { "\($0)" } ?? drawnSeed }

  private static let drawnSeed = "random"
}

extension Source {
  /// The number of images that are decoded at a time.
  private static let chunk = 512

  /// Updates a hash with all examples.
  fileprivate func update(_ hash: inout SHA256) {
    switch self {
    case .tensors(let images, let labels):
      for tensor in [images, labels] {
        hash.update(Array("float32 \(Array(tensor.shape))".utf8))
        unsafe tensor.withUnsafePointer { elements in
          unsafe hash.update(
            UnsafeRawBufferPointer(
              start: elements, count: tensor.count * MemoryLayout<Float>.size))
        }
      }
    case .images(let set):
      hash.update(Array("\([set.count, set.height, set.width, set.channels])".utf8))
      DataDigest.update(&hash, withClassesOf: set)
      guard case .pictures = set.storage else {
        return DataDigest.update(&hash, withPixelsOf: set)
      }
      for start in stride(from: 0, to: set.count, by: Self.chunk) {
        let part = Array(start..<min(start + Self.chunk, set.count))
        unsafe set.subset(at: part).images.scalars.withUnsafeBytes {
          unsafe hash.update($0)
        }
      }
    }
  }
}
