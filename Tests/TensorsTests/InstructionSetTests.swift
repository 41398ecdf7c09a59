import CKernels
import Tensors
import Testing

/// All kernels give the same bits on each instruction set, at each size where a vector ends.
@Suite("Kernels on each instruction set")
struct InstructionSetTests {
  private static let others = ProductKernelTests.instructionSets.filter { $0 != "portable" }
  private static let counts = [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 100, 1000]

  /// A kernel call and the arrays that it reads and writes.
  ///
  /// It is safe to make and to hold. Running it is not, and each body is marked.
  @safe private struct Call {
    let name: String
    let arrays: [[Float]]
    /// Whether all NaNs count as equal: their sign depends on the order of operands.
    let isNaNAnyNaN: Bool
    let run: (cairn_kernels, [UnsafeMutablePointer<Float>]) -> Void

    @safe init(
      name: String, arrays: [[Float]], isNaNAnyNaN: Bool = false,
      run: @escaping (cairn_kernels, [UnsafeMutablePointer<Float>]) -> Void
    ) {
      self.name = name
      self.arrays = arrays
      self.isNaNAnyNaN = isNaNAnyNaN
      unsafe self.run = run
    }
  }

  @Test("Every kernel gives the same bits as the portable one", arguments: others)
  func sameBits(instructionSet: String) throws {
    let portable = try unsafe #require(cairn_kernels_for("portable")).pointee
    let kernels = try unsafe #require(cairn_kernels_for(instructionSet)).pointee
    for count in Self.counts {
      for call in calls(count) {
        let (expected, actual) = (results(call, portable), results(call, kernels))
        for (expected, actual) in zip(expected, actual) {
          #expect(
            zip(expected, actual).allSatisfy {
              $0.bitPattern == $1.bitPattern || call.isNaNAnyNaN && $0.isNaN && $1.isNaN
            },
            "\(call.name), \(count) elements")
        }
      }
    }
  }

  @safe private func results(_ call: Call, _ kernels: cairn_kernels) -> [[Float]] {
    let pointers = unsafe call.arrays.map { array in
      let pointer = UnsafeMutablePointer<Float>.allocate(capacity: max(array.count, 1))
      unsafe pointer.initialize(from: array, count: array.count)
      return unsafe pointer
    }
    unsafe call.run(kernels, pointers)
    defer { unsafe pointers.forEach { unsafe $0.deallocate() } }
    return unsafe zip(pointers, call.arrays).map { pointer, array in
      unsafe Array(UnsafeBufferPointer(start: pointer, count: array.count))
    }
  }

  private func calls(_ n: Int) -> [Call] {
    var stream = RandomStream(seed: UInt64(n), stream: 3)
    func random(_ count: Int, in range: Range<Float> = -2..<2) -> [Float] {
      (0..<count).map { _ in stream.uniform(in: range) }
    }
    let count = Int64(n)
    let special: [Float] = [
      0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 3e38,
      88,
      -104,
    ]
    let x = random(n) + special
    let all = Int64(n + special.count)
    let y = random(n + special.count)
    let zeros = [Float](repeating: 0, count: n + special.count)
    @safe func unary(_ name: String, _ kernel: @escaping (cairn_kernels) -> cairn_map) -> Call {
      Call(name: name, arrays: [x, zeros]) { unsafe kernel($0)(all, $1[0], $1[1]) }
    }
    @safe func binary(_ name: String, _ kernel: @escaping (cairn_kernels) -> cairn_rows2) -> Call {
      Call(name: name, arrays: [x, y, zeros]) { unsafe kernel($0)(1, all, $1[0], $1[1], $1[2]) }
    }
    @safe func rows(
      _ name: String, results: Int, _ kernel: @escaping (cairn_kernels) -> cairn_rows2
    ) -> Call {
      Call(name: name, arrays: [random(2 * n), random(2 * n), random(results)]) {
        unsafe kernel($0)(2, count, $1[0], $1[1], $1[2])
      }
    }
    @safe func rowGradients(_ name: String, _ kernel: @escaping (cairn_kernels) -> cairn_rows3)
      -> Call
    {
      Call(name: name, arrays: [random(2 * n), random(2 * n), random(2), random(2 * n)]) {
        unsafe kernel($0)(2, count, $1[0], $1[1], $1[2], $1[3])
      }
    }
    let (w, g, m, v) = (random(n), random(n), random(n), random(n, in: 0..<2))
    let adam = cairn_adam(
      alpha: 1e-3, one_minus_beta_1: 0.1, one_minus_beta_2: 0.001, epsilon: 1e-7)
    let rmsprop = cairn_rmsprop(
      learning_rate: 0.01, rho: 0.9, one_minus_rho: 0.1, momentum: 0.5, epsilon: 1e-7,
      root_first: 0)
    var rmsprop2 = rmsprop
    rmsprop2.root_first = 1
    let adamax = cairn_adamax(
      learning_rate: 0.01, one_minus_beta_1: 0.1, beta_2: 0.9, correction: 0.3, epsilon: 1e-7)
    let nadam = cairn_nadam(
      learning_rate: 0.01, one_minus_beta_1: 0.1, one_minus_beta_2: 0.001, momentum_share: 0.6,
      momentum_correction: 0.7, gradient_share: 0.5, gradient_correction: 0.4,
      velocity_correction: 0.002, epsilon: 1e-7)
    let adadelta = cairn_adadelta(
      learning_rate: 0.5, rho: 0.95, one_minus_rho: 0.05, epsilon: 1e-7)
    return [
      unary("relu") { unsafe $0.relu }, unary("exp") { unsafe $0.exp },
      unary("log") { unsafe $0.log },
      unary("sigmoid") { unsafe $0.sigmoid }, unary("tanh") { unsafe $0.tanh },
      binary("add") { unsafe $0.add }, binary("subtract") { unsafe $0.subtract },
      binary("multiply") { unsafe $0.multiply }, binary("divide") { unsafe $0.divide },
      Call(name: "affine", arrays: [x, zeros]) { unsafe $0.affine(all, $1[0], 1.7, -0.3, $1[1]) },
      Call(name: "clip", arrays: [x, zeros]) { unsafe $0.clip(all, $1[0], -1, 1, $1[1]) },
      Call(name: "relu_gradient", arrays: [x, y, zeros]) {
        unsafe $0.relu_gradient(all, $1[0], $1[1], $1[2])
      },
      Call(
        name: "relu_gradient_sums",
        arrays: [random(7 * n), random(7 * n), random(7 * n), random(n)]
      ) {
        unsafe $0.relu_gradient_sums(7, count, $1[0], $1[1], $1[2], $1[3])
      },
      Call(name: "clip_gradient", arrays: [x, y, zeros]) {
        unsafe $0.clip_gradient(all, $1[0], -1, 1, $1[1], $1[2])
      },
      Call(name: "sum of rows", arrays: [random(3 * n), random(3)]) {
        unsafe $0.sum(3, count, 1, $1[0], $1[1])
      },
      Call(name: "sum of columns", arrays: [random(7 * n), random(n)]) {
        unsafe $0.sum(1, 7, count, $1[0], $1[1])
      },
      Call(name: "maximum", arrays: [x + x, random(2)]) {
        unsafe $0.maximum(2, all, 1, $1[0], $1[1])
      },
      Call(name: "softmax", arrays: [random(2 * n), random(2 * n)]) {
        unsafe $0.softmax(2, count, $1[0], $1[1])
      },
      rows("softmax_gradient", results: 2 * n) { unsafe $0.softmax_gradient },
      rows("softmax_cross_entropy", results: 2) { unsafe $0.softmax_cross_entropy },
      rowGradients("softmax_cross_entropy_gradient") { unsafe $0.softmax_cross_entropy_gradient },
      rows("cosine_similarity", results: 2) { unsafe $0.cosine_similarity },
      rowGradients("cosine_similarity_gradient") { unsafe $0.cosine_similarity_gradient },
      rows("categorical_hinge", results: 2) { unsafe $0.categorical_hinge },
      rowGradients("categorical_hinge_gradient") { unsafe $0.categorical_hinge_gradient },
      Call(name: "sgd", arrays: [g, w]) { unsafe $0.sgd(count, 0.01, $1[0], $1[1]) },
      Call(name: "sgd_momentum", arrays: [g, m, w]) {
        unsafe $0.sgd_momentum(count, 0.01, 0.9, 0, $1[0], $1[1], $1[2])
      },
      Call(name: "sgd_momentum, Nesterov", arrays: [g, m, w]) {
        unsafe $0.sgd_momentum(count, 0.01, 0.9, 1, $1[0], $1[1], $1[2])
      },
      Call(name: "rmsprop", arrays: [g, v, w]) {
        unsafe $0.rmsprop(count, rmsprop, $1[0], $1[1], nil, nil, $1[2])
      },
      Call(name: "rmsprop of Keras 2", arrays: [g, v, w]) { [rmsprop2] in
        unsafe $0.rmsprop(count, rmsprop2, $1[0], $1[1], nil, nil, $1[2])
      },
      Call(name: "rmsprop with all", arrays: [g, v.map { $0 + 4 }, m, random(n), w]) {
        unsafe $0.rmsprop(count, rmsprop, $1[0], $1[1], $1[2], $1[3], $1[4])
      },
      Call(name: "adam", arrays: [g, m, v, w]) {
        unsafe $0.adam(count, adam, $1[0], $1[1], $1[2], nil, $1[3])
      },
      Call(name: "adam with AMSGrad", arrays: [g, m, v, random(n, in: 0..<2), w]) {
        unsafe $0.adam(count, adam, $1[0], $1[1], $1[2], $1[3], $1[4])
      },
      Call(name: "adamax", arrays: [g, m, v, w]) {
        unsafe $0.adamax(count, adamax, $1[0], $1[1], $1[2], $1[3])
      },
      Call(name: "nadam", arrays: [g, m, v, w]) {
        unsafe $0.nadam(count, nadam, $1[0], $1[1], $1[2], $1[3])
      },
      Call(name: "adagrad", arrays: [g, v, w]) {
        unsafe $0.adagrad(count, 0.01, 1e-7, $1[0], $1[1], $1[2])
      },
      Call(name: "adadelta", arrays: [g, v, random(n, in: 0..<2), w]) {
        unsafe $0.adadelta(count, adadelta, $1[0], $1[1], $1[2], $1[3])
      },
      Call(name: "weight_decay", arrays: [w]) { unsafe $0.weight_decay(count, 0.004, 0.01, $1[0]) },
      Call(name: "moving_average", arrays: [w, m]) {
        unsafe $0.moving_average(count, 0.99, $1[0], $1[1])
      },
    ] + windows(n, &stream) + losses(x, y, random(n + special.count))
  }

  /// Every kind of loss, with its gradient.
  private func losses(_ t: [Float], _ p: [Float], _ dy: [Float]) -> [Call] {
    let kinds = cairn_squared_loss.rawValue...cairn_squared_hinge_loss.rawValue
    return kinds.flatMap { kind in
      ([0, 1.5, 2] as [Float]).flatMap { gamma -> [Call] in
        let settings = cairn_loss_settings(
          kind: cairn_loss_kind(rawValue: kind), delta: 0.7, alpha: 0.25, gamma: gamma,
          is_balanced: 1)
        let count = Int64(t.count)
        return [
          Call(name: "loss \(kind)", arrays: [t, p, dy], isNaNAnyNaN: true) {
            unsafe $0.loss(settings, count, $1[0], $1[1], $1[2])
          },
          Call(name: "loss_gradient \(kind)", arrays: [t, p, dy, dy], isNaNAnyNaN: true) {
            unsafe $0.loss_gradient(settings, count, $1[0], $1[1], $1[2], $1[3])
          },
        ]
      }
    }
  }

  /// Every fill mode and interpolation, with and without displacements.
  private func warps(
    _ image: [Float], _ fill: [Float], _ displacements: [Float], channels: Int
  ) -> [Call] {
    (0..<16).flatMap { number -> [Call] in
      let arrays = [image, fill, displacements, image]
      let make: (UnsafePointer<Float>, UnsafePointer<Float>) -> cairn_warp = {
        unsafe cairn_warp(
          height: 5, width: 4, channels: Int64(channels),
          matrix: (1.7, 0.3, -2.1, -0.4, 2.2, -1.3), fill: cairn_fill(rawValue: UInt32(number % 4)),
          is_bilinear: Int32(number / 4 % 2), fill_values: $0,
          displacements: number < 8 ? nil : $1)
      }
      return [
        Call(name: "warp \(number)", arrays: arrays) { kernels, arrays in
          var warp = unsafe make(arrays[1], arrays[2])
          unsafe kernels.warp(&warp, arrays[0], arrays[3])
        },
        Call(name: "warp_gradient \(number)", arrays: arrays) { kernels, arrays in
          var warp = unsafe make(arrays[1], arrays[2])
          unsafe kernels.warp_gradient(&warp, arrays[0], arrays[3])
        },
      ]
    }
  }

  /// Windows over images of `n` channels, with padding, strides and dilation.
  private func windows(_ n: Int, _ stream: inout RandomStream) -> [Call] {
    guard (1...65).contains(n) else { return [] }
    let window = cairn_window(
      height: 5, width: 4, channels: Int64(n), output_height: 3, output_width: 2, window_height: 3,
      window_width: 2, stride_height: 2, stride_width: 2, padding_top: 1, padding_left: 0,
      dilation_height: 1, dilation_width: 1, window_channels: Int64(n))
    let image = (0..<20 * n).map { _ in stream.uniform(in: -1..<1) }
    let dy = (0..<6 * n).map { _ in stream.uniform(in: -1..<1) }
    let columns = (0..<max(36 * n, 40)).map { _ in stream.uniform(in: -1..<1) }
    var dilated = window
    (dilated.stride_height, dilated.dilation_height, dilated.dilation_width) = (1, 2, 3)
    let upsampling = cairn_upsampling(
      height: 5, width: 4, channels: Int64(n), row_factor: 2, column_factor: 3)
    let large = (0..<120 * n).map { _ in stream.uniform(in: -1..<1) }
    let resizing = cairn_resizing(
      height: 5, width: 4, channels: Int64(n), output_height: 7, output_width: 13, is_bilinear: 1)
    let scratch = [Float](repeating: 1, count: 12 * ((4 * n + 15) / 16 * 16) + 6)
    let depthwise = [1, 2].flatMap { multiplier in
      let features = (0..<6 * n * multiplier).map { _ in stream.uniform(in: -1..<1) }
      let kernel = (0..<6 * n * multiplier).map { _ in stream.uniform(in: -1..<1) }
      return [
        Call(name: "depthwise", arrays: [image, kernel, features]) {
          unsafe $0.depthwise(dilated, Int64(multiplier), $1[0], $1[1], $1[2])
        },
        Call(name: "depthwise_image_gradient", arrays: [features, kernel, image]) {
          unsafe $0.depthwise_image_gradient(dilated, Int64(multiplier), $1[0], $1[1], $1[2])
        },
        Call(name: "depthwise_kernel_gradient", arrays: [image, features, kernel]) {
          unsafe $0.depthwise_kernel_gradient(dilated, Int64(multiplier), $1[0], $1[1], $1[2])
        },
      ]
    }
    let others = [
      Call(name: "col2im, dilated", arrays: [columns, image]) {
        unsafe $0.col2im(dilated, $1[0], $1[1])
      },
      Call(name: "sum_pool", arrays: [image, dy]) { unsafe $0.sum_pool(window, 0, $1[0], $1[1]) },
      Call(name: "sum_pool, mean", arrays: [image, dy]) {
        unsafe $0.sum_pool(window, 1, $1[0], $1[1])
      },
      Call(name: "sum_pool_gradient", arrays: [dy, image]) {
        unsafe $0.sum_pool_gradient(window, 1, $1[0], $1[1])
      },
      Call(name: "upsample_bilinear", arrays: [image, large]) {
        unsafe $0.upsample_bilinear(upsampling, $1[0], $1[1])
      },
      Call(name: "upsample_bilinear_gradient", arrays: [large, image]) {
        unsafe $0.upsample_bilinear_gradient(upsampling, $1[0], $1[1])
      },
      Call(name: "resize", arrays: [image, large]) { unsafe $0.resize(resizing, $1[0], $1[1]) },
      Call(name: "resize_gradient", arrays: [large, image]) {
        unsafe $0.resize_gradient(resizing, $1[0], $1[1])
      },
      Call(name: "smooth", arrays: [columns, image, scratch]) {
        unsafe $0.smooth(5, 4 * Int64(n), 3, $1[0], $1[1], $1[2])
      },
      Call(name: "maximum_gradient", arrays: [image + image, image, dy + dy + dy, large]) {
        unsafe $0.maximum_gradient(2, 4, Int64(5 * n), $1[0], $1[1], $1[2], $1[3])
      },
    ]
    return depthwise + others + warps(image, dy, columns, channels: n) + [
      Call(name: "max_pool", arrays: [image, dy]) { unsafe $0.max_pool(window, $1[0], $1[1]) },
      Call(name: "max_pool_gradient", arrays: [image, dy, image]) {
        unsafe $0.max_pool_gradient(window, $1[0], $1[1], $1[2])
      },
      Call(name: "max_pool_rectified", arrays: [image, dy, image]) { kernels, arrays in
        var pool = window
        (pool.stride_height, pool.padding_top, pool.output_height) = (3, 0, 1)
        let choice = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * n)
        defer { unsafe choice.deallocate() }
        unsafe kernels.max_pool_rectified(pool, arrays[0], arrays[1], choice)
        unsafe kernels.max_pool_rectified_gradient(pool, choice, arrays[1], arrays[2], nil)
      },
      Call(name: "col2im", arrays: [columns, image]) {
        unsafe $0.col2im(window, $1[0], $1[1])
      },
    ]
  }
}
