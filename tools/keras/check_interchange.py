#!/usr/bin/env python3
"""Proves with real Keras that models go from Keras to Cairn and back, in every form, unharmed.

Usage: check_interchange.py BIN [ours CKPT | layers | optimizers | tf_keras]...

BIN is the folder with `convert` and `judge`. Prints one line for each check, with its figure, and
exits 1 if one failed. `ours` also runs in the oldest Keras 3.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import contextlib
import io
import logging
import pathlib
import shutil
import sys
import tempfile
import warnings

import h5py
import keras
import numpy as np

import small_models
from cairn_programs import Programs, difference, numbered

PROGRAMS = None
FOLDER = None
failures = 0


def check(name, body):
    global failures
    try:
        print(f"ok    {name}: {body()}", flush=True)
    except Exception as error:
        failures += 1
        print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)


def equal(a, b, what):
    assert len(a) == len(b), f"{len(a)} and {len(b)} {what}"
    for index, (ours, theirs) in enumerate(zip(a, b)):
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        assert ours.shape == theirs.shape, f"{what} {index}: {ours.shape}, {theirs.shape}"
        assert np.array_equal(ours, theirs), f"{what} {index} differ"


def weights_of(path):
    """The variables of the optimizer in a file of ours, and of the model."""
    with h5py.File(path) as file:
        return numbered(file["optimizer/vars"])


def numpy(variables):
    return [np.array(variable.numpy()) for variable in variables]


def steps_of(model):
    # Keras 3.0 has no int() of a variable.
    return int(model.optimizer.iterations.numpy())


def train(model, x, y):
    for batch_x, batch_y in zip(x, y):
        model.train_on_batch(batch_x, batch_y)


# Layers: each one in a model of its own, there and back.


def layer_models():
    """Models that hold every layer Cairn knows, in several settings."""
    L = keras.layers
    image = (9, 8, 4)

    def sequential(*layers, shape=image, flat=True):
        tail = [L.Flatten(), L.Dense(3)] if flat else []
        return keras.Sequential([keras.Input(shape), *layers, *tail])

    models = {
        "Dense": lambda: sequential(L.Dense(5, activation="relu"), shape=(7,), flat=False),
        "Conv2D": lambda: sequential(L.Conv2D(6, (3, 2), strides=2, padding="same")),
        "Conv2D dilated": lambda: sequential(L.Conv2D(3, 3, dilation_rate=2, activation="tanh")),
        "Conv2D grouped": lambda: sequential(L.Conv2D(6, 3, groups=2, use_bias=False)),
        "DepthwiseConv2D": lambda: sequential(
            L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="relu")
        ),
        "SeparableConv2D": lambda: sequential(L.SeparableConv2D(5, 3, depth_multiplier=2)),
        "Conv2DTranspose": lambda: sequential(L.Conv2DTranspose(5, 3, strides=2, padding="same")),
        "MaxPooling2D": lambda: sequential(L.MaxPooling2D(2)),
        "AveragePooling2D": lambda: sequential(L.AveragePooling2D(3, 2, "same")),
        "GlobalAveragePooling2D": lambda: sequential(L.GlobalAveragePooling2D(keepdims=True)),
        "GlobalMaxPooling2D": lambda: sequential(L.GlobalMaxPooling2D()),
        "BatchNormalization": lambda: sequential(
            L.Conv2D(4, 3), L.BatchNormalization(momentum=0.9), L.ReLU()
        ),
        "BatchNormalization, no scale": lambda: sequential(
            L.BatchNormalization(scale=False, epsilon=1e-5)
        ),
        "LayerNormalization": lambda: sequential(L.LayerNormalization(epsilon=1e-4)),
        "ZeroPadding2D": lambda: sequential(L.ZeroPadding2D(((1, 2), (0, 3)))),
        "Cropping2D": lambda: sequential(L.Cropping2D(((1, 2), (2, 1)))),
        "UpSampling2D": lambda: sequential(L.UpSampling2D((2, 3))),
        "UpSampling2D, bilinear": lambda: sequential(L.UpSampling2D(2, interpolation="bilinear")),
        "Reshape": lambda: sequential(L.Reshape((18, -1))),
        "Permute": lambda: sequential(L.Permute((3, 1, 2))),
        "Rescaling": lambda: sequential(L.Rescaling(1 / 127.5, offset=-1)),
        "Normalization": lambda: sequential(
            L.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[1, 2, 3, 4])
        ),
        "ReLU": lambda: sequential(L.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2)),
        "LeakyReLU": lambda: sequential(L.LeakyReLU(0.2)),
        "PReLU": lambda: sequential(L.PReLU("glorot_uniform", shared_axes=[1, 2])),
        "ELU": lambda: sequential(L.ELU(0.5)),
        "Softmax": lambda: sequential(L.Softmax()),
        "Dropout": lambda: sequential(L.Dropout(0.3)),
        "SpatialDropout2D": lambda: sequential(L.SpatialDropout2D(0.3)),
        "GaussianNoise": lambda: sequential(L.GaussianNoise(0.3)),
        "frozen": lambda: sequential(L.Conv2D(3, 3, trainable=False), L.BatchNormalization()),
    }
    steps = (12, 4)
    models |= {
        "GroupNormalization": lambda: sequential(L.GroupNormalization(2, epsilon=1e-4)),
        "UnitNormalization": lambda: sequential(L.UnitNormalization(axis=2)),
        "Conv1D": lambda: sequential(L.Conv1D(6, 3, 2, "same"), L.MaxPooling1D(2), shape=steps),
        "Conv1D causal": lambda: sequential(
            L.Conv1D(6, 3, padding="causal", dilation_rate=2, activation="relu", groups=2),
            L.AveragePooling1D(3, 2, "same"),
            shape=steps,
        ),
        "DepthwiseConv1D": lambda: sequential(
            L.DepthwiseConv1D(3, depth_multiplier=2), L.GlobalMaxPooling1D(), shape=steps
        ),
        "SeparableConv1D": lambda: sequential(
            L.SeparableConv1D(5, 3, activation="tanh"), L.GlobalAveragePooling1D(), shape=steps
        ),
        "Conv1DTranspose": lambda: sequential(
            L.Conv1DTranspose(5, 3, strides=2, padding="same"), shape=steps
        ),
        "sizes of sequences": lambda: sequential(
            L.ZeroPadding1D((1, 2)),
            L.Cropping1D((0, 2)),
            L.UpSampling1D(3),
            L.SpatialDropout1D(0.3),
            L.GlobalMaxPooling1D(keepdims=True),
            L.Flatten(),
            L.RepeatVector(2),
            shape=steps,
        ),
    }
    for name in [
        "relu relu6 leaky_relu softmax elu selu gelu softplus softsign silu sigmoid tanh"
        " exponential hard_sigmoid hard_silu mish log_softmax linear celu hard_tanh hard_shrink"
        " log_sigmoid soft_shrink squareplus tanh_shrink sparse_plus sparse_sigmoid"
    ][0].split():
        models[f"activation {name}"] = lambda name=name: sequential(L.Dense(6, activation=name))

    def merging(layer):
        def make():
            x = keras.Input(image)
            a = L.Conv2D(4, 3, padding="same")(x)
            b = L.Conv2D(4, 1, activation="relu")(x)
            y = layer([a, b, x])
            return keras.Model(x, L.Dense(3)(L.Flatten()(y)))

        return make

    for name in ["Add", "Multiply", "Average", "Maximum", "Concatenate"]:
        models[name] = lambda name=name: merging(getattr(L, name)())()
    models["Concatenate, axis 1"] = lambda: merging(L.Concatenate(axis=1))()

    def shared():
        x = keras.Input((6,))
        layer = L.Dense(6, activation="tanh")
        a = layer(x)
        b = L.Dense(6)(x)
        return keras.Model(x, L.Add()([layer(a), b, a]))

    def nested(inner_model):
        def make():
            inner = inner_model()
            x = keras.Input(image)
            a = L.Conv2D(4, 3, padding="same", name="zeta")(x)
            b = inner(a)
            c = L.Dropout(0.2)(x)
            y = L.Concatenate()([b, c])
            y = inner(L.Conv2D(4, 1, name="alpha")(y))
            return keras.Model(x, L.Dense(3)(L.Flatten()(y)))

        return make

    def inner_sequential():
        return keras.Sequential(
            [keras.Input(image), L.Conv2D(4, 3, padding="same"), L.BatchNormalization()]
        )

    def inner_functional():
        x = keras.Input(image)
        a = L.Conv2D(4, 3, padding="same")(x)
        return keras.Model(x, L.Add()([a, x]))

    models["shared layer"] = shared
    models["nested Sequential"] = nested(inner_sequential)
    models["nested Functional"] = nested(inner_functional)
    models["nested, as the output"] = lambda: keras.Sequential(
        [keras.Input(image), inner_functional(), inner_sequential()]
    )
    return models


def randomize(model, random):
    """Weights that are not what a new layer has anyway."""
    for variable in model.variables:
        if "seed" in variable.path or np.asarray(variable).dtype.kind != "f":
            continue
        value = random.normal(0, 0.5, variable.shape)
        variable.assign(np.abs(value) + 0.5 if "variance" in variable.path else value)


def there_and_back(name, make):
    random = np.random.default_rng(1)
    keras.utils.set_random_seed(1)
    model = make()
    randomize(model, random)
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    x = random.normal(0, 1, (5, *model.input_shape[1:])).astype(np.float32)
    expected = model.predict(x, verbose=0)
    worst = 0.0
    sources = {suffix: FOLDER / f"keras{suffix}" for suffix in [".keras", ".weights.h5", ".h5"]}
    for suffix in [".keras", ".h5"]:
        model.save(sources[suffix])
    for suffix in [".keras", ".h5"]:
        source = sources[suffix]
        worst = max(worst, difference(PROGRAMS.judged(source, x), expected))
        assert worst < 1e-5, f"{suffix}: differs from Keras by {worst:.1e}"
        # Keras → ours → Keras.
        back = FOLDER / "back.keras"
        PROGRAMS.run("convert", "--overwrite", source, back)
        again = keras.models.load_model(back)
        equal(again.predict(x, verbose=0), expected, "outputs of the archive")
        weights = FOLDER / "back.weights.h5"
        PROGRAMS.run("convert", "--overwrite", source, weights)
        randomize(again, random)
        again.load_weights(weights)
        equal(again.predict(x, verbose=0), expected, "outputs of the weights")
        whole = keras.models.load_model(weights)
        equal(whole.predict(x, verbose=0), expected, "outputs of the whole model")
        # Ours → Keras → ours.
        again.save(FOLDER / "again.keras")
        ours, theirs = (PROGRAMS.judged(path, x) for path in [FOLDER / "again.keras", back])
        equal(ours, theirs, "outputs of ours")
    return f"differs from Keras by {worst:.1e}, there and back by 0"


def in_tf_keras(names):
    """Models converted for tf_keras, opened there."""
    import tf_keras

    for name, make in layer_models().items():
        if name not in names:
            continue

        def body():
            keras.utils.set_random_seed(1)
            random = np.random.default_rng(1)
            model = make()
            randomize(model, random)
            model.compile("adam", "mse")
            x = random.normal(0, 1, (5, *model.input_shape[1:])).astype(np.float32)
            expected = model.predict(x, verbose=0)
            model.save(FOLDER / "a.keras")
            PROGRAMS.run("convert", "--overwrite", FOLDER / "a.keras", FOLDER / "b.h5")
            other = tf_keras.models.load_model(FOLDER / "b.h5")
            figure = difference(other.predict(x, verbose=0), expected)
            assert figure < 1e-6, f"differs by {figure:.1e}"
            return f"differs by {figure:.1e}"

        check(f"tf_keras: {name}", body)


# Optimizers: steps of Keras's and of ours from the same state.


def optimizers():
    O = keras.optimizers
    S = O.schedules
    return {
        "SGD": lambda: O.SGD(0.05),
        "SGD, Nesterov": lambda: O.SGD(0.05, momentum=0.9, nesterov=True),
        "RMSprop": lambda: O.RMSprop(0.01),
        "RMSprop, centered, momentum": lambda: O.RMSprop(0.01, centered=True, momentum=0.8),
        "Adam": lambda: O.Adam(0.01),
        "Adam, AMSGrad": lambda: O.Adam(0.01, amsgrad=True),
        "Adam, clipnorm": lambda: O.Adam(0.01, clipnorm=0.1),
        "Adam, clipvalue": lambda: O.Adam(0.01, clipvalue=0.01),
        "Adam, global_clipnorm": lambda: O.Adam(0.01, global_clipnorm=0.1),
        "Adam, EMA": lambda: O.Adam(0.01, use_ema=True, ema_momentum=0.9),
        "Adam, accumulation": lambda: O.Adam(0.01, gradient_accumulation_steps=2),
        "Adam, weight decay": lambda: O.Adam(0.01, weight_decay=0.05),
        "Adam, schedule": lambda: O.Adam(S.ExponentialDecay(0.01, 2, 0.9)),
        "AdamW": lambda: O.AdamW(0.01),
        "Adamax": lambda: O.Adamax(0.01),
        "Nadam": lambda: O.Nadam(0.01),
        "Adadelta": lambda: O.Adadelta(0.5),
        "Adagrad": lambda: O.Adagrad(0.05),
        "SGD, cosine": lambda: O.SGD(S.CosineDecay(0.05, 8, warmup_steps=3, warmup_target=0.1)),
    }


def going_on(name, make):
    random = np.random.default_rng(2)
    keras.utils.set_random_seed(2)
    L = keras.layers
    model = keras.Sequential(
        [keras.Input((6, 6, 1)), L.Conv2D(3, 3, activation="relu"), L.Flatten(), L.Dense(10)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(make(), loss, metrics=["accuracy"])
    x = random.uniform(0, 1, (9, 8, 6, 6, 1)).astype(np.float32)
    y = random.integers(0, 10, (9, 8))
    train(model, x[:4], y[:4])
    source = FOLDER / "source.keras"
    model.save(source)
    iterations = steps_of(model)
    train(model, x[4:], y[4:])
    # Ours from Keras's state.
    ours = PROGRAMS.stepped(source, x[4:], y[4:], FOLDER / "ours.h5")
    worst = 0.0
    state = weights_of(ours)
    expected = numpy(model.optimizer.variables)
    assert len(state) == len(expected), (
        f"{len(state)} optimizer variables, {len(expected)} in Keras"
    )
    for index, (a, b) in enumerate(zip(state, expected)):
        worst = max(worst, np.abs(a - b).max() if a.size else 0)
    # Keras from our state after our conversion.
    converted = FOLDER / "converted.keras"
    PROGRAMS.run("convert", "--overwrite", source, converted)
    other = keras.models.load_model(converted)
    found = steps_of(other)
    assert found == iterations, f"iteration {found}, not {iterations}"
    train(other, x[4:], y[4:])
    equal(numpy(other.variables), numpy(model.variables), "weights")
    equal(numpy(other.optimizer.variables), expected, "optimizer variables")
    # And ours read by Keras.
    third = keras.models.load_model(converted)
    third.optimizer.build(third.trainable_variables)
    shutil.copyfile(ours, FOLDER / "ours.weights.h5")
    third.load_weights(FOLDER / "ours.weights.h5")
    for a, b in zip(numpy(third.variables), numpy(model.variables)):
        worst = max(worst, np.abs(a - b).max())
    assert worst <= 1e-6, f"differ by {worst:.1e}"
    return f"5 steps of ours and of Keras's differ by {worst:.1e}, converted state by 0"


# A checkpoint of `train`, by every way that Keras has.


def quickstart():
    L = keras.layers

    my_model = small_models.model_class(keras)
    return {
        "Sequential": lambda: small_models.sequential(keras),
        "Functional": lambda: small_models.functional(keras),
        "subclass": lambda: small_models.subclassed(my_model),
    }


def reads_own(make):
    """Whether Keras loads the weights of a sequential model of its own; 3.0.0 and 3.0.1 do not."""
    path = FOLDER / "own.weights.h5"
    quickstart()["Sequential"]().save_weights(path)
    try:
        make().load_weights(path)
    except ValueError:
        return False
    return True


def check_ours(checkpoint):
    random = np.random.default_rng(3)
    x = random.uniform(0, 1, (5, 32, 28, 28, 1)).astype(np.float32)
    y = random.integers(0, 10, (5, 32))
    forms = {suffix: FOLDER / f"ckpt{suffix}" for suffix in [".weights.h5", ".keras", ".tf.h5"]}
    for path in forms.values():
        PROGRAMS.run("convert", "--overwrite", checkpoint, path)
    copy = FOLDER / "copy.weights.h5"
    shutil.copyfile(checkpoint, copy)
    steps = int(weights_of(checkpoint)[0])
    ours = PROGRAMS.stepped(checkpoint, x, y, FOLDER / "stepped.h5")
    names = ["conv2d/vars/0", "conv2d/vars/1", "dense/vars/0", "dense/vars/1"]
    names += ["dense_1/vars/0", "dense_1/vars/1"]
    with h5py.File(ours) as file:
        expected = [file[f"layers/{name}"][()] for name in names]
    with h5py.File(checkpoint) as file:
        start = [file[f"layers/{name}"][()] for name in names]
    sequential_of_quickstart = quickstart()["Sequential"]

    def compiled(model):
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.optimizer.build(model.trainable_variables)
        return model

    def agree(model):
        assert steps_of(model) == steps, f"iteration {steps_of(model)}, not {steps}"
        train(model, x, y)
        worst = max(np.abs(a - b).max() for a, b in zip(numpy(model.weights), expected))
        assert worst <= 1e-6, f"five steps differ by {worst:.1e}"
        return f"optimizer at step {steps}, five more steps differ from ours by {worst:.1e}"

    for kind, make in quickstart().items():
        for what, path in [("a copy", copy), ("converted", forms[".weights.h5"])]:

            def body():
                model = compiled(make())
                try:
                    model.load_weights(path)
                except ValueError:
                    if kind != "subclass" or reads_own(make):
                        raise
                    return (
                        "this version of Keras cannot load its own sequential models there either"
                    )
                return agree(model)

            check(f"{kind}.load_weights, {what}", body)

    def whole_model():
        model = keras.models.load_model(copy)
        compiled(model)
        model.load_weights(copy)
        return agree(model)

    check("load_model, then load_weights", whole_model)

    def fresh():
        model = keras.models.load_model(checkpoint)
        before = model.evaluate(x[0], y[0], verbose=0)[0]
        model.fit(x[0], y[0], epochs=3, verbose=0)
        after = model.evaluate(x[0], y[0], verbose=0)[0]
        assert after < before, f"the loss went from {before} to {after}"
        return f"a new optimizer, loss {before:.4f}, then {after:.4f}"

    check("load_model of the checkpoint, then fit", fresh)

    def weights_alone(path):
        model = sequential_of_quickstart()
        model.load_weights(path)
        equal(numpy(model.weights), start, "weights")
        return f"{len(start)} weights bit for bit"

    check("load_weights of the checkpoint", lambda: weights_alone(checkpoint))
    check("load_weights of the archive", lambda: weights_alone(forms[".keras"]))

    def editor():
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            keras.saving.KerasFileEditor(str(copy)).summary()
        for word in ["conv2d", "dense_1", "optimizer", "training_state"]:
            assert word in text.getvalue(), f"no {word} in the summary"
        return f"{len(text.getvalue().splitlines())} lines"

    if hasattr(keras.saving, "KerasFileEditor"):
        check("KerasFileEditor", editor)
    check("load_model of the archive", lambda: agree(keras.models.load_model(forms[".keras"])))

    def fit():
        model = keras.models.load_model(forms[".keras"])
        history = model.fit(x[0], y[0], epochs=2, verbose=0).history["loss"]
        assert history[1] < history[0], f"the loss went from {history[0]} to {history[1]}"
        assert steps_of(model) == steps + 2
        return f"one load_model and fit: loss {history[0]:.4f}, then {history[1]:.4f}"

    check("load_model and fit", fit)
    try:
        import tf_keras
    except ImportError:
        print("      tf_keras is not here: its file was not looked at")
        return

    def keras2():
        model = tf_keras.models.load_model(forms[".tf.h5"])
        return agree(model)

    check("tf_keras.models.load_model", keras2)

    def keras2_fresh():
        model = tf_keras.models.load_model(checkpoint)
        equal(numpy(model.weights), start, "weights")
        history = model.fit(x[0], y[0], epochs=3, verbose=0).history["loss"]
        assert history[-1] < history[0], f"losses {history}"
        return f"a new optimizer, loss {history[0]:.4f}, then {history[-1]:.4f}"

    check("tf_keras.models.load_model of the checkpoint, then fit", keras2_fresh)

    def keras2_weights(path):
        model = small_models.sequential(tf_keras)
        model.load_weights(path)
        equal(numpy(model.weights), start, "weights")
        return f"{len(start)} weights bit for bit"

    for path in [checkpoint, copy, forms[".weights.h5"], forms[".keras"], forms[".tf.h5"]]:
        check(f"tf_keras load_weights, {path.name}", lambda: keras2_weights(path))


def main():
    global PROGRAMS, FOLDER
    binaries = pathlib.Path(sys.argv[1]).resolve()
    rest = sys.argv[2:]
    # Keras only warns when it drops an optimizer's state; here a warning is a failure.
    warnings.simplefilter("error", UserWarning)
    logging.getLogger("absl").setLevel(logging.ERROR)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    # A model in a Sequential: Keras calls it with a tensor and expects a list of one.
    warnings.filterwarnings("ignore", "(?s).*The structure of `inputs`")
    warnings.filterwarnings("ignore", "You are saving your model as an HDF5 file")
    print(f"Keras {keras.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        FOLDER = pathlib.Path(folder)
        PROGRAMS = Programs(binaries, FOLDER)
        while rest:
            what = rest.pop(0)
            if what == "ours":
                check_ours(pathlib.Path(rest.pop(0)).resolve())
            elif what == "layers":
                for name, make in layer_models().items():
                    check(f"layers: {name}", lambda: there_and_back(name, make))
            elif what == "optimizers":
                for name, make in optimizers().items():
                    check(f"optimizers: {name}", lambda: going_on(name, make))
            elif what == "tf_keras":
                in_tf_keras(
                    "Dense|Conv2D|BatchNormalization|Add|Concatenate|shared layer"
                    "|nested Sequential|nested Functional|SeparableConv2D|PReLU|Conv1D"
                    "|Conv1D causal|SeparableConv1D|Conv1DTranspose|sizes of sequences"
                    "|GroupNormalization|UnitNormalization".split("|")
                )
            else:
                sys.exit(__doc__)
    print(f"{failures} checks failed" if failures else "all checks passed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
