"""Small models in every form of file, with a place for something evil in each."""

import hashlib
import io
import json
import struct

import h5py
import numpy as np
import zips
from hdf5_bytes import Image, sealed

TEXT = h5py.string_dtype("utf-8")
SHAPE = (1, 4)


def layer(kind, name, **config):
    return {"class_name": kind, "config": {"name": name, **config}}


def keras_layer(kind, name, **config):
    return {
        "module": "keras.layers", "class_name": kind, "registered_name": None,
        "config": {"name": name, "trainable": True, "dtype": "float32", **config},
    }


def input_layer(shape=(28, 28, 1)):
    return layer("InputLayer", "input", batch_shape=[None, *shape], dtype="float32")


def named_input(name):
    return {"class_name": "InputLayer", "config": {**input_layer()["config"], "name": name}}


def sequential(*layers, name="sequential"):
    return {"class_name": "Sequential", "config": {"name": name, "layers": list(layers)}}


DENSE = layer("Dense", "dense", units=4, activation="softmax", use_bias=True)
POOLING = layer("GlobalAveragePooling2D", "pooling")


def tiny(*additional):
    """A model of 8 weights: the mean of the pixels, and a dense layer with 4 units."""
    return sequential(input_layer(), *additional, POOLING, DENSE)


def plain(image, group, name, shape, dtype):
    group.create_dataset(name, data=np.zeros(shape, dtype))


def whole_model(kernel=plain, config=None, libver=("earliest", "v110"), change=None):
    """A whole model (.h5) of Keras; `kernel` writes the kernel of its dense layer, and `change`
    changes the rest."""
    image = Image(libver)
    file = image.file
    file.attrs["keras_version"] = "3.15.1"
    file.attrs["backend"] = "tensorflow"
    text = config if isinstance(config, str) else json.dumps(config or tiny())
    set_text(file, "model_config", text)
    weights = file.create_group("model_weights")
    weights.attrs["layer_names"] = np.array([b"pooling", b"dense"])
    weights.create_group("pooling").attrs["weight_names"] = np.array([], "S1")
    dense = weights.create_group("dense")
    dense.attrs["weight_names"] = np.array([b"dense/kernel", b"dense/bias"])
    dense = dense.create_group("dense")
    kernel(image, dense, "kernel", SHAPE, "f4")
    dense["bias"] = np.zeros(4, "f4")
    if change:
        change(file)
    return image.finish()


def set_text(place, name, text):
    """Stores a text of any length as a string of variable length, which has no limit."""
    place.attrs.create(name, text, dtype=TEXT)


def weights_file(kernel=plain, libver=("earliest", "v110")):
    """A file .weights.h5 of Keras 3."""
    image = Image(libver)
    layers = image.file.create_group("layers")
    layers.create_group("global_average_pooling2d/vars")
    dense = layers.create_group("dense/vars")
    kernel(image, dense, "0", SHAPE, "f4")
    dense["1"] = np.zeros(4, "f4")
    image.file.create_group("vars")
    return image.finish()


def metadata():
    return json.dumps({"keras_version": "3.15.1", "date_saved": "2026-01-01@00:00:00"}).encode()


def archive(weights=None, config=None):
    """A file .keras."""
    if not isinstance(config, bytes):
        config = json.dumps(config or tiny()).encode()
    return zips.archive(
        ("metadata.json", metadata()),
        ("config.json", config),
        ("model.weights.h5", weights or weights_file()),
    )


def checkpoint(kernel=plain, config=None, seals=True):
    """A checkpoint of Cairn without a run, with a valid seal."""
    image = Image()
    file = image.file
    file.attrs["checkpoint_format"] = "cairn"
    file.attrs["checkpoint_format_version"] = 1
    file.attrs["keras_version"] = "3.15.1"
    file.attrs["backend"] = "tensorflow"
    set_text(file, "model_config", json.dumps(config or tiny()))
    file.create_group("vars").attrs["name"] = "sequential"
    file.create_group("layers/global_average_pooling2d/vars").attrs["name"] = "pooling"
    dense = file.create_group("layers/dense/vars")
    dense.attrs["name"] = "dense"
    kernel(image, dense, "0", SHAPE, "f4")
    dense["1"] = np.zeros(4, "f4")
    data = image.finish()
    return sealed(data) if seals else data


# The SHA-256 of samples/mnist, by which a run recognises its data.
DATA = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"


