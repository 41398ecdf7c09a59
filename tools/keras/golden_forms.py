#!/usr/bin/env python
"""Writes small files in every form that Keras knows for weights, and what Keras computes from them.

    golden_forms.py FOLDER       (Tests/CheckpointsTests/Fixtures/forms)

The forms that no version of Keras at hand writes any more are made from its files with h5py and
zipfile. `expected.h5` holds for each model the inputs, the weights in the order of `model.weights`
and the outputs.
"""

import os
import shutil
import sys
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import keras
import numpy as np
from keras import layers
from keras.src.legacy.saving import legacy_h5_format

OUT = sys.argv[1]
os.makedirs(OUT, exist_ok=True)
os.chdir(OUT)
keras.utils.set_random_seed(7)
RNG = np.random.default_rng(11)
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
X = RNG.random((4, 6, 6, 1), dtype=np.float32)
Y = RNG.integers(0, 2, 4)
expected = h5py.File("expected.h5", "w")
expected["x"] = X


def scramble(model):
    """Gives every weight values of its own, biases too."""
    for weight in model.weights:
        if weight.dtype in ("float16", "bfloat16", "float32", "float64"):
            weight.assign(RNG.normal(0, 0.5, weight.shape))


def expect(name, model, optimizer=None):
    for index, weight in enumerate(model.weights):
        value = np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(weight, "float64")))
        expected[f"{name}/w/{index}"] = value.astype(np.float32)
    expected[f"{name}/y"] = np.asarray(model.predict(X, verbose=0)).astype(np.float32)
    if optimizer is not None:
        for index, variable in enumerate(optimizer.variables):
            expected[f"{name}/opt/{index}"] = np.asarray(variable).astype(np.float32)


def small(dtype=None, name="small"):
    return keras.Sequential(
        [
            keras.Input((6, 6, 1), dtype=dtype),
            layers.Conv2D(2, 3, activation="relu", dtype=dtype),
            layers.Flatten(dtype=dtype),
            layers.Dense(3, activation="relu", dtype=dtype),
            layers.Dense(2, dtype=dtype),
        ],
        name=name,
    )


def save_trained(name, model, optimizer="adam", epochs=3):
    """Scrambles, trains and saves a model in the three forms that Keras writes."""
    scramble(model)
    model.compile(optimizer, LOSS)
    model.fit(X, Y, epochs=epochs, batch_size=4, verbose=0)
    model.save_weights(f"{name}.weights.h5")
    model.save(f"{name}.keras")
    model.save(f"{name}.h5")
    expect(name, model, getattr(model.optimizer, "inner_optimizer", model.optimizer))


# --- One model, trained, in all forms.
model = small()
save_trained("small", model)


def copy(source, target, **options):
    """Copies every object, with other options for the datasets."""
    with h5py.File(source) as old, h5py.File(target, "w", **options.pop("file", {})) as new:

        def visit(name, item):
            if isinstance(item, h5py.Group):
                group = new.require_group(name)
            else:
                value = item[()]
                kind = options.get("dtype")
                if kind and value.dtype == np.float32:
                    value = value.astype(kind)
                storage = options.get("storage", {}) if value.shape else {}
                group = new.create_dataset(name, data=value, **storage)
            for key, attribute in item.attrs.items():
                group.attrs[key] = attribute

        old.visititems(visit)
        for key, attribute in old.attrs.items():
            new.attrs[key] = attribute


filters = dict(chunks=True, compression="gzip", shuffle=True, fletcher32=True)
copy("small.weights.h5", "small_filters.weights.h5", storage=filters)
copy("small.weights.h5", "small_big_endian.weights.h5", dtype=">f4")
copy("small.weights.h5", "small_latest.weights.h5", file=dict(libver="latest"))
copy("small.weights.h5", "small_user_block.weights.h5", file=dict(userblock_size=1024))
with h5py.File("small.weights.h5") as old, h5py.File("small_2_13.weights.h5", "w") as new:
    for key in old:
        old.copy(key, new, "_layer_checkpoint_dependencies" if key == "layers" else key)
    new.visititems(lambda name, item: item.attrs.pop("name", None) and None)

