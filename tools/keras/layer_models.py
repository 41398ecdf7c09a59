"""Models of every layer, which other tools compute for comparison with Cairn and Keras.

The layers, their weights and their inputs are those of the golden numbers of Keras
(Tests/NeuralNetworkTests/Fixtures) and the cases below. Layers of images run twice: on the model's
input, and behind a layer that leaves channels first in a graph. Every class in KerasRegistry.swift
must occur.
"""

import collections
import itertools
import json
import pathlib
import re
import sys

import h5py
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "NeuralNetworkTests" / "Fixtures"
FILES = ROOT / "Tests" / "CheckpointsTests" / "Fixtures"
LIMIT = 1e-5
CELL = {"activation": "tanh", "recurrent_activation": "sigmoid"}


def layer(class_name, name, inputs=None, **options):
    """Returns the config of a layer; `inputs` are the names of others, if the model is a graph."""
    entry = {"class_name": class_name, "config": {**options, "name": name}, "name": name}
    if inputs is not None:
        nodes = [[source, 0, 0, {}] if isinstance(source, str) else source for source in inputs]
        entry["inbound_nodes"] = [nodes] if nodes else []
    return entry


def model_config(shape, layers, output=None):
    """Returns the config of a sequential model, or of a graph with the name of its output."""
    entry = layer("InputLayer", "x", [] if output else None, batch_shape=[None, *shape])
    config = {"name": "model", "layers": [entry, *layers]}
    if output:
        config |= {"input_layers": [["x", 0, 0]], "output_layers": [[output, 0, 0]]}
    return {"class_name": "Functional" if output else "Sequential", "config": config}


