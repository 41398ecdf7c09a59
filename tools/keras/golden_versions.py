#!/usr/bin/env python
"""Writes small files as versions of Keras wrote them that cannot be installed any more.

    golden_versions.py FOLDER       (Tests/CheckpointsTests/Fixtures/versions)

What Keras 3.15 and tf_keras still write comes from them. The rest is imitated with h5py after the
sources: optimizers.py of Keras 1.2.2 to 2.3.1 (order and names of the slots), saving/saving_lib.py
and engine/functional.py of Keras 2.12 and 2.13 (`_layer_checkpoint_dependencies`, in which a layer
with weights is counted twice; paths joined with a backslash on Windows), models.py of Keras 1.

`expected.h5` holds for each model inputs, outputs, the weights, the slots `m` and `v`, and the
weights after one more step.
"""

import io
import json
import os
import sys
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import keras
import numpy as np
import tf_keras

OUT = sys.argv[1]
os.makedirs(OUT, exist_ok=True)
os.chdir(OUT)
RNG = np.random.default_rng(5)
X = RNG.normal(0, 1, (6, 4)).astype(np.float32)
Y = RNG.normal(0, 1, (6, 4)).astype(np.float32)
expected = h5py.File("expected.h5", "w")
expected["x"], expected["y"] = X, Y


def expect(name, model):
    for index, weight in enumerate(model.weights):
        expected[f"{name}/w/{index}"] = np.asarray(weight)
    expected[f"{name}/out"] = np.asarray(model.predict(X, verbose=0))


def scramble(model):
    for weight in model.weights:
        value = RNG.normal(0, 0.5, weight.shape)
        weight.assign(np.abs(value) if "variance" in weight.name else value)


# --- Optimizers: three layers of equal shapes, so that only the order tells what is what.
def trained(optimizer, name):
    layers = [tf_keras.layers.Dense(4, use_bias=False, name=f"dense_{index}") for index in range(3)]
    model = tf_keras.Sequential([tf_keras.Input((4,))] + layers)
    scramble(model)
    # In a graph, the Nadam of tf_keras multiplies its momenta once for each variable and no more.
    model.compile(optimizer, "mse", run_eagerly=True)
    for _ in range(3):
        model.train_on_batch(X, Y)
    model.save(f"{name}.h5")
    expect(name, model)
    model.train_on_batch(X, Y)
    for index, weight in enumerate(model.weights):
        expected[f"{name}/next/{index}"] = np.asarray(weight)


legacy = tf_keras.optimizers.legacy
trained(legacy.Adam(0.01, decay=0.5), "adam_decay")
trained(legacy.Adam(0.01, amsgrad=True), "amsgrad")
trained(legacy.RMSprop(0.01), "rmsprop")
trained(legacy.Nadam(0.01), "nadam_legacy")
trained(tf_keras.optimizers.Nadam(0.01), "nadam")


def imitate(source, target, version, names, config, head=np.int64, placeholders=0):
    """Writes the state of a legacy optimizer under other names, with the version and the
    configuration of then."""
    with h5py.File(source) as old, h5py.File(target, "w") as new:
        for key in old:
            if key != "optimizer_weights":
                old.copy(key, new)
        for key, value in old.attrs.items():
            new.attrs[key] = value
        if version:
            new.attrs["keras_version"] = version
        else:
            del new.attrs["keras_version"]
        training = json.loads(old.attrs["training_config"])
        training["optimizer_config"] = config
        new.attrs["training_config"] = json.dumps(training)
        weights = old["optimizer_weights"]
        values = [weights[name][()] for name in weights.attrs["weight_names"]]
        values[0] = values[0].astype(head) if head else None
        values = [value for value in values if value is not None]
        values += [np.zeros(1, np.float32)] * placeholders
        group = new.create_group("optimizer_weights")
        names = names(len(values))
        for name, value in zip(names, values):
            group[name] = value
        group.attrs["weight_names"] = names


def variables(count):
    """Keras 2.1 and 2.2: K.zeros without names."""
    return ["Adam/iterations:0"] + [
        "training/Adam/Variable" + (f"_{index}" if index else "") + ":0"
        for index in range(count - 1)
    ]


def numbered(count):
    """Keras 2.3: names with the index of the parameter."""
    return ["Adam/iterations:0"] + [
        f"training/Adam/{kind}_{index}:0" for kind in ["m", "v", "vhat"] for index in range(3)
    ][: count - 1]


