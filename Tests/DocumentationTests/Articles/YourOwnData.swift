import Cairn

func load(_ folder: String) throws -> LabeledImages {
  var options = LoadingOptions()
  options.size = .init(width: 32, height: 32)
  let source = try DataSource(opening: folder, options: options)
  let outline = source.outline
  print(outline.counts[.train] ?? 0, "pictures,", outline.byteCount, "bytes")

  let data = try source.load()
  print(data.train.images.shape, data.classNames ?? [])
  return data
}

func train(on data: LabeledImages, saveTo path: String) throws -> History {
  let (train, validation) = data.train.split(holdingOut: data.train.count / 5, seed: 42)
  let batches = Dataset(train)
    .augment(AugmentationRecipe(shift: 3, rotate: 15, flip: true), seed: 42)
    .shuffle(bufferSize: train.count, seed: 42).batch(32).prefetch(2)

  let model = Sequential([
    Conv2D(16, 3, activation: .relu), MaxPooling2D(), Flatten(), Dense(data.classCount),
  ])
  model.compile(
    optimizer: Adam(), loss: SparseCategoricalCrossentropy(fromLogits: true),
    metrics: [.accuracy])
  model.seed = 42  // the same weights, and so the same result, each time
  let history = model.fit(batches, epochs: 4, validationData: Dataset(validation).batch(32))

  let pictures = PictureConfig(classNames: data.classNames ?? [], fit: "crop")
  try Checkpoint(model: model, pictures: pictures).save(to: path)
  return history
}

func images(pixels: [UInt8], classes: [UInt16]) throws -> Dataset {
  let images = try ImageSet(pixels: pixels, classes: classes, height: 28, width: 28)
  return Dataset(images).batch(32)  // bytes divided by 255: [32, 28, 28, 1] and [32]
}

func rows(_ rows: [Float], labels: [Float]) -> Dataset {
  let inputs = Tensor(rows, shape: [labels.count, rows.count / labels.count])
  return Dataset(images: inputs, labels: Tensor(labels)).batch(32)
}
