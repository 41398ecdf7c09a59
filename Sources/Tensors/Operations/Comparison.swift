import CKernels

/// Elementwise comparisons with NumPy's broadcasting: 1 for true, 0 for false.
///
/// No gradient passes through. For NaN, only `.!=` is true.
extension Tensor {
  /// Compares elements.
  ///
  /// ```swift
  /// let share = (predictions .< 0.5).mean()  // of the predictions below 0.5
  /// ```
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: 1 where `a` is less than `b`, otherwise 0, with the broadcast shape.
  public static func .< (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = a.paired(with: b)
    return Tensor.ones(x.shape).gradient(where: x, isLessThan: y)
  }

  /// Compares elements.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: 1 where `a` is at least `b`, otherwise 0, with the broadcast shape.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = a.paired(with: b)
    return Tensor.ones(x.shape).gradient(where: x, isAtLeast: y)
  }

  /// Compares elements.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: 1 where `a` is greater than `b`, otherwise 0, with the broadcast shape.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { b .< a }

  /// Compares elements.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: 1 where `a` is at most `b`, otherwise 0, with the broadcast shape.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { b .>= a }

  /// Compares elements as numbers: unlike with `==`, 0 equals −0, and NaN equals nothing.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: 1 where `a` equals `b`, otherwise 0, with the broadcast shape.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { (a .>= b) * (b .>= a) }

  /// Compares elements as numbers.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: 0 where `a` equals `b`, otherwise 1, with the broadcast shape.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { 1 - (a .== b) }

  /// Compares each element with a number.
  public static func .< (a: Tensor, b: Float) -> Tensor { a .< Tensor(b) }

  /// Compares each element with a number.
  public static func .<= (a: Tensor, b: Float) -> Tensor { a .<= Tensor(b) }

  /// Compares each element with a number.
  public static func .> (a: Tensor, b: Float) -> Tensor { a .> Tensor(b) }

  /// Compares each element with a number.
  public static func .>= (a: Tensor, b: Float) -> Tensor { a .>= Tensor(b) }

  /// Compares each element with a number.
  public static func .== (a: Tensor, b: Float) -> Tensor { a .== Tensor(b) }

  /// Compares each element with a number.
  public static func .!= (a: Tensor, b: Float) -> Tensor { a .!= Tensor(b) }

  private static func ones(_ shape: Shape) -> Tensor { Tensor(repeating: 1, shape: shape) }
}
