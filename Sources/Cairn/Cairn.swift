/// The whole library: `import Cairn` brings every module of it.
///
/// A module can also be imported alone, which is what a program does that needs only a part, or a name
/// that another module of its own has too.
@_exported public import Checkpoints
@_exported public import Datasets
@_exported public import HDF5
@_exported public import Inference
@_exported public import Inspection
@_exported public import NeuralNetwork
@_exported public import PNG
@_exported public import Tensors
@_exported public import Training
@_exported public import Zip

/// A sequence of examples; the dataset of an HDF5 file is `HDF5.Dataset`.
public typealias Dataset = Datasets.Dataset