def write_model(path, config, weights, version="3.15.1"):
    """Writes a model in Keras's form; `weights` is a list of arrays for the names of layers."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = version, "tensorflow"
        file.attrs["model_config"] = json.dumps(config)
        group = file.create_group("model_weights")
        names = [entry["name"] for entry in config["config"]["layers"]]
        group.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            values = weights.get(name, [])
            group.create_group(name).attrs["weight_names"] = [
                f"{name}/{index}".encode() for index in range(len(values))
            ]
            for index, value in enumerate(values):
                group[name][f"{name}/{index}"] = value


class LayerCheck:
    """Runs models in another tool and keeps the greatest differences."""

    # The classes that the tool does not have.
    lacks = frozenset()

    def __init__(self, programs):
        self.programs, self.folder = programs, programs.folder
        self.failures, self.seen, self.refused = [], set(), collections.Counter()
        # By class: number of models, difference to Cairn, difference to Keras.
        self.figures = collections.defaultdict(lambda: [0, 0.0, None])

    def convert(self, source):
        """Converts a file for the tool."""
        raise NotImplementedError

    def run(self, source, name, class_name, x, expected=None):
        """Compares the tool with Cairn, and with `expected`, which Keras computed."""
        raise NotImplementedError

    def compare(self, class_name, found, own, expected=None):
        """Notes the differences of what the tool computed to Cairn and to Keras."""
        figures = self.figures[class_name]
        figures[0] += 1
        differences = [difference(found, own)]
        if expected is not None:
            differences.append(difference(found, expected))
        for index, value in enumerate(differences, 1):
            figures[index] = max(figures[index] or 0, value)
        assert max(differences) < LIMIT, f"differs by {differences}"

    def report(self):
        """Prints the differences and failures, and exits with 1 if there are any failures."""
        print(f"{'class':28} {'models':>6} {'to Cairn':>9} {'to Keras':>9}")
        for name, (count, own, keras) in sorted(self.figures.items()):
            print(f"{name:28} {count:6} {own:9.1e} {'' if keras is None else f'{keras:9.1e}'}")
        models, own, keras = zip(*self.figures.values(), strict=True)
        worst = max(own), max((value for value in keras if value is not None), default=0)
        print(f"{'all':28} {sum(models):6} {worst[0]:9.1e} {worst[1]:9.1e}")
        print(f"refused by name: {dict(sorted(self.refused.items()))}")
        for failure in self.failures:
            print(f"FAILED {failure}", file=sys.stderr)
        sys.exit(1 if self.failures else 0)

    def layer(self, entry, weights, inputs, expected=None):
        """Checks a layer alone, and behind a layer that leaves channels first in the graph."""
        class_name, name = entry["class_name"], re.sub(r"\W", "_", entry["config"]["name"])
        self.seen.add(class_name)
        path = self.folder / "model.h5"
        for is_image in [False, True]:
            if is_image and all(x.ndim not in (3, 4, 5) for x in inputs):
                continue
            x, config, all_weights = around(entry, name, inputs, is_image)
            write_model(path, config, {name: weights, **all_weights})
            self.run(path, f"{name}{'_image' if is_image else ''}", class_name, x, expected)


    def refuses(self, entry, weights, inputs, reason):
        """Checks that a layer is refused by its name and for a reason."""
        path, name = self.folder / "refused.h5", re.sub(r"\W", "_", entry["config"]["name"])
        _, config, more = around(entry, name, inputs, False)
        write_model(path, config, {name: weights, **more})
        try:
            self.convert(path)
            self.failures.append(f"{name} is not refused: {reason}")
        except AssertionError as error:
            is_expected = reason in str(error) or entry["class_name"] in self.lacks
            if f"'{name}'" in str(error) and is_expected:
                self.refused[f"{entry['class_name']}, {reason}"] += 1
            else:
                self.failures.append(f"{name}: {error}")


def pixels(x, name, inputs=None):
    """Returns a layer that leaves images, sequences or volumes as they are, with channels first."""
    return layer(f"MaxPooling{x.ndim - 2}D", name, inputs, pool_size=[1] * (x.ndim - 2))


def around(entry, name, inputs, is_image):
    """Returns an input, a model with a layer, and the other weights of the model.

    The model has one input, from which it takes those of the layer by products with ones.
    """
    options = {key: value for key, value in entry["config"].items() if key != "name"}
    if len(inputs) == 1:
        first = [pixels(inputs[0], "image")] if is_image else []
        config = model_config(
            inputs[0].shape[1:], [*first, layer(entry["class_name"], name, **options)]
        )
        return inputs[0], config, {}
    flat = [x.reshape(len(x), -1) for x in inputs]
    x = np.concatenate(flat, axis=1)
    layers, weights, sources, start = [], {}, [], 0
    for index, part in enumerate(inputs):
        width = flat[index].shape[1]
        kernel = np.zeros((x.shape[1], width), np.float32)
        kernel[start : start + width] = np.eye(width)
        start += width
        source = f"part_{index}"
        layers.append(layer("Dense", source, ["x"], units=width, use_bias=False))
        weights[source] = [kernel]
        layers.append(
            layer("Reshape", f"input_{index}", [source], target_shape=list(part.shape[1:]))
        )
        source = f"input_{index}"
        # Every second image or sequence has channels first, so that layouts meet. The others have a
        # layer, too: Keras orders the weights by depth.
        if is_image:
            name_of_image = f"image_{index}"
            is_first = part.ndim in (3, 4, 5) and index % 2 == 0
            layers.append(
                pixels(part, name_of_image, [source])
                if is_first
                else layer("Identity", name_of_image, [source])
            )
            source = name_of_image
        sources.append(source)
    layers.append(layer(entry["class_name"], name, sources, **options))
    return x, model_config(x.shape[1:], layers, output=name), weights


def difference(found, expected):
    """Returns the greatest difference, relative to the greatest element or to 1."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    assert found.shape == expected.shape, f"shapes {found.shape} and {expected.shape}"
    scale = max(1.0, np.abs(expected).max(initial=0))
    return np.abs(found - expected).max(initial=0) / scale


def golden_layers():
    """Yields (config, weights, inputs, output) of the golden numbers that are not of training."""
    golden = json.loads((FIXTURES / "pointwise.json").read_text())

    def array(value):
        value = golden["shared"][value] if isinstance(value, str) else value
        return np.array(value["values"], np.float32).reshape(value["shape"])

    def weight(name, value):
        return array(value).astype(np.int64 if name == "count" else np.float32)

    for case in golden["layers"]:
        if case["training"]:
            continue
        step = case["steps"][0]
        inputs, output = case.get("inputs", step.get("inputs")), step.get("output")
        yield (
            {"class_name": case["class_name"], "config": {**case["config"], "name": case["name"]}},
            [weight(*pair) for pair in zip(case["weight_names"], case["weights"], strict=True)],
            [array(value) for value in inputs],
            array(case.get("output", output)),
        )
    for name in """windows sequences layers recurrent conv_lstm einsum volumes""".split():
        with h5py.File(FIXTURES / f"{name}.h5") as file:
            for group in file["layers"].values():
                entry = json.loads(group.attrs["config"])
                if "input" not in group or "output" not in group:
                    continue
                weights = group.get("weights", {})
                yield (
                    entry,
                    [weights[key][()] for key in sorted(weights, key=int)],
                    [group["input"][()]],
                    group["output"][()],
                )


