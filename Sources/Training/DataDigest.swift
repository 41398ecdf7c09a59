import Crypto
import Datasets

/// The SHA-256 digest of the images and labels of both sets, in hexadecimal.
///
/// A run can only be resumed with its own data.
func digest(of sets: [ImageSet]) -> String {
  var hash = SHA256()
  for set in sets {
    hash.update(data: set.pixels)
    hash.update(data: set.classes)
  }
  let digits = Array("0123456789abcdef")
  return String(hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}
