/// The mask of a tensor, which is a tensor too and so needs a place of its own.
final class MaskBox: Sendable {
  let mask: Tensor

  init(_ mask: Tensor) { self.mask = mask }
}