def further_layers():
    """Yields (config, weights, inputs) of classes and options without golden numbers."""
    random = np.random.default_rng(17)

    def numbers(*shape):
        return random.normal(size=shape).astype(np.float32)

    images = numbers(2, 9, 7, 3)

    def case(class_name, name, x=images, weights=(), **options):
        return layer(class_name, name, **options), list(weights), [x]

    positive = random.uniform(0.5, 2, 3).astype(np.float32)
    for axis in [1, 2, 3]:
        width = images.shape[axis]
        weights = [numbers(width), numbers(width), numbers(width), np.abs(numbers(width)) + 0.5]
        yield case("BatchNormalization", f"bn_axis_{axis}", weights=weights, axis=axis)
    yield case(
        "BatchNormalization", "bn_plain", weights=[numbers(3), positive], scale=False, center=False
    )
    yield case("BatchNormalization", "bn_scale", weights=[positive] * 3, center=False)
    yield case("BatchNormalization", "bn_rows", numbers(2, 5, 3), weights=[positive] * 4)
    for axes in [[1], [2], [3], [1, 2], [2, 3], [1, 3], [1, 2, 3], [-1, -2], [3, 1]]:
        shape = [images.shape[axis] for axis in axes]
        name = "ln_" + "_".join(map(str, axes)).replace("-", "m")
        weights = [numbers(*shape), numbers(*shape)]
        yield case("LayerNormalization", name, weights=weights, axis=axes)
    yield case("LayerNormalization", "ln_plain", scale=False, center=False)
    yield case("LayerNormalization", "ln_center", weights=[numbers(3)], scale=False)
    for axes in [[1], [3], [1, 3], [1, 2, 3]]:
        shape = [images.shape[axis] for axis in axes]
        weights = [numbers(*shape), np.abs(numbers(*shape)) + 0.1, np.int64(0)]
        name = "normalization_" + "_".join(map(str, axes))
        yield case("Normalization", name, weights=weights, axis=axes)
    yield case(
        "Normalization", "normalization_given", mean=[0.5, 1, 2], variance=[1, 4, 0.25], axis=[-1]
    )
    yield case("Normalization", "normalization_scalar", mean=0.5, variance=4, axis=None)
    yield case(
        "Normalization", "normalization_invert", mean=[0.5, 1, 2], variance=[1, 4, 0], invert=True
    )
    yield case("Rescaling", "rescaling_list", scale=[0.5, 2, 3], offset=[1, 0, -1])
    yield case("Rescaling", "rescaling_bytes", scale=1 / 127.5, offset=-1)
    for shared in [[], [1, 2], [3], [1, 2, 3]]:
        shape = [1 if axis in shared else images.shape[axis] for axis in [1, 2, 3]]
        name = "prelu_shared_" + "_".join(map(str, shared))
        yield case("PReLU", name, weights=[numbers(*shape)], shared_axes=shared)
    for options in [
        {"max_value": 1.5},
        {"negative_slope": 0.25},
        {"negative_slope": 0.25, "max_value": 0.5},
        {"threshold": 0.5},
        {"threshold": 0.5, "max_value": 1.0},
        {"threshold": 0.5, "negative_slope": 0.25, "max_value": 1.0},
    ]:
        yield case("ReLU", "relu_" + "_".join(options), **options)
    for axis in [1, 2, 3, [1, 2], [1, 3], [1, 2, 3]]:
        yield case("Softmax", f"softmax_{axis}", axis=axis)
    masked = images.copy()
    masked[:, ::2, ::3] = -1.25
    yield case("Masking", "masking", masked, mask_value=-1.25)
    yield case("Masking", "masking_zero", masked, mask_value=0.0)
    yield case("Masking", "masking_rows", masked[:, :, 0], mask_value=-1.25)
    for size in [(4, 5), (9, 7), (12, 5), (3, 14), (20, 20)]:
        options = {"height": size[0], "width": size[1]}
        name = "{}x{}".format(*size)
        yield case("CenterCrop", f"center_crop_{name}", **options)
        yield case("RandomCrop", f"random_crop_{name}", **options)
        for interpolation in ["bilinear", "nearest"]:
            for fit in [{}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}]:
                yield case(
                    "Resizing",
                    "_".join(["resizing", name, interpolation, *fit]),
                    interpolation=interpolation,
                    fill_value=0.5,
                    **options,
                    **fit,
                )
    # Extents whose quotients round: each runtime would choose other pixels in its own way.
    for height in range(2, 14):
        yield case(
            "Resizing",
            f"resizing_nearest_{height}",
            height=height,
            width=12,
            interpolation="nearest",
        )
    for dims in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]]:
        yield case("Permute", "permute_" + "_".join(map(str, dims)), dims=dims)
    yield case("Permute", "permute_rows", numbers(2, 5, 3), dims=[2, 1])
    yield case("Reshape", "reshape_images", target_shape=[7, -1, 3])
    yield case("Reshape", "reshape_one_channel", numbers(2, 4, 4, 1), target_shape=[16])
    yield case("Flatten", "flatten_images")
    yield case("Flatten", "flatten_one_channel", numbers(2, 4, 4, 1))
    yield case("Flatten", "flatten_pixel", numbers(2, 1, 1, 5))
    yield case("Flatten", "flatten_rows", numbers(2, 5, 3))
    yield case("ZeroPadding2D", "zero_padding", padding=[[1, 2], [3, 0]])
    yield case("Cropping2D", "cropping", cropping=[[1, 2], [0, 3]])
    for activation in ["linear", "glu", "softmax"]:
        yield case(
            "Dense",
            f"dense_image_{activation}",
            weights=[numbers(3, 4), numbers(4)],
            units=4,
            activation=activation,
        )
    yield case(
        "Dense", "dense_rows", numbers(2, 5, 3), weights=[numbers(3, 4)], units=4, use_bias=False
    )
    for activation in """celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh
        leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink
        softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus tanh tanh_shrink
        """.split():
        x = 3 * numbers(2, 4, 3, 6)
        yield case("Activation", f"activation_image_{activation}", x, activation=activation)
    for class_name, options in {
        "ActivityRegularization": {"l1": 0.1},
        "AlphaDropout": {"rate": 0.25},
        "Dropout": {"rate": 0.25},
        "GaussianDropout": {"rate": 0.25},
        "GaussianNoise": {"stddev": 0.25},
        "Identity": {},
        "RandomBrightness": {"factor": 0.25},
        "RandomContrast": {"factor": 0.25},
        "RandomFlip": {},
        "RandomHeight": {"factor": 0.25},
        "RandomRotation": {"factor": 0.25},
        "RandomTranslation": {"height_factor": 0.25, "width_factor": 0.25},
        "RandomWidth": {"factor": 0.25},
        "RandomZoom": {"height_factor": 0.25},
        "SpatialDropout2D": {"rate": 0.25},
    }.items():
        yield case(class_name, class_name.lower(), **options)
    for name in """ColorDegeneration ColorJitter ElasticTransform Erasing GaussianBlur Grayscale Hue
        Invert Perspective Posterization Saturation Sharpness Shear""".split():
        yield case(f"Random{name}", f"random_{name.lower()}")
    merged = [images, numbers(2, 9, 7, 3), numbers(2, 9, 7, 3)]
    for class_name in "Add Average Maximum Minimum Multiply Subtract Concatenate".split():
        name = class_name.lower()
        count = 2 if class_name == "Subtract" else 3
        yield layer(class_name, f"{name}_images"), [], merged[:count]
        if class_name != "Concatenate":
            for shape in [(3,), (1, 1, 3), (7, 3), (9, 1, 3), (1,)]:
                suffix = "x".join(map(str, shape))
                other = [images, numbers(2, *shape)]
                yield layer(class_name, f"{name}_images_{suffix}"), [], other
                yield layer(class_name, f"{name}_{suffix}_images"), [], other[::-1]
    for axis in [1, 2, 3, -2]:
        yield layer("Concatenate", f"concatenate_images_{axis}", axis=axis), [], merged
    options = {"projection_dim": 3, "init_values": 0.5}
    yield case("LayerScale", "layer_scale", weights=[numbers(3)], **options)
    yield from recurrent_layers(numbers)
    yield from attention_layers(numbers)
    words = random.integers(0, 7, (2, 5)).astype(np.float32)
    for name, x in {"words": words, "fractions": words + 0.75, "images": words[..., None]}.items():
        yield case("Embedding", f"embedding_{name}", x, [numbers(8, 3)], input_dim=8, output_dim=3)
    for mode in ["one_hot", "multi_hot", "count"]:
        for name, x in {
            "numbers": random.integers(0, 4, (6, 5)).astype(np.float32),
            "number": random.integers(0, 4, (6, 1)).astype(np.float32),
            "others": np.array([[-1.5, -1, -0.5], [3.5, 4, 1e9], [1, 1, 0]], np.float32),
        }.items():
            options = {"num_tokens": 4, "output_mode": mode}
            yield case("CategoryEncoding", f"category_encoding_{mode}_{name}", x, **options)
    x = np.array([[-1, 0, 0.25, 0.5], [1, 1.5, 2, 1e9], [-1e9, 0.999, 1, 3]], np.float32)
    for mode in ["int", "one_hot", "multi_hot", "count"]:
        options = {"bin_boundaries": [0, 0.5, 1, 1, 2], "output_mode": mode}
        yield case("Discretization", f"discretization_{mode}", x, **options)
    yield case("Discretization", "discretization_images", bin_boundaries=[-0.5, 0, 1.25])
    yield case("GlobalMaxPooling3D", "global_max_volumes", numbers(2, 4, 3, 5, 2), keepdims=True)