def parameters(count):
    """Variables without names, as with Theano."""
    return [f"param_{index}" for index in range(count)]


def adam(**options):
    config = {"lr": 0.01, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.0, "epsilon": 1e-07}
    return {"class_name": "Adam", "config": {**config, **options}}


imitate("amsgrad.h5", "amsgrad_2_2.h5", "2.2.4", variables, adam(amsgrad=True))
imitate("amsgrad.h5", "amsgrad_2_3.h5", "2.3.1", numbered, adam(amsgrad=True))
imitate("adam_decay.h5", "adam_2_0.h5", "2.0.5", parameters, adam(decay=0.5), head=np.float32)
imitate(
    "adam_decay.h5",
    "adam_2_2.h5",
    "2.2.4",
    variables,
    adam(decay=0.5, amsgrad=False),
    placeholders=3,
)
imitate(
    "adam_decay.h5",
    "adam_2_3.h5",
    "2.3.1",
    numbered,
    adam(decay=0.5, amsgrad=False),
    placeholders=3,
)
imitate("adam_decay.h5", "adam_unknown.h5", None, parameters, adam(decay=0.5))
imitate(
    "rmsprop.h5",
    "rmsprop_2_2.h5",
    "2.2.4",
    lambda count: [f"training/RMSprop/Variable_{index}:0" for index in range(count)],
    {"class_name": "RMSprop", "config": {"lr": 0.01, "rho": 0.9, "decay": 0.0, "epsilon": 1e-07}},
    head=None,
)
for name in ["amsgrad_2_2", "amsgrad_2_3"]:
    expected[name] = expected["amsgrad"]
for name in ["adam_2_0", "adam_2_2", "adam_2_3", "adam_unknown"]:
    expected[name] = expected["adam_decay"]
expected["rmsprop_2_2"] = expected["rmsprop"]

# --- Trees of weights: layers of equal shapes in models, some without weights.
tf_keras.utils.set_random_seed(1)
L = tf_keras.layers
inputs = hidden = tf_keras.Input((4,))
for width in (4, 4):
    hidden = L.Dense(width, activation="tanh")(hidden)
inner = tf_keras.Model(inputs, hidden, name="chain")
model = tf_keras.Sequential(
    [
        tf_keras.Input((4,)),
        L.Dense(4, activation="relu"),
        tf_keras.Sequential([tf_keras.Input((4,)), L.Activation("tanh")], name="plain"),
        inner,
        L.LayerNormalization(center=False, scale=False),
        L.BatchNormalization(),
        tf_keras.Sequential(
            [tf_keras.Input((4,)), L.Dense(4), L.Dropout(0.5), L.Dense(4)], name="stack"
        ),
        L.LayerNormalization(),
        L.Dense(4),
    ]
)
scramble(model)
model.save("tree.keras")
expect("tree", model)


def keys(names):
    counts = {}
    for name in names:
        count = counts[name] = counts.get(name, -1) + 1
        yield name if count == 0 else f"{name}_{count}"


def snake(layer):
    return tf_keras.src.utils.generic_utils.to_snake_case(type(layer).__name__)


def twice(model):
    """For each key of today's tree that of Keras 2.12 and 2.13."""
    today = list(keys(snake(layer) for layer in model.layers))
    entries = [
        (layer, last)
        for layer in model.layers
        for last in ([False, True] if layer.weights else [True])
    ]
    old = [key for key, (layer, last) in zip(keys(snake(layer) for layer, _ in entries), entries)]
    firsts = [key for key, (layer, last) in zip(old, entries) if not (last and layer.weights)]
    return dict(zip(today, firsts))


def old_path(path, model):
    """A path of today as Keras 2.12 and 2.13 wrote it."""
    parts, result = path.split("/"), []
    while parts and parts[0] == "layers":
        key = parts[1]
        layer = dict(zip(keys(snake(layer) for layer in model.layers), model.layers))[key]
        result += ["_layer_checkpoint_dependencies", twice(model)[key]]
        parts, model = parts[2:], layer
    return "/".join(result + parts)


