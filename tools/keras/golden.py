"""What the generators of golden fixtures share: a reproducible Keras, a reproducible HDF5 file.

Import this module before Keras or TensorFlow: threads and kernels are fixed when TensorFlow loads.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["OMP_NUM_THREADS"] = "1"
# oneDNN picks other kernels, and so other orders of summation, on other processors.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import h5py
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.config.experimental.enable_op_determinism()
# It warns of functions traced again, which is what training a new model each time means.
tf.get_logger().setLevel("ERROR")

import keras

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "NeuralNetworkTests" / "Fixtures"

# The optimizers that every golden file covers; what is not named here is Keras's default.
OPTIMIZERS = {
    "sgd": ("SGD", {}),
    "sgd_momentum": ("SGD", {"momentum": 0.9}),
    "sgd_nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "rmsprop": ("RMSprop", {}),
    "rmsprop_momentum": ("RMSprop", {"momentum": 0.9}),
    "rmsprop_centered": ("RMSprop", {"centered": True}),
    "rmsprop_centered_momentum": ("RMSprop", {"centered": True, "momentum": 0.9}),
    "adam": ("Adam", {}),
    "adam_amsgrad": ("Adam", {"amsgrad": True}),
}


def make_optimizer(name):
    """Returns a fresh optimizer of the configuration called `name`."""
    class_name, arguments = OPTIMIZERS[name]
    return getattr(keras.optimizers, class_name)(**arguments)


def plain(config):
    """Returns a Keras configuration with NumPy scalars turned into Python's, ready for JSON."""
    return json.loads(json.dumps(config, default=lambda value: value.item()))


class Fixture:
    """An HDF5 file whose bytes depend on its content alone: no times, no compression, no chunks."""

    def __init__(self, path, generator):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.file = h5py.File(path, "w")
        self.text("/", "generator", generator)
        self.text("/", "keras_version", keras.__version__)
        self.text("/", "tensorflow_version", tf.__version__)

    def text(self, group, name, value):
        """Writes `value` as a variable-length UTF-8 attribute, creating the group if need be."""
        self.file.require_group(group).attrs.create(name, value, dtype=h5py.string_dtype("utf-8"))

    def json(self, group, name, value):
        """Writes `value` as JSON text into a variable-length UTF-8 attribute."""
        self.text(group, name, json.dumps(plain(value), sort_keys=True, ensure_ascii=False))

    def array(self, path, value, dtype=None):
        """Writes one contiguous little-endian dataset: int64 for whole numbers, else float32."""
        value = np.asarray(value)
        if dtype is None:
            dtype = "<i8" if value.dtype.kind in "iu" else "<f4"
        if value.dtype.kind == "f" and value.dtype.itemsize > 4 and dtype == "<f4":
            raise TypeError(f"{path} is {value.dtype}: golden values are float32")
        self.file.create_dataset(path, data=value.astype(dtype), track_times=False)

    def arrays(self, group, values):
        """Writes the datasets `group/0`, `group/1`, ...; the group is there without any, too."""
        self.file.require_group(group)
        for index, value in enumerate(values):
            self.array(f"{group}/{index}", value)

    def close(self):
        self.file.close()
        print(f"{self.path.relative_to(ROOT)}: {self.path.stat().st_size} bytes")
