import Cairn
import TestSupport
import Testing

/// The examples in the comments of the modules for tensors, data and several processes.
@Suite("Examples of tensors, data and processes")
struct DataExamples {
  private let folder = "\(packageDirectory)/samples/mnist"

  @Test func tensorLiteral() {
    let matrix: Tensor = [[1, 2], [3, 4]]  // [2, 2], from literals
    let rows: [[Float]] = [[1, 2], [3, 4]]
    let same = Tensor(rows.flatMap { $0 }, shape: [2, 2])  // [2, 2], from variables
    #expect(matrix == same)
  }

  @Test func size2D() {
    let layer = Conv2D(8, Size2D(3, 5), strides: 2)  // 3 rows, 5 columns; a number is a square
    let features = layer(Tensor(zeros: [1, 28, 28, 1]))  // [1, 13, 12, 8]
    #expect(features.shape == [1, 13, 12, 8])
  }

  @Test func padding() {
    let x = Tensor(zeros: [1, 28, 28, 1])
    let smaller = Conv2D(8, 3, padding: .valid)(x)  // [1, 26, 26, 8]
    let equal = Conv2D(8, 3, padding: .same)(x)  // [1, 28, 28, 8]
    let halved = Conv2D(8, 3, strides: 2, padding: .same)(x)  // [1, 14, 14, 8]
    #expect([smaller, equal, halved].map { $0.shape[1] } == [26, 28, 14])
  }

  @Test func margins() {
    let images = Tensor(repeating: 1, shape: [1, 2, 2, 1])
    let padded = images.zeroPadded(Margins(top: 1, left: 2))  // [1, 3, 4, 1]
    let back = padded.cropped(Margins(top: 1, left: 2))  // images again
    #expect(padded.shape == [1, 3, 4, 1] && back == images)
  }

  @Test func interpolation() {
    let images = Tensor([0, 1], shape: [1, 1, 2, 1])
    let repeated = images.upSampled(Size2D(1, 2))  // 0, 0, 1, 1
    let smooth = images.upSampled(Size2D(1, 2), interpolation: .bilinear)  // 0, 0.25, 0.75, 1
    #expect(repeated.scalars == [0, 0, 1, 1] && smooth.scalars == [0, 0.25, 0.75, 1])
  }

  @Test func affineTransform() {
    let images = Tensor([1, 2, 3], shape: [1, 1, 3, 1])
    let shift = AffineTransform(a: [1, 0, 1])  // pixel x of the output is pixel x + 1
    let moved = images.transformed(by: [shift], fillMode: .constant, fillValue: 0)  // 2, 3, 0
    #expect(moved.scalars == [2, 3, 0])
  }

  @Test func window() {
    let window = Window(3, strides: 2, padding: .same, over: [28, 28, 8])
    print(window?.outputHeight ?? 0, window?.outputWidth ?? 0)  // 14 14
    let tooLarge = Window(5, strides: 1, padding: .valid, over: [3, 3, 1])  // nil
    #expect(window?.outputHeight == 14 && tooLarge == nil)
  }

  @Test func batchNormalized() {
    let rows: Tensor = [[1, 10], [3, 30]]
    let batch = rows.batchNormalized(gamma: nil, beta: nil, epsilon: 0)
    print(batch.mean, batch.variance)  // [2, 20] and [1, 100]; the output is [[-1, -1], [1, 1]]
    #expect(batch.mean == [2, 20] && batch.variance == [1, 100])
    #expect(batch.output == [[-1, -1], [1, 1]])
  }

  @Test func recurrence() {
    let cell = RecurrentCell(.simple, units: 1, activation: .linear)  // h = x W + h R
    var recurrence = Recurrence(cell)
    recurrence.returnsSequences = true
    let steps = Tensor([1, 1, 1], shape: [1, 3, 1])
    let sums = steps.recurrence(recurrence, kernel: [[1]], recurrentKernel: [[1]], bias: nil)
    print(sums.output)  // [1, 3, 1]: 1, 2, 3
    #expect(sums.output.scalars == [1, 2, 3])
  }

  @Test func datasetError() {
    do {
      _ = try DataSource(opening: "photos").load()
    } catch DatasetError.badFiles(_, let files, let count) {
      print("\(files.count) of \(count) files cannot be used, such as \(files[0])")
    } catch {
      print(error)  // such as a folder that does not exist
    }
    #expect(throws: DatasetError.self) { try DataSource(opening: "photos") }
  }

