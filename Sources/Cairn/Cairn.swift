/// The library: `import Cairn` imports the modules for models, data, checkpoints and programs.
///
/// The modules of the low-level formats, `HDF5` and `Zip`, are imported separately where a file is
/// read or written by hand; `HDF5` has a `Dataset` of its own. Of `Files` it has the error that
/// other modules throw. Every module can be imported alone.
@_exported public import CheckpointStore
@_exported public import Checkpoints
@_exported public import Conversion
@_exported public import Datasets
@_exported public import enum Files.FileError
@_exported public import Inference
@_exported public import Inspection
@_exported public import JSON
@_exported public import ModelFiles
@_exported public import NeuralNetwork
@_exported public import Images
@_exported public import Plots
@_exported public import Ranks
@_exported public import Sandbox
@_exported public import Tensors
@_exported public import Threads
@_exported public import Training
