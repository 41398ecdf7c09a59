import Files
import Images
public import Inference
package import JSON
import Synchronization

/// Answers requests with a classifier; it knows nothing of connections.
///
/// Pictures are decoded by several threads at once, and classified one after the other.
public final class PictureService: Sendable {
  private let classifier: Mutex<Classifier>

  /// What the model is, as JSON.
  package let model: JSON

  /// Creates a service.
  ///
  /// - Parameters:
  ///   - classifier: The classifier.
  ///   - name: The name of the model, for people; of a path, its last part is shown.
  public init(_ classifier: sending Classifier, name: String) {
    model = classifier.description(named: name)
    self.classifier = Mutex(classifier)
  }

  /// Answers a request that ``RequestRules`` did not refuse.
  ///
  /// - Parameter request: The request.
  /// - Returns: The answer.
  package func answer(_ request: ServiceRequest) -> ServiceAnswer {
    switch Endpoint(rawValue: String(request.head.path)) {
    case .page: return Page.answer
    case .health: return ServiceAnswer(.object(["status": .string("ok")]))
    case .model: return ServiceAnswer(model)
    case .predict: break
    case nil: return ServiceAnswer(.notFound, "There is nothing at this path")
    }
    do throws(ServiceFailure) {
      return ServiceAnswer(try prediction(request))
    } catch {
      return ServiceAnswer(error.status, error.message)
    }
  }

  /// Classifies the picture of a request.
  private func prediction(_ request: ServiceRequest) throws(ServiceFailure) -> JSON {
    let query: PredictionQuery
    do throws(PredictionQuery.Problem) {
      query = try PredictionQuery(request.head.query)
    } catch {
      throw ServiceFailure(.badRequest, "\(error)")
    }
    let (image, name) = try picture(request)
    return try classifier.withLock { classifier throws(ServiceFailure) in
      let prediction: Prediction
      do throws(InferenceError) {
        prediction = try classifier(image, named: name)
      } catch {
        throw ServiceFailure(error)
      }
      var json = prediction.json.object ?? JSON.Object()
      if query.showsInput { json["seen"] = try Self.json(prediction.picture) }
      if let method = query.method {
        let explanation: Explanation
        do throws(ExplanationError) {
          explanation = try classifier.explain(prediction, by: method)
        } catch {
          throw ServiceFailure(.badRequest, "\(error); explain=occlusion works")
        }
        json["explanation"] = .object([
          "method": .string(method.rawValue), "class": .integer(explanation.label),
          "empty": .bool(explanation.influence.allSatisfy { $0 == 0 }),
          "picture": try Self.json(explanation.image(over: prediction)),
        ])
      }
      return .object(json)
    }
  }

  /// Decodes the picture of a request, and finds its name.
  private func picture(
    _ request: ServiceRequest
  ) throws(ServiceFailure) -> (image: Image, name: String) {
    var (bytes, name) = (request.body, "-")
    if request.head.mediaType == "multipart/form-data" {
      let type = request.head.values(of: "content-type")[0]
      guard let file = FormFile(in: bytes, contentType: type) else {
        throw ServiceFailure(.badRequest, "The form must have a file")
      }
      (bytes, name) = (Array(file.bytes), file.name ?? name)
    }
    do throws(ImageError) {
      return (try Image.decode(bytes), name)
    } catch {
      throw ServiceFailure(ImageError(error.reason, path: name))
    }
  }

  /// A picture as JSON: its size, and a PNG in Base64.
  private static func json(_ image: Image) throws(ServiceFailure) -> JSON {
    do throws(ImageError) {
      return .object([
        "width": .integer(image.width), "height": .integer(image.height),
        "png": .string(Base64.text(of: try image.encoded())),
      ])
    } catch {
      throw ServiceFailure(error)
    }
  }
}

extension Classifier {
  /// What the model is, as JSON.
  fileprivate func description(named name: String) -> JSON {
    .object([
      // Paths of this machine are nobody else's business.
      "name": .string(PathText.printable(name.split(separator: "/").last.map(String.init) ?? name)),
      "recognises_digits": .bool(recognisesDigits),
      "classes": .array(
        (0..<classCount).map {
          .string(classNames.indices.contains($0) ? classNames[$0] : "\($0)")
        }),
      "rejected_class": rejectedClass.map(JSON.integer),
      "input": .object([
        "width": .integer(inputSize.width), "height": .integer(inputSize.height),
        "channels": .integer(inputChannels),
      ]),
      "explanations": .array(explanationMethods.map { .string($0.rawValue) }),
    ])
  }
}