def rewrite(target, path):
    """Copies tree.keras with other paths of the groups that have `vars`."""
    image = io.BytesIO()
    with zipfile.ZipFile("tree.keras") as old, zipfile.ZipFile(target, "w") as new:
        tree = h5py.File(io.BytesIO(old.read("model.weights.h5")))
        with h5py.File(image, "w") as file:

            def visit(name, item):
                if name.split("/")[-1] == "vars" and isinstance(item, h5py.Group):
                    group = name[: -len("/vars")] if "/" in name else ""
                    tree.copy(item, file, f"{path(group)}/vars" if group else "vars")

            tree.visititems(visit)
        for member in old.namelist():
            new.writestr(
                member, image.getvalue() if member == "model.weights.h5" else old.read(member)
            )


rewrite("tree_2_13.keras", lambda path: old_path(path, model))
rewrite("tree_windows.keras", lambda path: path.replace("/", "\\"))
rewrite("tree_2_13_windows.keras", lambda path: old_path(path, model).replace("/", "\\"))
for name in ["tree_2_13", "tree_windows", "tree_2_13_windows"]:
    expected[name] = expected["tree"]

# --- Names with slashes, which tf_keras makes groups in groups.
model = tf_keras.Sequential(
    [
        tf_keras.Input((4,)),
        L.Dense(4, name="block/a", activation="tanh"),
        L.Dense(4, name="block/b"),
        L.Dense(4, name="out/put"),
    ]
)
scramble(model)
model.save("slash.h5")
expect("slash", model)


# --- A loss and a metric of the user's own.
def dice(true, predicted):
    return keras.ops.mean(true * predicted, axis=-1)


@keras.saving.register_keras_serializable("Own")
class Worst(keras.metrics.Mean):
    pass


model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)])
scramble(model)
model.compile(keras.optimizers.Adam(0.01), dice, metrics=["mae", Worst()])
model.optimizer.build(model.trainable_variables)
for index, variable in enumerate(model.optimizer.variables[2:]):
    variable.assign(RNG.random(variable.shape))
model.save("own.keras")
expect("own", model)

# --- Keras 1: the weights by numbers, and a whole model with the options of then.
with h5py.File("keras_1.weights.h5", "w") as file:
    file.attrs["nb_layers"] = 2
    for index in range(2):
        group = file.create_group(f"layer_{index}")
        group.attrs["nb_params"] = 2 if index else 0
        if index:
            group["param_0"], group["param_1"] = Y[:4], Y[4]
with h5py.File("keras_1.h5", "w") as file:
    file.attrs["keras_version"] = b"1.2.2"
    file.attrs["model_config"] = json.dumps(
        {
            "class_name": "Sequential",
            "config": [
                {
                    "class_name": "Dense",
                    "config": {
                        "name": "dense_1",
                        "batch_input_shape": [None, 4],
                        "output_dim": 4,
                        "init": "glorot_uniform",
                        "activation": "linear",
                        "bias": True,
                        "input_dim": 4,
                    },
                }
            ],
        }
    )
    group = file.create_group("model_weights")
    group.attrs["layer_names"] = [b"dense_1"]
    group = group.create_group("dense_1")
    group.attrs["weight_names"] = [b"dense_1_W", b"dense_1_b"]
    group["dense_1_W"], group["dense_1_b"] = Y[:4], Y[4]
expected["keras_1/w/0"], expected["keras_1/w/1"] = Y[:4], Y[4]

# --- Adadelta, as tf_keras and Keras 2.2 and 2.3 wrote it.
trained(legacy.Adadelta(0.5, rho=0.8), "adadelta_legacy")
trained(tf_keras.optimizers.Adadelta(0.5, rho=0.8), "adadelta")
config = {"lr": 0.5, "rho": 0.8, "decay": 0.0, "epsilon": 1e-07}
imitate(
    "adadelta_legacy.h5",
    "adadelta_2_2.h5",
    "2.2.4",
    lambda count: [
        "training/Adadelta/Variable" + (f"_{index}" if index else "") + ":0"
        for index in range(count)
    ],
    {"class_name": "Adadelta", "config": config},
    head=None,
)
imitate(
    "adadelta_legacy.h5",
    "adadelta_2_3.h5",
    "2.3.1",
    lambda count: ["Adadelta/iterations:0"]
    + [
        f"training/Adadelta/{kind}_{index}:0"
        for kind in ["accumulator", "delta_accumulator"]
        for index in range(3)
    ],
    {"class_name": "Adadelta", "config": config},
)
for name in ["adadelta_2_2", "adadelta_2_3"]:
    expected[name] = expected["adadelta_legacy"]
expected.close()
