/// The complete library: `import Cairn` imports all of its modules.
///
/// Modules can also be imported separately, to link only a part or to avoid name conflicts.
@_exported public import CheckpointStore
@_exported public import Checkpoints
@_exported public import Conversion
@_exported public import Datasets
@_exported public import HDF5
@_exported public import Inference
@_exported public import Inspection
@_exported public import JSON
@_exported public import ModelFiles
@_exported public import NeuralNetwork
@_exported public import PNG
@_exported public import Tensors
@_exported public import Threads
@_exported public import Training
@_exported public import Zip

/// A sequence of examples; the dataset of an HDF5 file is `HDF5.Dataset`.
public typealias Dataset = Datasets.Dataset