def recurrent_layers(numbers):
    """Yields (config, weights, inputs) of layers around recurrent cells."""
    x = numbers(3, 6, 4)
    functions = {
        "LSTM": {"activation": "tanh", "recurrent_activation": "sigmoid"},
        "GRU": {"activation": "tanh", "recurrent_activation": "sigmoid", "reset_after": True},
        "SimpleRNN": {"activation": "tanh"},
    }

    def cell(class_name, units=3, **options):
        return layer(class_name, "cell", units=units, **{**functions[class_name], **options})

    def weights(entry, features=4):
        config = entry["config"]
        units = config["units"]
        gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[entry["class_name"]]
        width = gates * units
        bias = [2, width] if config.get("reset_after") else [width]
        kernels = [numbers(features, width), numbers(units, width)]
        return kernels + ([numbers(*bias)] if config.get("use_bias", True) else [])

    def both(name, one, other=None, mode="concat"):
        options = {"layer": one, "merge_mode": mode}
        if other:
            options["backward_layer"] = other
        entry = layer("Bidirectional", f"bidirectional_{name}", **options)
        return entry, weights(one) + weights(other or one), [x]

    for class_name in functions:
        for mode in ["concat", "sum", "mul", "ave"]:
            for returns in [False, True]:
                name = f"{class_name.lower()}_{mode}{'_sequences' if returns else ''}"
                one = cell(class_name, return_sequences=returns)
                yield both(name, one, mode=mode)
                # Two nodes, because the first direction is backwards.
                first = cell(class_name, return_sequences=returns, go_backwards=True)
                other = cell(class_name, return_sequences=returns)
                yield both(f"{name}_backwards", first, other, mode)
    other = cell("GRU", 5, go_backwards=True, return_sequences=True)
    yield both("two_classes", cell("LSTM", return_sequences=True), other)
    other = cell("GRU", go_backwards=True, reset_after=False)
    yield both("two_kinds", cell("GRU"), other, "sum")
    other = cell("LSTM", go_backwards=True, use_bias=False, activation="elu")
    yield both("two_options", cell("LSTM", recurrent_activation="hard_sigmoid"), other)

    def distributed(name, inner, weights, x):
        return layer("TimeDistributed", f"distributed_{name}", layer=inner), weights, [x]

    dense = layer("Dense", "inner", units=5, activation="relu")
    yield distributed("dense", dense, [numbers(4, 5), numbers(5)], x)
    conv = layer("Conv2D", "inner", filters=3, kernel_size=[3, 3], padding="same")
    yield distributed("conv", conv, [numbers(3, 3, 2, 3), numbers(3)], numbers(2, 4, 5, 6, 2))
    yield distributed("flatten", layer("Flatten", "inner"), [], numbers(2, 4, 5, 6, 2))
    one = cell("LSTM")
    yield distributed("lstm", one, weights(one), numbers(2, 3, 5, 4))
    twice = layer("TimeDistributed", "inner", layer=dense)
    yield distributed("twice", twice, [numbers(4, 5), numbers(5)], numbers(2, 3, 5, 4))


