import Cairn

func picturesPerSecond(_ model: Model, _ images: ImageSet, batchSize: Int) -> Double {
  let batches = Dataset(images).batch(batchSize).prefetch(2)
  let start = ContinuousClock.now
  _ = model.evaluate(batches)
  return Double(images.count) / ((ContinuousClock.now - start) / .seconds(1))
}
