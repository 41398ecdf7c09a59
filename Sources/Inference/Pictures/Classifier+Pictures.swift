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
  ///   - readsNumbers: Whether numbers are read, instead of one answer for each picture; then
  ///     `mode` is ignored.
  ///   - report: Receives the outcomes of the pictures that were classified together. If it throws,
  ///     the classification ends.
  /// - Throws: What `report` throws.
  public func classify<Failure: Error>(
    _ inputs: PictureInputs, mode: PreprocessingMode = .auto, inversion: InversionMode = .auto,
    readsNumbers: Bool = false,
    report: (_ outcomes: [PictureOutcome]) throws(Failure) -> Void
  ) throws(Failure) {
    var size = BatchSize(limit: readsNumbers ? Self.pageLimit : 1024)
    while true {
      let batch = Self.batch(of: inputs, limit: size.count)
      guard !batch.isEmpty else { return }
      let start = ContinuousClock.now
      let outcomes = outcomes(
        of: batch, mode: mode, inversion: inversion, readsNumbers: readsNumbers)
      if batch.count == size.count { size.adapt(to: .now - start) }
      try report(outcomes)
    }
  }

  /// Classifies pictures together, or reads the numbers in them.
  func outcomes(
    of batch: [PictureInput], mode: PreprocessingMode, inversion: InversionMode,
    readsNumbers: Bool
  ) -> [PictureOutcome] {
    readsNumbers
      ? readings(of: batch, inversion: inversion)
      : outcomes(of: batch, mode: mode, inversion: inversion)
  }

  /// The largest number of pages in memory.
  static let pageLimit = 8
  /// The largest number of pictures that a thread decodes together.
  private static let decodingLimit = 16

  /// Reads the numbers of pictures together.
  private func readings(
    of batch: [PictureInput], inversion: InversionMode
  ) -> [PictureOutcome] {
    let (path, isAble) = (path, recognisesDigits)
    let prepared = concurrently(batch.count) { index -> Prepared in
      guard isAble else { return .failure(.otherModel(path: path, .noDigits)) }
      return prepare(batch[index]) { () throws(InferenceError) in
        .pages(try batch[index].pages(inversion))
      }
    }
    let pages = zip(batch, prepared).compactMap { input, prepared in
      if case .pages(let pages) = prepared { (name: input.name, pages: pages) } else { nil }
    }
    var readings = readings(pages)[...]
    return zip(batch, prepared).map { input, prepared in
      let result: PictureOutcome.Result =
        switch prepared {
        case .failure(let error): .failure(error)
        case .otherFile, .input: .otherFile
        case .pages:
          switch readings.removeFirst() {
          case .success(let reading): .reading(reading)
          case .failure(let error): .failure(error)
          }
        }
      return PictureOutcome(input: input, result: result)
    }
  }

  /// The next pictures: as many as may be, unless that needs waiting or much memory.
  static func batch(of inputs: PictureInputs, limit: Int) -> [PictureInput] {
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
    let size = min(max(1, batch.count / (2 * Threads.count)), Self.decodingLimit)
    let groups = (batch.count + size - 1) / size
    let prepared = concurrently(groups) { group in
      preparation.pictures(
        of: batch, group * size..<min((group + 1) * size, batch.count), mode: mode,
        inversion: inversion)
    }.flatMap(\.self)
    var results: [PictureOutcome.Result?] = prepared.map {
      switch $0 {
      case .input: nil
      case .failure(let error): .failure(error)
      case .otherFile, .pages: .otherFile
      }
    }
    var pictures: [(index: Int, name: String, input: ModelPicture)] = []
    for (index, prepared) in prepared.enumerated() {
      if case .input(let input) = prepared { pictures.append((index, batch[index].name, input)) }
    }
    let share = batchSize
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
  private let limit: Int
  private(set) var count: Int

  init(limit: Int) {
    self.limit = limit
    count = min(2 * Threads.count, limit)
  }

  /// Chooses the next size by the time that the last batch took.
  mutating func adapt(to time: Duration) {
    if time < .milliseconds(40) {
      count = min(2 * count, limit)
    } else if time > .milliseconds(160) {
      count = max(count / 2, min(Threads.count, limit))
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
    case .image(let image): 2 * image.samples.count
    }
  }
}