def attention_layers(numbers):
    """Yields (config, weights, inputs) of attention without masks."""
    query, value, key = numbers(2, 4, 6), numbers(2, 5, 3), numbers(2, 5, 6)
    same = numbers(2, 5, 6)
    for inputs in [[query, same], [query, value, key]]:
        name = len(inputs)
        for mode in ["dot", "concat"]:
            for scaled in [False, True]:
                options = {"use_scale": scaled, "score_mode": mode}
                count = scaled + (mode == "concat")
                yield (
                    layer("Attention", f"attention_{mode}_{scaled}_{name}", **options),
                    [np.float32(numbers(1)[0]) for _ in range(count)],
                    inputs,
                )
        yield layer("AdditiveAttention", f"additive_{name}"), [numbers(6)], inputs
        plain = layer("AdditiveAttention", f"additive_plain_{name}", use_scale=False)
        yield plain, [], inputs
    for name, options in {
        "heads": {},
        "plain": {"use_bias": False, "value_dim": 5},
        "window": {"sliding_window": 2},
        "gated": {"use_gate": True, "value_dim": 5},
        "shaped": {"output_shape": [2, 3]},
    }.items():
        for inputs in [[query, same], [query, value, key]]:
            q, v, k = inputs[0], inputs[1], inputs[-1]
            size = options.get("value_dim", 4)
            output = options.get("output_shape", [q.shape[2]])
            shapes = [[q.shape[2], 2, 4], [k.shape[2], 2, 4]]
            if "use_gate" in options:
                shapes.append([q.shape[2], 2, size])
            shapes += [[v.shape[2], 2, size], [2, size, *output]]
            weights = []
            for index, shape in enumerate(shapes):
                weights.append(numbers(*shape) / 2)
                if options.get("use_bias", True):
                    is_last = index == len(shapes) - 1
                    weights.append(numbers(*shape[2 if is_last else 1 :]))
            entry = layer(
                "MultiHeadAttention",
                f"multi_head_{name}_{len(inputs)}",
                num_heads=2,
                **{"key_dim": 4, "value_dim": size, **options},
            )
            yield entry, weights, inputs


