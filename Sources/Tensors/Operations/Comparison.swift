import CKernels

/// Comparisons of elements: 1 where they hold and 0 where they do not, with NumPy's broadcasting. No
/// gradient passes through. As everywhere, nothing but `.!=` holds for a NaN.
extension Tensor {
  /// Compares elements.
  ///
  ///     let share = (predictions .> 0.5).mean()
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor whose shape can be broadcast with that of `a`.
  /// - Returns: 1 where `a` is less than `b`, else 0, in the common shape.
  public static func .< (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = a.paired(with: b)
    return Tensor.ones(x.shape).gradient(where: x, isLessThan: y)
  }

  /// Compares elements.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor whose shape can be broadcast with that of `a`.
  /// - Returns: 1 where `a` is at least `b`, else 0, in the common shape.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = a.paired(with: b)
    return Tensor.ones(x.shape).gradient(where: x, isAtLeast: y)
  }

  /// Compares elements.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor whose shape can be broadcast with that of `a`.
  /// - Returns: 1 where `a` is greater than `b`, else 0, in the common shape.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { b .< a }

  /// Compares elements.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor whose shape can be broadcast with that of `a`.
  /// - Returns: 1 where `a` is at most `b`, else 0, in the common shape.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { b .>= a }

  /// Compares elements as numbers: 0 equals −0, and a NaN equals nothing, unlike with `==`.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor whose shape can be broadcast with that of `a`.
  /// - Returns: 1 where `a` equals `b`, else 0, in the common shape.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { (a .>= b) * (b .>= a) }

  /// Compares elements as numbers.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor whose shape can be broadcast with that of `a`.
  /// - Returns: 0 where `a` equals `b`, else 1, in the common shape.
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
