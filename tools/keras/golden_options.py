#!/usr/bin/env python3
"""Writes what real Keras 3 and tf_keras say about the options of layers, and small models with
them.

Tests/NeuralNetworkTests/Fixtures/options.json: `get_config()` of every class of layer that Cairn
reads, as each Keras makes it with its defaults.

Tests/CheckpointsTests/Fixtures/options/: models that use options, saved by each Keras, and
expected.json with an input and the output for each of them.
"""

import json
import pathlib

import golden
import keras
import numpy as np
import tf_keras

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "options"

# The arguments without which a layer cannot be made.
ARGUMENTS = {
    "Activation": ("relu",),
    "AlphaDropout": (0.25,),
    "AveragePooling1D": (2,),
    "AveragePooling2D": (2,),
    "AveragePooling3D": (2,),
    "CategoryEncoding": (4,),
    "CenterCrop": (8, 8),
    "Conv1D": (2, 3),
    "Conv1DTranspose": (2, 3),
    "Conv2D": (2, 3),
    "Conv2DTranspose": (2, 3),
    "Conv3D": (2, 3),
    "Conv3DTranspose": (2, 3),
    "ConvLSTM1D": (2, 3),
    "ConvLSTM2D": (2, 3),
    "ConvLSTM3D": (2, 3),
    "Dense": (3,),
    "DepthwiseConv1D": (3,),
    "DepthwiseConv2D": (3,),
    "Discretization": ([0.0, 1.0],),
    "Dot": (1,),
    "Dropout": (0.25,),
    "EinsumDense": ("abc,cd->abd", (4, 5)),
    "Embedding": (4, 3),
    "GRU": (3,),
    "GaussianDropout": (0.25,),
    "GaussianNoise": (0.25,),
    "LSTM": (3,),
    "MultiHeadAttention": (2, 3),
    "Permute": ((2, 1, 3),),
    "RandomBrightness": (0.25,),
    "RandomColorDegeneration": (0.25,),
    "RandomContrast": (0.25,),
    "RandomCrop": (8, 8, 1),
    "RandomGrayscale": (0.25,),
    "RandomHeight": (0.25,),
    "RandomHue": (0.25,),
    "RandomPosterization": (4,),
    "RandomRotation": (0.25,),
    "RandomSaturation": (0.25,),
    "RandomSharpness": (0.25,),
    "RandomTranslation": (0.25, 0.25),
    "RandomWidth": (0.25,),
    "RandomZoom": (0.25,),
    "RepeatVector": (3,),
    "Rescaling": (0.5,),
    "Reshape": ((64, -1),),
    "Resizing": (8, 8),
    "SeparableConv1D": (2, 3),
    "SeparableConv2D": (2, 3),
    "SimpleRNN": (3,),
    "SpatialDropout1D": (0.25,),
    "SpatialDropout2D": (0.25,),
}
CLASSES = """
Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average
AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional CategoryEncoding
CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D
Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D Cropping3D Dense
DepthwiseConv1D DepthwiseConv2D
Discretization Dot Dropout ELU EinsumDense Embedding Flatten
GRU GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D
GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization
Identity LSTM LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D MaxPooling3D Maximum
Minimum MultiHeadAttention Multiply Normalization PReLU Permute RandomBrightness
RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform
RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHeight RandomHue RandomInvert
RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear
RandomTranslation RandomWidth RandomZoom ReLU RepeatVector Rescaling Reshape Resizing
SeparableConv1D SeparableConv2D SimpleRNN Softmax SpatialDropout1D SpatialDropout2D Subtract
TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D
ZeroPadding3D
""".split()

# The models that are saved in the form that is less usual for their Keras, too.
BOTH_FORMS = ["frozen", "hard_sigmoid", "kept"]


def configs(k):
    """What one Keras writes for each class that it has."""
    found = []
    for name in CLASSES:
        if not hasattr(k.layers, name):
            continue
        arguments = ARGUMENTS.get(name, ())
        if name == "Bidirectional":
            arguments = (k.layers.LSTM(3, name="lstm"),)
        if name == "TimeDistributed":
            arguments = (k.layers.Dense(3, name="dense"),)
        layer = getattr(k.layers, name)(*arguments, name=name.lower())
        found.append({"class_name": name, "config": golden.plain(layer.get_config())})
    return found