def graphs():
    """Yields (name, config, weights, shape of the input) of models with several branches."""
    random = np.random.default_rng(18)

    def numbers(*shape):
        return random.normal(size=shape).astype(np.float32) / 3

    def conv(name, inputs, inner, filters, weights, **options):
        size = options.get("kernel_size", [3, 3])
        weights[name] = [numbers(*size, inner, filters), numbers(filters)]
        return layer(
            "Conv2D",
            name,
            inputs,
            **{"kernel_size": size, "filters": filters, "padding": "same", **options},
        )

    # A block of a residual network, and squeeze and excitation.
    weights = {"squeeze": [numbers(4, 2), numbers(2)], "excite": [numbers(2, 4), numbers(4)]}
    layers = [
        conv("first", ["x"], 3, 4, weights, activation="relu"),
        conv("second", ["first"], 4, 4, weights),
        layer("Add", "add", ["first", "second"]),
        layer("GlobalAveragePooling2D", "mean", ["add"]),
        layer("Dense", "squeeze", ["mean"], units=2, activation="relu"),
        layer("Dense", "excite", ["squeeze"], units=4, activation="sigmoid"),
        layer("Multiply", "scaled", ["add", "excite"]),
    ]
    yield "squeeze_excite", model_config((6, 5, 3), layers, "scaled"), weights, (6, 5, 3)

    # The same with axes that are kept, and an output that is also used inside.
    kept = [*layers[:3], layer("GlobalAveragePooling2D", "mean", ["add"], keepdims=True)]
    kept += [*layers[4:], layer("Concatenate", "both", ["scaled", "x", "first"])]
    yield "squeeze_excite_kept", model_config((6, 5, 3), kept, "both"), weights, (6, 5, 3)

    # A layer that is called three times.
    weights = {"shared": [numbers(4, 4), numbers(4)]}
    layers = [
        layer("Dense", "shared", ["x"], units=4, activation="tanh"),
        layer("Add", "sum", [["shared", 0, 0, {}], ["shared", 1, 0, {}], ["shared", 2, 0, {}]]),
    ]
    layers[0]["inbound_nodes"] += [[["shared", 0, 0, {}]], [["shared", 1, 0, {}]]]
    yield "shared", model_config((4,), layers, "sum"), weights, (4,)

    # Convolutions and layers that need the order of elements, in turn.
    weights = {"dense": [numbers(4, 6), numbers(6)]}
    layers = [
        conv("first", ["x"], 2, 4, weights),
        layer("Dense", "dense", ["first"], units=6),
        conv("second", ["dense"], 6, 2, weights),
        layer("Permute", "permute", ["second"], dims=[2, 1, 3]),
        conv("third", ["permute"], 2, 2, weights),
        layer("UpSampling2D", "up", ["third"], interpolation="bilinear"),
        layer("Reshape", "reshape", ["up"], target_shape=[-1, 4]),
        layer("Concatenate", "concatenate", ["reshape", "reshape"]),
    ]
    yield "order", model_config((4, 6, 2), layers, "concatenate"), weights, (4, 6, 2)

    # Only layers that are left out.
    layers = [layer("Dropout", "dropout", rate=0.5), layer("Identity", "identity")]
    yield "nothing", model_config((4,), layers), {}, (4,)


