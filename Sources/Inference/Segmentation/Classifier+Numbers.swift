public import Images

/// Reading numbers.
extension Classifier {
  /// Reads the numbers in a picture: finds the digits, and classifies each of them.
  ///
  /// The digits of a line are a number. Digits that touch are cut where the model recognises both.
  ///
  /// - Parameters:
  ///   - image: The picture.
  ///   - name: The name of the picture, for the reading and for errors.
  ///   - inversion: The inversion mode.
  /// - Returns: The numbers.
  /// - Throws: ``InferenceError`` if the model does not recognise digits, the picture cannot be
  ///   used, or the model's output is not finite.
  public func readNumbers(
    in image: Image, named name: String, inversion: InversionMode = .auto
  ) throws(InferenceError) -> NumberReading {
    guard recognisesDigits else { throw .otherModel(path: path, .noDigits) }
    let pages: [NumberPage]
    do throws(PreprocessingError) {
      pages = try NumberPage.pages(of: Luminance(image), inversion)
    } catch {
      throw .preprocessing(path: name, error)
    }
    return try readings([(name, pages)])[0].get()
  }

  /// Reads the numbers of several pictures together.
  ///
  /// - Parameter pictures: The names of pictures, and the pages that they may show.
  /// - Returns: For each picture the reading, or an error if the model's output is not finite.
  func readings(
    _ pictures: [(name: String, pages: [NumberPage])]
  ) -> [Result<NumberReading, InferenceError>] {
    var pages = pictures.flatMap(\.pages)
    var problem: InferenceError?
    judge(&pages, &problem)
    for index in pages.indices { pages[index].cutDoubtful() }
    judge(&pages, &problem)
    if let problem { return pictures.map { _ in .failure(problem) } }
    var start = 0
    return pictures.map { picture in
      let readings = pages[start..<start + picture.pages.count].map {
        $0.reading(named: picture.name, rule)
      }
      start += picture.pages.count
      let best = readings.indices.max { readings[$0].certainty < readings[$1].certainty } ?? 0
      let reading = readings[best].reading
      let hasDigits = reading.lines.joined().contains { $0.prediction.rejection == nil }
      if !hasDigits, let problem = picture.pages[best].problem {
        return .failure(.preprocessing(path: picture.name, problem))
      }
      return .success(reading)
    }
  }

  /// Lets the model judge what may be digits.
  private func judge(_ pages: inout [NumberPage], _ problem: inout InferenceError?) {
    let layout = preparation.layout
    let share = batchSize
    var pending: [(page: Int, key: [Int], input: ModelPicture)] = []
    func flush() {
      let answers = predictions(pending.map { ("", $0.input) })
      for (request, answer) in zip(pending, answers) {
        switch answer {
        case .success(let prediction): pages[request.page].add(prediction, for: request.key)
        case .failure(let error): problem = error
        }
      }
      pending = []
    }
    for index in pages.indices {
      for request in pages[index].pending(for: layout) {
        pending.append((index, request.key, request.input))
        if pending.count == share { flush() }
      }
    }
    if !pending.isEmpty { flush() }
  }
}