def run(
    evil=plain, place="training_state/accumulators/loss", change=None, *, data=DATA,
    shape=(28, 28, 1), classes=10, settings=None,
):
    """A checkpoint of a run of the linear model that can be resumed, sealed; by default on
    samples/mnist.

    `evil` writes the dataset at `place`, and `change` changes the rest. `data` is the SHA-256 of
    the data, and `settings` are further settings of the run."""
    image = Image()
    file = image.file

    def put(path, value, dtype=None):
        value = np.asarray(value, dtype)
        group, name = path.rsplit("/", 1)
        if path == place and evil is not plain:
            evil(image, file.require_group(group), name, value.shape, value.dtype)
        else:
            file.require_group(group).create_dataset(name, data=value)

    def text(path, value):
        group, name = path.rsplit("/", 1)
        file.require_group(group).create_dataset(name, data=value, dtype=TEXT)

    file.attrs["checkpoint_format"] = "cairn"
    file.attrs["checkpoint_format_version"] = 1
    file.attrs["keras_version"] = "3.15.1"
    file.attrs["backend"] = "tensorflow"
    config = sequential(
        input_layer(shape), layer("Flatten", "flatten"),
        layer("Dense", "dense", units=classes, activation="linear"), name="linear",
    )
    kernel, bias = np.zeros((int(np.prod(shape)), classes), "f4"), np.zeros(classes, "f4")
    loss = {"from_logits": True, "name": "sparse_categorical_crossentropy"}
    adam = {
        "amsgrad": False, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07,
        "learning_rate": 0.001, "name": "adam",
    }
    training = {
        "loss": {"class_name": "SparseCategoricalCrossentropy", "config": loss},
        "metrics": ["accuracy"], "loss_weights": None, "weighted_metrics": None,
        "optimizer_config": {"class_name": "Adam", "config": adam},
    }
    set_text(file, "model_config", json.dumps(config))
    set_text(file, "training_config", json.dumps(training))
    file.create_group("vars").attrs["name"] = "linear"
    file.create_group("layers/flatten/vars").attrs["name"] = "flatten"
    file.create_group("layers/dense/vars").attrs["name"] = "dense"
    file.create_group("optimizer/vars").attrs["name"] = "adam"
    tensors = {
        "layers/dense/vars/0": kernel,
        "layers/dense/vars/1": bias,
        "optimizer/vars/0": np.array(1, "i8"),
        "optimizer/vars/1": np.array(0.001, "f4"),
        "optimizer/vars/2": kernel,
        "optimizer/vars/3": kernel,
        "optimizer/vars/4": bias,
        "optimizer/vars/5": bias,
    }
    for path, value in tensors.items():
        put(path, value)
    state = file.create_group("training_state")
    state.attrs["format_version"] = 1
    put("training_state/accumulators/accuracy", [1, 32], "i8")
    put("training_state/accumulators/loss", [78.0, 32.0], "f8")
    settings = {
        "batch_size": 32, "data_sha256": data, "learning_rate": 0.001, "model": "linear",
        "optimizer": "adam", "seed": "0", "shuffle_buffer": 10000, **(settings or {}),
    }
    text(
        "training_state/config_json", json.dumps(settings, separators=(",", ":"), sort_keys=True)
    )
    digests = [digest(value) for value in tensors.values()]
    put("training_state/content/digests", np.frombuffer(b"".join(digests), "u1").reshape(-1, 32))
    text("training_state/content/paths", list(tensors))
    put("training_state/dataset/position", [0, 1], "i8")
    text("training_state/dataset/sha256", data)
    environment = file.create_group("training_state/environment")
    environment.attrs["run_id"] = "1b7c4c203ea071a1"
    environment.attrs["epochs"] = "5"
    file.create_group("training_state/history")
    put("training_state/epoch", 0, "i8")
    put("training_state/global_step", 1, "i8")
    put("training_state/step_in_epoch", 1, "i8")
    put("training_state/rng/seed", 0, "u8")
    if change:
        change(file)
    return sealed(image.finish(), 1)


def digest(value):
    def sha256(data):
        return hashlib.sha256(data).digest()

    heading = f"{value.dtype} {'x'.join(map(str, value.shape))}\n".encode()
    data = value.tobytes()
    pieces = (data[start : start + 16384] for start in range(0, len(data), 16384))
    return sha256(heading + b"".join(map(sha256, pieces)))


def array(value, name="x"):
    """An .npy."""
    buffer = io.BytesIO()
    np.save(buffer, value)
    return buffer.getvalue()


def safetensors(tensors, metadata=None):
    """A file .safetensors of names and arrays."""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, value in tensors.items():
        value = np.asarray(value, "f4")
        header[name] = {
            "dtype": "F32", "shape": list(value.shape),
            "data_offsets": [len(data), len(data) + value.nbytes],
        }
        data += value.tobytes()
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data