def masked_graphs():
    """Yields (name, config, weights, x, version of Keras) of cells with masks and states.

    They are written step by step. The layers of Keras 2 use a mask with given states, too.
    """
    random = np.random.default_rng(22)

    def numbers(*shape):
        return random.normal(size=shape).astype(np.float32) / 2

    def gaps(*shape):
        """Sequences of which some steps are masked: at both ends, in between and all."""
        x = numbers(5, *shape)
        x[0, 1:3] = x[1, 3] = x[2, 0] = x[3] = 0.5
        return x

    def joined(names):
        flat = [layer("Flatten", f"flat_{index}", [name]) for index, name in enumerate(names)]
        return [*flat, layer("Concatenate", "all", [f"flat_{i}" for i in range(len(flat))])]

    for rank, extents in [(1, [5]), (2, [4, 5]), (3, [3, 4, 3])]:
        shape, size = (4, int(np.prod(extents)) * 2), [2, 3, 2][:rank]

        def cell(name, inputs, channels=2, **options):
            weights[name] = [numbers(*size, width, 12) for width in [channels, 3]] + [numbers(12)]
            options = {"filters": 3, "kernel_size": size, "padding": "same", **CELL, **options}
            return layer(f"ConvLSTM{rank}D", name, inputs, **options)

        weights = {}
        reshape = layer("Reshape", "inner", target_shape=[*extents, 2])
        states = [["first", 0, 0, {}], ["first", 0, 2, {}], ["first", 0, 1, {}]]
        every = {"return_sequences": True}
        ends = [
            cell("last", ["first"], 3, go_backwards=True, return_state=True),
            cell("zeros", ["first"], 3, zero_output_for_mask=True, **every),
            cell("last_zeros", ["first"], 3, zero_output_for_mask=True),
            cell("given", states, 3, return_state=True, **every),
            cell("given_last", states, 3, go_backwards=True, activation="selu"),
        ]
        layers = [
            layer("Masking", "masking", ["x"], mask_value=0.5),
            layer("TimeDistributed", "frames", ["masking"], layer=reshape),
            cell("first", ["frames"], return_state=True, **every),
            *ends,
            # The masks of the outputs.
            *[cell(f"after_{name}", [name], 3) for name in ["zeros", "given"]],
        ]
        layers += joined(
            [
                *[entry["name"] for entry in layers[2:]],
                *[[name, 0, index, {}] for name in ["last", "given"] for index in [1, 2]],
            ]
        )
        for version in ["3.15.1", "2.15.0"]:
            config = model_config(shape, layers, "all")
            name = f"masked_conv_lstm_{rank}_{version[0]}"
            yield name, config, weights, gaps(*shape), version

        # A mask with more axes than the steps.
        weights = {}
        layers = [
            layer("Reshape", "frames", ["x"], target_shape=[4, *extents, 2]),
            layer("Masking", "masking", ["frames"], mask_value=0.5),
            cell("first", ["masking"], **every),
            cell("last", ["first"], 3),
            *joined(["first", "last"]),
        ]
        config = model_config(shape, layers, "all")
        yield f"masked_frames_{rank}", config, weights, gaps(*shape), "3.15.1"

    # With an activation that the cells of ONNX lack, and with one that they have.
    def recurrent(class_name, name, inputs=None, features=4, **options):
        gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[class_name]
        width, after = gates * 3, options.get("reset_after", False)
        own = [numbers(features, width), numbers(3, width), numbers(*[2] * after, width)]
        functions = {"activation": activation}
        if class_name != "SimpleRNN":
            functions["recurrent_activation"] = "sigmoid"
        if name:
            weights[name] = own
        return layer(class_name, name or "inner", inputs, **functions, units=3, **options), own

    for activation, masked in itertools.product(["selu", "tanh"], [False, True]):
        # Keras orders the weights by depth.
        weights, layers, later, ends = {}, [], [], []
        source = "masking" if masked else "x"
        if masked:
            layers.append(layer("Masking", source, ["x"], mask_value=0.5))
        for class_name, options in [
            ("LSTM", {}),
            ("GRU", {"reset_after": False}),
            ("GRU", {"reset_after": True}),
            ("SimpleRNN", {}),
        ]:
            name = class_name.lower() + str(options.get("reset_after", ""))
            steps = {**options, "return_sequences": True, "return_state": True}
            layers.append(recurrent(class_name, name, [source], **steps)[0])
            count = 2 if class_name == "LSTM" else 1
            states = [[name, 0, index, {}] for index in range(count + 1)]
            back = {**options, "go_backwards": True}
            later.append(recurrent(class_name, f"{name}_given", states, 3, **back)[0])
            zeros = {**options, "zero_output_for_mask": True, "return_sequences": True}
            later.append(recurrent(class_name, f"{name}_zeros", [source], **zeros)[0])
            del zeros["return_sequences"]
            later.append(recurrent(class_name, f"{name}_last_zeros", [source], **zeros)[0])
            inner, own = recurrent(class_name, None, return_sequences=True, **options)
            both = f"{name}_both"
            weights[both] = own + [numbers(*value.shape) for value in own]
            later.append(layer("Bidirectional", both, [source], layer=inner))
            ends += [*states, f"{name}_given", f"{name}_zeros", f"{name}_last_zeros", both]
        layers += [*later, *joined(ends)]
        for version in ["3.15.1", "2.15.0"]:
            config = model_config((4, 4), layers, "all")
            yield f"{activation}_{masked}_{version[0]}", config, weights, gaps(4, 4), version