# Lists of names in pieces, as Keras splits them when they are too long.
limit = legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT
legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT = 64
model.save("small_split.h5")
legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT = limit
# Lists of names as h5py wrote them in 2019: fixed strings, with ":0" behind the names.
with h5py.File("small.h5") as old, h5py.File("small_2019.h5", "w") as new:
    root = old["model_weights"]
    names = [name for name in root.attrs["layer_names"]]
    new.attrs["layer_names"] = np.array([name.encode() for name in names])
    new.attrs["backend"] = b"tensorflow"
    for name in names:
        group = new.create_group(name)
        weights = root[name].attrs["weight_names"]
        group.attrs["weight_names"] = np.array([f"{w}:0".encode() for w in weights])
        for weight in weights:
            group[f"{weight}:0"] = root[name][weight][()]

# Archives that Python's zipfile and other programs make.
with zipfile.ZipFile("small.keras") as old:
    members = {name: old.read(name) for name in old.namelist()}
with zipfile.ZipFile("small_deflated.keras", "w", zipfile.ZIP_DEFLATED) as new:
    for name, data in members.items():
        new.writestr(name, data)
with zipfile.ZipFile("small_zip64.keras", "w") as new:
    for name, data in members.items():
        with new.open(name, "w", force_zip64=True) as file:
            file.write(data)


class Unseekable:
    """Makes zipfile write sizes behind the contents."""

    def __init__(self, file):
        self.file = file

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()


with open("small_streamed.keras", "wb") as file:
    with zipfile.ZipFile(Unseekable(file), "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            new.writestr(name, data)

# --- Compiled and never trained: the optimizer has its head only.
model = small(name="fresh")
scramble(model)
model.compile("adam", LOSS)
model.save_weights("fresh.weights.h5")
model.save("fresh.h5")
expect("fresh", model)

# --- Other types.
for dtype in ["float16", "bfloat16", "float64"]:
    model = small(dtype, name=dtype)
    scramble(model)
    model.save_weights(f"{dtype}.weights.h5")
    model.save(f"{dtype}.h5")
    expect(dtype, model)

# --- An optimizer that scales the loss.
keras.config.set_dtype_policy("mixed_float16")
model = small(name="scaled")
keras.config.set_dtype_policy("float32")
save_trained("scaled", model, keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01)))

# --- Models in models, one of them a chain that Keras calls functional, and a frozen layer.
inner_input = h = keras.Input((18,), name="inner_input")
for width in (5, 5):
    h = layers.Dense(width, activation="tanh")(h)
chain = keras.Model(inner_input, h, name="chain")
frozen = layers.Dense(5, name="frozen", trainable=False)
stack = keras.Sequential(
    [keras.Input((5,)), layers.Dense(5, name="first"), frozen, layers.Dense(5, name="last")],
    name="stack",
)
deep = keras.Sequential([keras.Input((5,)), stack, layers.Dense(5, activation="relu")], name="deep")
inputs = keras.Input((6, 6, 1))
h = layers.MaxPooling2D(2)(inputs)
h = layers.Flatten()(layers.Conv2D(2, 1)(h))
h = layers.Dense(2, name="zeta")(deep(chain(h)))
model = keras.Model(inputs, h, name="nested")
save_trained("nested", model, epochs=2)


# --- Subclassed models with layers of equal shapes; also without names, as before Keras 3.6.
class Equal(keras.Model):
    """Attributes whose names come after `layers` are stored in `/layers`."""

    def __init__(self, name, attributes):
        super().__init__(name=name)
        self.flatten = layers.Flatten()
        for attribute, activation in zip(attributes, ["relu", "tanh", None]):
            setattr(self, attribute, layers.Dense(4, activation=activation))
        self.attributes = list(attributes)

    def call(self, x):
        x = self.flatten(x)[:, :4]
        for attribute in self.attributes:
            x = getattr(self, attribute)(x)
        return x


for name, attributes in [
    ("equal", ["foxtrot", "echo", "alpha"]),
    ("mixed", ["zulu", "mike", "alpha"]),
]:
    model = Equal(name, attributes)
    model(X)
    scramble(model)
    model.save_weights(f"{name}.weights.h5")
    expect(name, model)
    with (
        h5py.File(f"{name}.weights.h5") as old,
        h5py.File(f"{name}_nameless.weights.h5", "w") as new,
    ):
        for key in old:
            old.copy(key, new)
        new.visititems(lambda name, item: item.attrs.pop("name", None) and None)

expected.close()
