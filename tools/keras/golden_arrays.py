"""What the generators of whole files share: one thread, and files with the expected numbers.

Import this module before Keras or TensorFlow: threads and kernels are fixed when TensorFlow loads.
"""

import logging
import os
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import h5py
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.get_logger().setLevel("ERROR")
logging.getLogger("absl").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")


def expected(name, **arrays):
    """Writes the same arrays twice: NAME.npz, and NAME.expected.h5 with flat datasets."""
    np.savez(f"{name}.npz", **arrays)
    with h5py.File(f"{name}.expected.h5", "w") as file:
        for key, value in arrays.items():
            value = np.asarray(value)
            if value.dtype.kind in "US":
                texts = [str(text) for text in value.ravel()]
                file.create_dataset(key, data=texts, dtype=h5py.string_dtype())
            else:
                file.create_dataset(key, data=value)
