package import NeuralNetwork

/// A layer that returns its input at inference, and is left out of the graph.
package protocol OmittedLayer: Layer {}

extension ActivityRegularization: OmittedLayer {}

extension BaseDropout: OmittedLayer {}

extension GaussianNoise: OmittedLayer {}

extension Identity: OmittedLayer {}

extension RandomAugmentation: OmittedLayer {}

extension UntrainedAugmentation: OmittedLayer {}
