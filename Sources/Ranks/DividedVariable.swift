package import Tensors

/// A variable of which each process updates a part: a range of its elements in row-major order.
///
/// The parts are those in which ``GradientSum`` adds a gradient, so that a process can update its
/// part as soon as it knows the sum of it, and the processes exchange the new values in place of
/// the gradient.
package struct DividedVariable {
  /// The variable, which is the same in all processes.
  package let whole: Variable

  /// The part of this process, of shape `[count]`.
  package let part: Variable

  private let communicator: Communicator

  /// Divides a variable.
  ///
  /// - Parameters:
  ///   - whole: The variable, with the same value in all processes.
  ///   - communicator: The processes.
  package init(_ whole: Variable, over communicator: Communicator) {
    (self.whole, self.communicator) = (whole, communicator)
    let range = communicator.ownPart(of: whole.shape.elementCount)
    part = Variable(
      whole.value.elements(range), name: whole.name, isTrainable: whole.isTrainable)
  }

  /// The part of this process of a tensor of the variable's shape.
  package func ownPart(of tensor: Tensor) -> Tensor {
    tensor.elements(communicator.ownPart(of: tensor.count))
  }

  /// Gives a variable of the shape of ``whole`` the parts of all processes.
  ///
  /// - Parameters:
  ///   - part: The part of this process.
  ///   - variable: The variable.
  /// - Throws: ``RankError/communication(_:)``.
  package func join(_ part: Tensor, in variable: Variable) throws(RankError) {
    let count = variable.shape.elementCount
    let range = communicator.ownPart(of: count)
    try unsafe variable.withUnsafeMutablePointer { pointer throws(RankError) in
      let elements = unsafe UnsafeMutableBufferPointer(start: pointer, count: count)
      unsafe part.withUnsafePointer { values in
        _ = unsafe UnsafeMutableBufferPointer(rebasing: elements[range])
          .update(fromContentsOf: UnsafeBufferPointer(start: values, count: range.count))
      }
      try unsafe communicator.shareParts(of: elements)
    }
  }
}

extension Tensor {
  /// Elements in row-major order, as a tensor with one axis.
  func elements(_ range: Range<Int>) -> Tensor {
    unsafe withUnsafePointer { values in
      unsafe Tensor(uninitialized: [range.count]) { output in
        _ = unsafe output.initialize(
          fromContentsOf: UnsafeBufferPointer(start: values + range.lowerBound, count: range.count))
      }
    }
  }
}
