"""Keras models whose layers have options outside of every range, or code in inner layers."""

import json
import sys

import models
from keras_code import CODE, LAMBDA, PICKLE, builtin
from models import keras_layer, layer, sequential

# For the wrappers that are deep.
sys.setrecursionlimit(20000)

SEQUENCE = models.input_layer((28, 28))
PICTURE = models.input_layer()
END = layer("Dense", "dense", units=10)
DEEP = 1 << 17

ODD = {
    "negative": -1, "zero": 0, "fraction": 1.5, "large": 2**31, "largest": 2**64,
    "digits": 10**400, "float": 1e308, "text": "8", "list": [8], "null": None, "bool": True,
    "code": LAMBDA,
}


def on_sequence(*layers):
    return sequential(SEQUENCE, *layers, layer("Flatten", "flatten"), END)


def on_picture(*layers):
    return sequential(PICTURE, *layers, layer("Flatten", "flatten"), END)


def wrapped(kind, inner, depth, **options):
    for level in range(depth):
        inner = keras_layer(kind, f"w{level}", layer=inner, **options)
    return inner


def recurrent(kind, **options):
    return keras_layer(kind, "r", **{"units": 4, **options})


LAMBDA_LAYER = keras_layer("Lambda", "inner", function=LAMBDA)
FOREIGN = {**recurrent("LSTM"), "module": "os", "registered_name": CODE}
MODEL_WITH_LAMBDA = {
    "class_name": "Sequential",
    "config": {"name": "m", "layers": [models.input_layer((28,)), LAMBDA_LAYER]},
}

