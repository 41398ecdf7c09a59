import Datasets
import Preconditions

/// The SHA-256 digest of the images and labels of both sets, in hexadecimal.
///
/// A run can only be resumed with its own data.
func digest(of sets: [ImageSet]) -> String {
  guard let digest = DataDigest.sha256(ofGrayBytes: sets) else {
    fail("The trainer only knows gray images of bytes.")
  }
  return digest
}