def arrays(values):
    values = values if isinstance(values, list) else [values]
    return [np.array(v["values"], np.float32).reshape(v["shape"]) for v in values]


def check_layers(check):
    """Runs the models of all layers; those that keep their states must be refused."""
    for entry, weights, inputs, output in golden_layers():
        if entry["config"].get("stateful", False):
            check.refuses(entry, weights, inputs, "stateful")
        else:
            check.layer(entry, weights, inputs, output)
    for entry, weights, inputs in further_layers():
        check.layer(entry, weights, inputs)
    x = np.ones((1, 3, 4, 2), np.float32)
    for rank in [1, 2, 3]:
        options = {"filters": 1, "kernel_size": [1] * rank, "stateful": True}
        entry = layer(f"ConvLSTM{rank}D", f"kept_{rank}", **CELL, **options)
        weights = [np.ones((*[1] * rank, width, 4), np.float32) for width in [2, 1]]
        frames = x.reshape(1, 3, 4, *[1] * (rank - 1), 2)
        check.refuses(entry, [*weights, np.ones(4, np.float32)], [frames], "stateful")
    random = np.random.default_rng(19)
    for name, config, weights, shape in graphs():
        path = check.folder / "graph.h5"
        write_model(path, config, weights)
        check.run(path, name, f"graph {name}", random.normal(size=(3, *shape)))
    for name, config, weights, x, version in masked_graphs():
        path = check.folder / "graph.h5"
        write_model(path, config, weights, version)
        check.run(path, name, f"graph {name}", x)
    registry = (ROOT / "Sources/NeuralNetwork/Keras/Registry/KerasRegistry.swift").read_text()
    classes = registry[registry.index("layers:") : registry.index("activations =")]
    missing = set(re.findall(r"(\w+)\.self", classes)) - check.seen
    if missing:
        check.failures.append(f"no model has {sorted(missing)}")