  @Test func idxFile() throws {
    let file = try IDXFile(path: "\(folder)/t10k-images-idx3-ubyte.gz")
    print(file.dimensions)  // [10000, 28, 28] for all of MNIST
    #expect(file.dimensions.dropFirst() == [28, 28])
  }

  @Test func dataOutline() throws {
    let outline = try DataSource(opening: folder).outline
    print(outline.form, outline.height, outline.width, outline.channels)  // idx 28 28 1
    print(outline.counts[.train] ?? 0, "training images take", outline.byteCount, "bytes")
    #expect(outline.form == .idx && outline.height == 28)
  }

  @Test func labeledImages() throws {
    let pixels = [UInt8](repeating: 128, count: 10 * 8 * 8)
    let images = try ImageSet(
      pixels: pixels, classes: (0..<10).map { $0 % 2 }, height: 8, width: 8)
    let (train, validation) = images.split(holdingOut: 2, seed: 1)
    let data = LabeledImages(train: train, validation: validation, classNames: ["cat", "dog"])
    print(data.train.count, data.classCount)  // 8 2
    #expect(data.train.count == 8 && data.classCount == 2)
  }

  @Test func dataDigest() throws {
    let images = try ImageSet(pixels: [0, 255], classes: [0, 1], height: 1, width: 1)

    let earlier = LabeledImages(train: images).digest
    let now = LabeledImages(train: images).digest
    print(now.firstDifference(from: earlier)?.description ?? "the same data")
    #expect(now.firstDifference(from: earlier) == nil)
  }

  @Test func loadingOptions() throws {
    var options = LoadingOptions()
    options.size = .init(width: 14, height: 14)
    options.color = .gray
    options.skipsBadFiles = true
    let data = try DataSource(opening: folder, options: options).load()
    print(data.train.images.shape)  // [count, 14, 14, 1]
    #expect(data.train.height == 14 && data.train.channels == 1)
  }

  @Test func augmentationError() {
    do {
      _ = try AugmentationRecipe(parsing: "shift=2,spin=10")
    } catch {
      print(error)  // that there is no `spin`, and what there is
    }
    #expect(throws: AugmentationError.unknownOperation("spin")) {
      try AugmentationRecipe(parsing: "shift=2,spin=10")
    }
  }

  @Test func communicator() throws {
    let ranks = try Communicator.start()  // under mpirun or srun; alone, it is the only process
    let counts = try ranks.sum([1, 10])  // of all processes: [size, 10 · size]
    if ranks.isFirst { print(ranks.size, "processes,", counts) }
    ranks.end()
    #expect(ranks.size == 1 && counts == [1, 10])
  }

  @Test func rankError() {
    do {
      let ranks = try Communicator.start()
      try ranks.barrier()
      ranks.end()
    } catch RankError.failed(let failure) {
      print("process \(failure.rank ?? 0) on \(failure.host): \(failure)")
    } catch {
      print(error)  // such as a number of processes that is no power of two
    }
  }

  @Test func lostRank() throws {
    let ranks = try Communicator.start(lost: { lost in
      print(lost.description, lost.hint ?? "")  // within seconds of the loss
      exitAfterLoss(lost)
    })
    try ranks.barrier()  // waits for the others, but not for a lost one
    ranks.end()
    #expect(ranks.isWatched)
  }

  @Test func launch() {
    let launch = Launch(environment: ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4"])
    print(launch?.rank ?? 0, "of", launch?.size ?? 1)  // 1 of 4, started by Open MPI
    #expect(launch?.rank == 1 && launch?.size == 4 && launch?.launcher == .openMPI)
  }

  @Test func gradientSum() throws {
    let (model, optimizer, ranks) = (Sequential([Dense(3)]), Adam(), Communicator())
    model.build(inputShape: [4])
    let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
    let shards = (0..<2).map { _ in (Tensor(zeros: [8, 4]), Tensor(zeros: [8])) }

    let sum = GradientSum(of: model.trainableVariables, over: ranks)
    sum.begin()
    for (images, labels) in shards {  // this process's parts of the batch
      let loss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
      sum.add(loss.gradients(), weight: 1 / Float(shards.count * ranks.size))
    }
    optimizer.apply(try sum.finish(), to: model.trainableVariables)  // the same in all processes
    #expect(optimizer.iterations == 1)
  }
}
