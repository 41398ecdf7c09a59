import JSON

extension RunOptions {
  /// The requested options of the optimizer, in Keras's form.
  var optimizerOptions: JSON.Object {
    var options: JSON.Object = [:]
    options["weight_decay"] = weightDecay.map(JSON.number)
    options["clipnorm"] = clipnorm.map(JSON.number)
    options["gradient_accumulation_steps"] = gradientAccumulationSteps.map(JSON.integer)
    return options
  }
}
