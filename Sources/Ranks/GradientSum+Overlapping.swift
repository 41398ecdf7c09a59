package import Tensors

extension GradientSum {
  /// Computes the gradients of the last shard of this process and adds it, while large gradients
  /// are exchanged as soon as they are known.
  ///
  /// The last layers' come first, so that they travel during the backward pass of the layers before
  /// them, if the processes are on several machines. It is the same sum as with
  /// ``add(_:weight:)``.
  ///
  /// - Parameters:
  ///   - loss: The shard's part of the loss, recorded.
  ///   - weight: The share of the shard's examples in the batch, with which its changes of the
  ///     averages count.
  package func addLast(gradientsOf loss: Tensor, weight: Float) {
    guard communicator.overlapsExchanges, !overlap.isEmpty else {
      return add(loss.gradients(), weight: weight)
    }
    let earlier = shards.map(\.gradients)
    let gradients = overlap.progressing {
      loss.gradients { variable, gradient in
        overlap.begin(variable, after: earlier, gradient)
      }
    }
    add(gradients, weight: weight)
  }
}
