import Cairn

func load(_ folder: String) throws {
  var options = LoadingOptions()
  options.pictureSize = .init(width: 28, height: 28)
  let source = try DataSource(opening: folder, options: options)
  print(source.outline.counts[.train] ?? 0, "pictures,", source.outline.byteCount, "bytes")

  let data = try source.load()
  print(data.train.images.shape, data.classNames ?? [])
  let (train, validation) = data.train.split(holdingOut: 4, seed: 42)
  let batches = Dataset(train).shuffle(bufferSize: train.count, seed: 42).batch(8)
  print(batches.count ?? 0, "batches,", validation.count, "pictures held out")
}
