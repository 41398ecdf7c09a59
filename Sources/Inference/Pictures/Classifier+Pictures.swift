import Images
import Threads

/// Classifying many pictures.
extension Classifier {
  /// Classifies pictures on all threads, and reports the outcomes in the order of the pictures.
  ///
  /// Several pictures at a time are read, decoded and prepared on ``Threads/count`` threads, and
  /// pass through the model together. How many is chosen by the time that they take, so that an
  /// outcome is reported soon, and does not affect the outcomes. Memory is needed for these
  /// pictures only.
  ///
  /// - Parameters:
  ///   - inputs: The pictures.
  ///   - mode: The preprocessing mode.
  ///   - inversion: The inversion mode.
  ///   - report: Receives the outcomes of the pictures that were classified together. If it throws,
  ///     the classification ends.
  /// - Throws: What `report` throws.
  public func classify<Failure: Error>(
    _ inputs: PictureInputs, mode: PreprocessingMode = .auto, inversion: InversionMode = .auto,
    report: (_ outcomes: [PictureOutcome]) throws(Failure) -> Void
  ) throws(Failure) {
    var size = BatchSize()
    while true {
      let batch = Self.batch(of: inputs, limit: size.count)
      guard !batch.isEmpty else { return }
      let start = ContinuousClock.now
      let outcomes = outcomes(of: batch, mode: mode, inversion: inversion)
      if batch.count == size.count { size.adapt(to: .now - start) }
      try report(outcomes)
    }
  }

  /// The next pictures: as many as may be, unless that needs waiting or much memory.
  private static func batch(of inputs: PictureInputs, limit: Int) -> [PictureInput] {
    var batch: [PictureInput] = []
    var byteCount = 0
    while batch.count < limit, byteCount < 1 << 25, batch.isEmpty || inputs.isReady,
      let input = inputs.next()
    {
      byteCount += input.byteCount
      batch.append(input)
    }
    return batch
  }

  /// Classifies pictures together.
  private func outcomes(
    of batch: [PictureInput], mode: PreprocessingMode, inversion: InversionMode
  ) -> [PictureOutcome] {
    let preparation = preparation
    let prepared = concurrently(batch.count) { index in
      preparation(batch[index], mode: mode, inversion: inversion)
    }
    var results: [PictureOutcome.Result?] = prepared.map {
      switch $0 {
      case .input: nil
      case .failure(let error): .failure(error)
      case .otherFile: .otherFile
      }
    }
    var pictures: [(index: Int, name: String, input: ModelPicture)] = []
    for (index, prepared) in prepared.enumerated() {
      if case .input(let input) = prepared { pictures.append((index, batch[index].name, input)) }
    }
    // Activations of large pictures take much memory, and such pictures fill the threads alone.
    let layout = preparation.layout
    let share = max(4, min(256, (1 << 18) / (layout.height * layout.width * layout.channels)))
    while !pictures.isEmpty {
      let part = pictures.prefix(share)
      let answers = predictions(part.map { ($0.name, $0.input) })
      for (picture, answer) in zip(part, answers) {
        switch answer {
        case .success(let prediction): results[picture.index] = .prediction(prediction)
        case .failure(let error): results[picture.index] = .failure(error)
        }
      }
      pictures.removeFirst(part.count)
    }
    return zip(batch, results).map { input, result in
      PictureOutcome(input: input, result: result ?? .otherFile)
    }
  }
}

/// How many pictures are classified together.
private struct BatchSize {
  private(set) var count = 2 * Threads.count

  /// Chooses the next size by the time that the last batch took.
  mutating func adapt(to time: Duration) {
    if time < .milliseconds(40) {
      count = min(2 * count, 1024)
    } else if time > .milliseconds(160) {
      count = max(count / 2, Threads.count)
    }
  }
}

extension PictureInput {
  /// The number of bytes of pixels that the input itself holds.
  fileprivate var byteCount: Int {
    switch content {
    case .file, .noFile, .missing: 0
    case .encoded(let bytes): bytes.count
    case .decoded(let bitmap): bitmap.samples.count
    }
  }
}

/// A picture on its way to the model.
private enum Prepared: Sendable {
  case input(ModelPicture)
  case failure(InferenceError)
  case otherFile
}

extension InputPreparation {
  /// Reads, decodes and prepares a picture.
  fileprivate func callAsFunction(
    _ input: PictureInput, mode: PreprocessingMode, inversion: InversionMode
  ) -> Prepared {
    if case .noFile = input.content { return .otherFile }
    do throws(InferenceError) {
      return .input(try picture(of: input, mode: mode, inversion: inversion))
    } catch {
      // What lies in a folder beside its pictures is no error, unless it looks like a picture.
      if case .picture(let cause) = error, case .otherFormat = cause.reason,
        input.relativePath != nil, !FolderSearch.isNamedAsPicture(input.name)
      {
        return .otherFile
      }
      return .failure(error)
    }
  }

  private func picture(
    of input: PictureInput, mode: PreprocessingMode, inversion: InversionMode
  ) throws(InferenceError) -> ModelPicture {
    if case .missing(let error) = input.content { throw error }
    let image: Image
    do throws(ImageError) {
      switch input.content {
      case .file(let path):
        image = try Image.decode(contentsOf: path, downscaledAbove: largestPixelCount)
      case .encoded(let bytes):
        image = try Image.decode(bytes, downscaledAbove: largestPixelCount)
      case .decoded(let bitmap): image = Image(bitmap)
      case .noFile, .missing: throw ImageError(.unreadable("it is missing"))
      }
    } catch {
      throw .picture(ImageError(error.reason, path: input.name))
    }
    do throws(PreprocessingError) {
      return try self(image, mode: mode, inversion: inversion)
    } catch {
      throw .preprocessing(path: input.name, error)
    }
  }
}