/// A picture on its way to the model.
private enum Prepared: Sendable {
  case input(ModelPicture)
  case pages([NumberPage])
  case failure(InferenceError)
  case otherFile
}

/// Prepares a picture for the model, unless it is no picture.
private func prepare(
  _ input: PictureInput, _ body: () throws(InferenceError) -> Prepared
) -> Prepared {
  if case .noFile = input.content { return .otherFile }
  do throws(InferenceError) {
    return try body()
  } catch {
    return input.isOtherFile(error) ? .otherFile : .failure(error)
  }
}

extension InputPreparation {
  /// Reads, decodes and prepares pictures on this thread.
  fileprivate func pictures(
    of inputs: [PictureInput], _ indices: Range<Int>, mode: PreprocessingMode,
    inversion: InversionMode
  ) -> [Prepared] {
    var prepared = [Prepared](repeating: .otherFile, count: indices.count)
    func set(_ index: Int, _ image: () throws(InferenceError) -> Image) {
      let input = inputs[index]
      prepared[index - indices.lowerBound] = prepare(input) { () throws(InferenceError) in
        let image = try image()
        do throws(PreprocessingError) {
          return .input(try self(image, mode: mode, inversion: inversion))
        } catch {
          throw .preprocessing(path: input.name, error)
        }
      }
    }
    Image.decodeEach(
      indices, downscaledAbove: largestPixelCount,
      contents: { (index) throws(ImageError) in
        if let bytes = try inputs[index].encodedContents() { return bytes }
        set(index) { () throws(InferenceError) in try inputs[index].decoded() }
        return nil
      },
      { index, image in
        set(index) { () throws(InferenceError) in
          do throws(ImageError) { return try image.get() } catch {
            throw .picture(ImageError(error.reason, path: inputs[index].name))
          }
        }
      })
    return prepared
  }
}

extension PictureInput {
  /// Whether an error is none, because the file lies beside pictures in a folder, and is not named
  /// like one.
  func isOtherFile(_ error: InferenceError) -> Bool {
    guard case .picture(let cause) = error, case .otherFormat = cause.reason else { return false }
    return relativePath != nil && !FolderSearch.isNamedAsPicture(name)
  }

  /// Reads the picture if it is a PNG or JPEG; otherwise returns `nil`.
  fileprivate func encodedContents() throws(ImageError) -> [UInt8]? {
    switch content {
    case .file(let path): try InputFile.contents(of: path)
    case .encoded(let bytes): bytes
    case .decoded, .image, .noFile, .missing: nil
    }
  }

  /// Reads and decodes the picture, downscaled if it has more pixels than a limit.
  func decoded(
    downscaledAbove limit: Int = Image.maximumDecodedPixelCount
  ) throws(InferenceError) -> Image {
    if case .missing(let error) = content { throw error }
    do throws(ImageError) {
      switch content {
      case .file(let path): return try Image.decode(contentsOf: path, downscaledAbove: limit)
      case .encoded(let bytes): return try Image.decode(bytes, downscaledAbove: limit)
      case .decoded(let bitmap): return Image(bitmap)
      case .image(let image): return image
      case .noFile, .missing: throw ImageError(.unreadable("it is missing"))
      }
    } catch {
      throw .picture(ImageError(error.reason, path: name))
    }
  }

  /// Reads and decodes the picture, and finds what may be digits.
  fileprivate func pages(_ inversion: InversionMode) throws(InferenceError) -> [NumberPage] {
    let picture = Luminance(try decoded(downscaledAbove: NumberPage.largestPixelCount))
    do throws(PreprocessingError) {
      return try NumberPage.pages(of: picture, inversion)
    } catch {
      throw .preprocessing(path: name, error)
    }
  }
}