def models(k):
    """Small models of one Keras, each with options of one kind."""
    L = k.layers

    def sequential(shape, *layers):
        return k.Sequential([k.Input(shape), *layers])

    def frozen():
        base = sequential((4, 4, 2), L.Conv2D(2, 3), L.BatchNormalization())
        base.trainable = False
        x = k.Input((4, 4, 2))
        y = L.BatchNormalization()(base(x, training=False))
        y = L.BatchNormalization(name="inference")(y, training=False)
        return k.Model(x, L.Dense(3)(L.GlobalAveragePooling2D()(y)))

    result = {
        "hard_sigmoid": lambda: sequential(
            (4,), L.Dense(3, activation="hard_sigmoid"), L.Activation("hard_sigmoid"), L.Dense(2)
        ),
        "leaky_relu": lambda: sequential((4,), L.Dense(3), L.LeakyReLU(0.2), L.Dense(2)),
        "inference": lambda: sequential(
            (4, 4, 3),
            L.Identity(),
            L.RandomFlip("horizontal", seed=3),
            L.RandomCrop(4, 4),
            L.GaussianDropout(0.5, seed=7),
            L.AlphaDropout(0.5),
            L.ActivityRegularization(0.1, 0.2),
            L.Masking(0.25),
            L.Dropout(0.5, (None, 1, 1, 3), seed=5),
            L.Flatten(),
            L.Dense(2),
        ),
        "axes": lambda: sequential(
            (4, 3, 2),
            L.BatchNormalization(axis=1),
            L.LayerNormalization(axis=[1, 2]),
            L.LayerNormalization(axis=[1, 3]),
            L.LayerNormalization(axis=1),
            L.Flatten(),
            L.Dense(2),
        ),
        "frozen": frozen,
        "open_size": lambda: sequential(
            (None, None, 2), L.Conv2D(2, 3), L.GlobalMaxPooling2D(), L.Dense(2)
        ),
        "kept": lambda: sequential(
            (4, 4, 2),
            L.Conv2D(
                2,
                3,
                kernel_initializer=k.initializers.HeNormal(seed=3),
                kernel_regularizer=k.regularizers.L1L2(0.25, 0.5),
                activity_regularizer=k.regularizers.L2(0.125),
                bias_constraint=k.constraints.MaxNorm(2.0),
            ),
            L.BatchNormalization(gamma_initializer=k.initializers.Constant(0.5)),
            L.Flatten(),
            L.Dense(2, bias_initializer="ones"),
        ),
    }
    if k is tf_keras:
        result["second_input"] = lambda: sequential(
            (4, 4, 2), L.Conv2D(2, 3, input_shape=(None, None, 2)), L.Flatten(), L.Dense(2)
        )
        result["slash"] = lambda: sequential(
            (4, 4, 2), L.Conv2D(2, 3, name="block/conv"), L.Flatten(), L.Dense(2, name="out/put")
        )
    else:
        result["characters"] = lambda: sequential(
            (4,),
            L.Dense(3, name="two words"),
            L.Dense(3, name="_Größe"),
            L.Dense(2, name="two-words"),
        )
    return result


def randomize(model, random):
    for variable in model.weights:
        value = np.asarray(variable)
        if value.dtype.kind == "f":
            # Few bits, so that the file can be read.
            value = np.round(random.normal(0, 0.5, value.shape) * 64) / 64
            variable.assign(np.abs(value) + 0.5 if "variance" in variable.name else value)


def channels_first(random):
    """A model that TensorFlow cannot run on a CPU; its output is that of its twin."""
    L = keras.layers

    def make(order, shape):
        return keras.Sequential(
            [
                keras.Input(shape),
                L.Conv2D(4, 3, padding="same", activation="relu", data_format=order),
                L.BatchNormalization(axis=1 if order == "channels_first" else -1),
                L.MaxPooling2D(2, data_format=order),
                L.ZeroPadding2D(1, data_format=order),
                L.SpatialDropout2D(0.5, data_format=order),
                L.Flatten(data_format=order),
                L.Dense(2),
            ]
        )

    twin = make("channels_last", (6, 5, 2))
    randomize(twin, random)
    model = make("channels_first", (2, 6, 5))
    model.set_weights(twin.get_weights())
    x = values(random, (2, 6, 5, 2))
    return model, np.moveaxis(x, -1, 1), np.asarray(twin(x))


def values(random, shape):
    return (np.round(random.uniform(-2, 2, shape) * 32) / 32).astype(np.float32)


def entry(x, y, **more):
    def plain(array):
        array = np.asarray(array, np.float32)
        return {"shape": list(array.shape), "values": [float(str(v)) for v in array.ravel()]}

    return {"x": plain(x), "y": plain(y), **{key: plain(value) for key, value in more.items()}}


def write_options():
    document = {
        "generator": "tools/keras/golden_options.py",
        "keras_version": keras.__version__,
        "tf_keras_version": tf_keras.__version__,
        "keras3": configs(keras),
        "keras2": configs(tf_keras),
    }
    text = json.dumps(document, separators=(",", ":"), sort_keys=True)
    (golden.FIXTURES / "options.json").write_text(
        text.replace('{"class_name":"', '\n{"class_name":"') + "\n"
    )


def main():
    write_options()
    FOLDER.mkdir(exist_ok=True)
    expected = {}
    for prefix, k in [("keras3", keras), ("keras2", tf_keras)]:
        for name, make in models(k).items():
            k.backend.clear_session()
            k.utils.set_random_seed(1)
            random = np.random.default_rng(1)
            model = make()
            randomize(model, random)
            x = values(random, (2, *[extent or 6 for extent in model.input_shape[1:]]))
            if name == "inference":
                x[0, 0, 0] = 0.25
            # Some layers act as in training unless they are told otherwise.
            y = np.asarray(model(x, training=False))
            more = {}
            if name == "frozen":
                more["training"] = np.asarray(model(x, training=True))
                randomize(model, np.random.default_rng(1))
                # What the call changed is put back.
                assert np.array_equal(np.asarray(model(x, training=False)), y)
            usual, other = (".keras", ".h5") if k is keras else (".h5", ".keras")
            for suffix in [usual] + ([other] if name in BOTH_FORMS else []):
                model.save(FOLDER / f"{prefix}_{name}{suffix}")
                expected[f"{prefix}_{name}{suffix}"] = entry(x, y, **more)
    model, x, y = channels_first(np.random.default_rng(1))
    model.save(FOLDER / "keras3_channels_first.keras")
    expected["keras3_channels_first.keras"] = entry(x, y)
    text = json.dumps(expected, separators=(",", ":"), sort_keys=True)
    (FOLDER / "expected.json").write_text(text.replace('},"keras', '},\n"keras') + "\n")


if __name__ == "__main__":
    main()