# Name: layers over a sequence of 28 vectors of 28 numbers, and why.
RECURRENT = {
    **{f"{kind.lower()}-units-{name}": ([recurrent(kind, units=value)], f"units of {name}")
       for kind in ("LSTM", "GRU", "SimpleRNN") for name, value in ODD.items()},
    **{f"lstm-{option}-{name}": ([recurrent("LSTM", **{option: value})], f"{option} of {name}")
       for option in ("dropout", "recurrent_dropout", "activation", "go_backwards")
       for name, value in ODD.items()},
    "lstm-units-deep": ([recurrent("LSTM", units=DEEP)], "2**17 units"),
    "lstm-units-32768": ([recurrent("LSTM", units=1 << 15)], "2**15 units"),
    "gru-units-deep": ([recurrent("GRU", units=DEEP)], "2**17 units"),
    "simple-units-deep": ([recurrent("SimpleRNN", units=DEEP)], "2**17 units"),
    "lstm-dropout-5": ([recurrent("LSTM", dropout=5)], "a dropout of 5"),
    "lstm-dropout-1": ([recurrent("LSTM", dropout=1)], "a dropout of 1"),
    "lstm-gate": ([recurrent("LSTM", recurrent_activation=f"os.system{CODE}")], "a path as gate"),
    "lstm-initializer": (
        [recurrent("LSTM", recurrent_initializer={
            "module": "os", "class_name": "system", "config": {"c": CODE}})],
        "code as an initializer"),
    "lstm-unroll": (
        [layer("Reshape", "reshape", target_shape=[784, 1]), recurrent("LSTM", unroll=True)],
        "784 steps unrolled"),
    "lstm-return-state": ([recurrent("LSTM", return_state=True)], "several outputs"),
    "lstm-steps": (
        [layer("Flatten", "f"), layer("RepeatVector", "n", n=10**6), recurrent("LSTM")],
        "a million steps of 784 numbers"),
    "lstm-steps-small": (
        [layer("Reshape", "a", target_shape=[784, 1]), layer("UpSampling1D", "u", size=10**4),
         recurrent("LSTM", units=64)],
        "7,840,000 steps of one number"),
    "lstm-chain": (
        [keras_layer("LSTM", f"r{index}", units=4, return_sequences=True)
         for index in range(5000)],
        "5,000 recurrent layers"),
    "gru-reset-after": ([recurrent("GRU", reset_after=7)], "reset_after of 7"),
    "bidirectional-foreign": (
        [keras_layer("Bidirectional", "b", layer=FOREIGN)], "an inner layer of another module"),
    "bidirectional-lambda": (
        [keras_layer("Bidirectional", "b", layer=LAMBDA_LAYER)], "a Lambda as the inner layer"),
    "bidirectional-backward": (
        [keras_layer("Bidirectional", "b", layer=recurrent("LSTM"),
                     backward_layer=LAMBDA_LAYER)],
        "a Lambda as the backward layer"),
    "bidirectional-backward-foreign": (
        [keras_layer("Bidirectional", "b", layer=recurrent("LSTM"), backward_layer=FOREIGN)],
        "a backward layer of another module"),
    "bidirectional-merge": (
        [keras_layer("Bidirectional", "b", layer=recurrent("LSTM"), merge_mode=LAMBDA)],
        "code as merge_mode"),
    "bidirectional-itself": (
        [wrapped("Bidirectional", recurrent("LSTM"), 2)], "a Bidirectional in a Bidirectional"),
    "bidirectional-units": (
        [keras_layer("Bidirectional", "b", layer=recurrent("LSTM", units=DEEP))],
        "2**17 units in both directions"),
    "bidirectional-none": ([keras_layer("Bidirectional", "b")], "no inner layer"),
    "distributed-foreign": (
        [keras_layer("TimeDistributed", "t", layer=FOREIGN)], "an inner layer of another module"),
    "distributed-lambda": (
        [keras_layer("TimeDistributed", "t", layer=LAMBDA_LAYER)], "a Lambda as inner layer"),
    "distributed-model": (
        [keras_layer("TimeDistributed", "t", layer=MODEL_WITH_LAMBDA)],
        "a model with a Lambda as inner layer"),
    "distributed-activation": (
        [keras_layer("TimeDistributed", "t", layer=keras_layer(
            "Dense", "d", units=4, activation=LAMBDA))], "code as an activation of the inner one"),
    "distributed-initializer": (
        [keras_layer("TimeDistributed", "t", layer=keras_layer(
            "Dense", "d", units=4, kernel_initializer=builtin("os", "system", name=CODE)))],
        "code as an initializer of the inner one"),
    "distributed-units": (
        [keras_layer("TimeDistributed", "t", layer=keras_layer("Dense", "d", units=2**31))],
        "2**31 units in the inner layer"),
    "distributed-list": ([keras_layer("TimeDistributed", "t", layer=[1, 2])], "a list as a layer"),
    "rnn-cell": (
        [keras_layer("RNN", "r", cell={"module": "os", "class_name": CODE, "config": {}})],
        "a cell of another module"),
    "stacked-cells": (
        [keras_layer("RNN", "r", cell=[keras_layer("LSTMCell", f"c{at}", units=4)
                                       for at in range(1000)])], "1,000 cells"),
    **{f"{kind.lower()}-{depth}-deep": (
        [wrapped(kind, keras_layer(*inner, units=4), depth)], f"wrappers {depth} deep")
       for kind, inner in (("Bidirectional", ("LSTM", "r")), ("TimeDistributed", ("Dense", "d")))
       for depth in (3, 12, 25, 60, 1000)},
    "embedding-lambda": (
        [layer("Flatten", "f"), keras_layer(
            "Embedding", "e", input_dim=4, output_dim=2, embeddings_initializer=LAMBDA)],
        "code as an initializer"),
    **{f"embedding-{option}-{name}": (
        [layer("Flatten", "f"), keras_layer(
            "Embedding", "e", **{"input_dim": 4, "output_dim": 2, option: value})],
        f"{option} of {name}")
       for option in ("input_dim", "output_dim", "mask_zero", "lora_rank")
       for name, value in ODD.items()},
    "embedding-deep": (
        [layer("Flatten", "f"), keras_layer(
            "Embedding", "e", input_dim=DEEP, output_dim=DEEP)], "a table of 2**34 numbers"),
    "embedding-wide": (
        [layer("Flatten", "f"), keras_layer(
            "Embedding", "e", input_dim=1, output_dim=DEEP)], "784 vectors of 2**17 numbers"),
    "masking-code": ([keras_layer("Masking", "m", mask_value=LAMBDA)], "code as the mask"),
    "conv1d-kernel": (
        [keras_layer("Conv1D", "c", filters=1, kernel_size=10**9)], "a kernel of 10**9"),
    "conv1d-causal": (
        [keras_layer("Conv1D", "c", filters=1, kernel_size=3, padding="causal",
                     dilation_rate=10**9)], "a dilation of 10**9"),
    "repeated-dense": (
        [layer("Flatten", "f"), layer("Dense", "d1", units=DEEP), layer("Dense", "d2", units=DEEP)],
        "two dense layers of 2**17 units"),
}
# Name: layers over a picture, and why.
PICTURES = {
    **{f"groups-{name}": (
        [layer("GroupNormalization", "g", groups=value)], f"groups of {name}")
       for name, value in ODD.items()},
    "groups-3": (
        [layer("Conv2D", "c", filters=4, kernel_size=1),
         layer("GroupNormalization", "g", groups=3)],
        "3 groups of 4 channels"),
    "groups-axis": ([layer("GroupNormalization", "g", groups=1, axis=99)], "an axis of 99"),
    "layer-axis-none": ([layer("LayerNormalization", "n", axis=[])], "no axes"),
    "layer-axis-twice": ([layer("LayerNormalization", "n", axis=[-1, -1, 3])], "an axis thrice"),
    "layer-axis-batch": ([layer("LayerNormalization", "n", axis=[0])], "the axis of the batch"),
    **{f"epsilon-{name}": ([layer("LayerNormalization", "n", epsilon=value)], f"epsilon {name}")
       for name, value in ODD.items()},
    **{f"momentum-{name}": (
        [layer("BatchNormalization", "n", momentum=value)], f"momentum {name}")
       for name, value in ODD.items()},
    "separable": (
        [layer("SeparableConv2D", "s", filters=1, kernel_size=3, depth_multiplier=2**31)],
        "a depth multiplier of 2**31"),
    "depthwise": (
        [layer("DepthwiseConv2D", "s", kernel_size=3, depth_multiplier=10**5)],
        "a depth multiplier of 10**5"),
    "prelu-axes": ([layer("PReLU", "p", shared_axes=[99, 0, -1])], "axes that are not there"),
    "permute": ([layer("Permute", "p", dims=[1, 1, 9])], "dimensions that are not there"),
    "softmax-axis": ([layer("Softmax", "s", axis=[99, -99])], "axes that are not there"),
    "cropping": ([layer("Cropping2D", "c", cropping=[[20, 20], [20, 20]])], "nothing left"),
    "center-crop": ([layer("CenterCrop", "c", height=10**9, width=10**9)], "a crop of 10**18"),
    "random-crop": ([layer("RandomCrop", "c", height=0, width=-1)], "a crop of nothing"),
    "noise-shape": (
        [layer("Dropout", "d", rate=0.5, noise_shape=[10**9, 10**9, 1, 1])], "noise of 10**18"),
    "regularization": ([layer("ActivityRegularization", "a", l1=1e308, l2=-1e308)], "1e308"),
    "scale-long": ([layer("Rescaling", "r", scale=[1.0] * 100000)], "a list of 100,000 scales"),
    "variance": ([layer("Normalization", "n", mean=0.0, variance=-1.0)], "a variance of -1"),
    "tokens": ([layer("CategoryEncoding", "c", num_tokens=2**31)], "2**31 tokens"),
    "vocabulary": (
        [layer("StringLookup", "s", vocabulary=[f"w{at}" for at in range(200000)])],
        "a vocabulary of 200,000 words"),
    "attention": (
        [layer("MultiHeadAttention", "m", num_heads=2**31, key_dim=2**31)], "2**62 numbers"),
}
# Augmentations with code.
AUGMENTATIONS = {
    "erasing": ("RandomErasing", {"factor": LAMBDA, "fill_value": builtin("os", "system")}),
    "erasing-range": ("RandomErasing", {"factor": [-1e308, 1e308], "scale": [2, -2]}),
    "erasing-seed": ("RandomErasing", {"seed": {
        "module": "os", "class_name": "system", "config": {"c": CODE}}}),
    "flip": ("RandomFlip", {"mode": LAMBDA}),
    "rotation": ("RandomRotation", {"factor": PICKLE + CODE, "fill_mode": f"os.{CODE}"}),
    "zoom": ("RandomZoom", {"height_factor": [1e308, -1e308], "interpolation": LAMBDA}),
    "contrast": ("RandomContrast", {"factor": -1}),
    "brightness": ("RandomBrightness", {"factor": 1e308, "value_range": [1, CODE]}),
    "translation": ("RandomTranslation", {"height_factor": 10**400, "width_factor": None}),
    "augment": ("RandAugment", {"value_range": LAMBDA, "num_ops": 10**9}),
    "pipeline": ("Pipeline", {"layers": [LAMBDA_LAYER]}),
    "mix": ("MixUp", {"alpha": builtin("os", "system", name=CODE)}),
    "bounding": ("RandomColorJitter", {
        "data_format": LAMBDA, "bounding_box_format": f"/tmp/{CODE}"}),
}


def put(files, kind, name, config, why):
    text = json.dumps(config).encode()
    # Training with an epsilon of zero divides zero by zero, and `train` says so.
    more = {"model": "70"} if name == "option-epsilon-zero" else None
    files.add(
        kind, f"{name}.keras", "exported", models.archive(config=text), why, "0,65", more=more)
    files.add(kind, f"{name}.json", "architecture", text, why, "0,65", more=more)


def add(files):
    for name, (layers, why) in RECURRENT.items():
        put(files, "keras: sequences", f"option-{name}", on_sequence(*layers), why)
    for name, (layers, why) in PICTURES.items():
        put(files, "keras: options", f"option-{name}", on_picture(*layers), why)
    for name, (kind, options) in AUGMENTATIONS.items():
        put(
            files, "keras: options", f"augmentation-{name}",
            on_picture(keras_layer(kind, "a", **options)), f"options of {kind}",
        )
