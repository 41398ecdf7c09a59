"""Small models of every kind of layer, as the JSON text of Keras's `model.to_json()`."""

import json

IMAGE = (9, 8, 4)
STEPS = (11, 4)


def layer(class_name, name=None, **config):
    name = name or class_name.lower()
    return {"class_name": class_name, "config": {"name": name, **config}}


def sequential(shape, *layers):
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, *shape], "name": "in"}}
    return {"class_name": "Sequential", "config": {"name": "case", "layers": [first, *layers]}}


def functional(shape, *nodes):
    """A graph; each node is (layer, names of the inputs), and the last one is the output."""
    entries = [
        {
            "class_name": "InputLayer",
            "name": "in",
            "config": {"batch_shape": [None, *shape], "name": "in"},
            "inbound_nodes": [],
        }
    ]
    for node, inputs in nodes:
        entries.append(
            node
            | {
                "name": node["config"]["name"],
                "inbound_nodes": [[[name, 0, 0, {}] for name in inputs]],
            }
        )
    return {
        "class_name": "Functional",
        "config": {
            "name": "case",
            "layers": entries,
            "input_layers": [["in", 0, 0]],
            "output_layers": [[entries[-1]["name"], 0, 0]],
        },
    }


ACTIVATIONS = (
    """linear relu relu6 leaky_relu elu selu celu gelu silu sigmoid log_sigmoid hard_sigmoid
hard_silu sparse_sigmoid tanh hard_tanh tanh_shrink hard_shrink soft_shrink softplus squareplus
sparse_plus softsign exponential mish softmax log_softmax sparsemax glu""".split()
)

MERGES = "Add Subtract Multiply Average Maximum Minimum".split()


def cases():
    """Yields a name, the input's shape and the model."""

    def single(name, class_name, shape=IMAGE, after=(), **config):
        return name, shape, sequential(shape, layer(class_name, **config), *after)

    for padding in ("valid", "same"):
        for size, stride, dilation in [(3, 1, 1), (3, 2, 1), (4, 2, 1), (2, 3, 1), (3, 1, 2)]:
            window = dict(kernel_size=size, strides=stride, padding=padding, dilation_rate=dilation)
            text = f"{padding}, {size}, strides {stride}, dilation {dilation}"
            yield single(f"Conv2D, {text}", "Conv2D", filters=6, activation="relu", **window)
            yield single(
                f"DepthwiseConv2D, {text}", "DepthwiseConv2D", depth_multiplier=2, **window
            )
            yield single(f"SeparableConv2D, {text}", "SeparableConv2D", filters=5, **window)
            yield single(f"Conv2DTranspose, {text}", "Conv2DTranspose", filters=3, **window)
        for size, stride in [(2, 2), (3, 2), (3, 1), (2, 3)]:
            text = f"{padding}, {size}, strides {stride}"
            for kind, shape in [
                ("MaxPooling2D", IMAGE),
                ("AveragePooling2D", IMAGE),
                ("MaxPooling1D", STEPS),
                ("AveragePooling1D", STEPS),
            ]:
                yield single(
                    f"{kind}, {text}", kind, shape, pool_size=size, strides=stride, padding=padding
                )
    for padding in ("valid", "same", "causal"):
        for size, stride, dilation in [(3, 1, 1), (3, 2, 1), (4, 3, 1), (2, 3, 1), (3, 1, 2)]:
            window = dict(kernel_size=size, strides=stride, padding=padding, dilation_rate=dilation)
            text = f"{padding}, {size}, strides {stride}, dilation {dilation}"
            yield single(f"Conv1D, {text}", "Conv1D", STEPS, filters=6, activation="relu", **window)
            yield single(f"SeparableConv1D, {text}", "SeparableConv1D", STEPS, filters=5, **window)
            if padding == "causal":
                continue
            yield single(
                f"DepthwiseConv1D, {text}", "DepthwiseConv1D", STEPS, depth_multiplier=2, **window
            )
            yield single(f"Conv1DTranspose, {text}", "Conv1DTranspose", STEPS, filters=3, **window)
    yield single("Conv1D, groups", "Conv1D", STEPS, filters=6, kernel_size=3, groups=2)
    yield single(
        "Conv1D, softmax", "Conv1D", STEPS, filters=5, kernel_size=2, activation="softmax"
    )
    yield single(
        "Conv1DTranspose, output padding",
        "Conv1DTranspose",
        STEPS,
        filters=2,
        kernel_size=3,
        strides=2,
        output_padding=1,
        padding="same",
    )
    yield single("Conv2D, groups", "Conv2D", filters=6, kernel_size=[3, 2], groups=2)
    yield single("Conv2D, without bias", "Conv2D", filters=2, kernel_size=1, use_bias=False)
    yield single(
        "Conv2DTranspose, output padding",
        "Conv2DTranspose",
        filters=2,
        kernel_size=3,
        strides=2,
        output_padding=1,
        padding="same",
    )
    yield single("Conv2D, sparsemax", "Conv2D", filters=5, kernel_size=2, activation="sparsemax")
    yield single(
        "SeparableConv2D, multiplier and sparsemax",
        "SeparableConv2D",
        filters=5,
        kernel_size=2,
        depth_multiplier=2,
        activation="sparsemax",
        use_bias=False,
    )
    for keeps in (False, True):
        for kind in ("GlobalAveragePooling", "GlobalMaxPooling"):
            for rank, shape in ((1, STEPS), (2, IMAGE)):
                yield single(
                    f"{kind}{rank}D, keepdims {keeps}", f"{kind}{rank}D", shape, keepdims=keeps
                )
    for shape in [(6,), (5, 6), IMAGE]:
        text = f"rank {len(shape)}"
        yield single(f"Dense, {text}", "Dense", shape, units=4, activation="tanh")
        yield single(f"Dense, glu, {text}", "Dense", shape, units=6, activation="glu")
        yield single(f"Dense, without bias, {text}", "Dense", shape, units=3, use_bias=False)
        yield single(f"LayerNormalization, {text}", "LayerNormalization", shape)
        yield single(f"Normalization, {text}", "Normalization", shape)
        yield single(f"PReLU, {text}", "PReLU", shape)
        for axis in range(1, len(shape) + 1):
            yield single(
                f"BatchNormalization, axis {axis}, {text}", "BatchNormalization", shape, axis=axis
            )
            yield single(f"Softmax, axis {axis}, {text}", "Softmax", shape, axis=axis)
            yield single(
                f"LayerNormalization, axis {axis}, {text}", "LayerNormalization", shape, axis=[axis]
            )
            yield single(f"Normalization, axis {axis}, {text}", "Normalization", shape, axis=[axis])
            yield single(f"PReLU, shared axis {axis}, {text}", "PReLU", shape, shared_axes=[axis])
        for activation in ACTIVATIONS:
            yield single(f"{activation}, {text}", "Activation", shape, activation=activation)
    yield single("BatchNormalization, without scale", "BatchNormalization", scale=False)
    yield single("BatchNormalization, alone", "BatchNormalization", scale=False, center=False)
    yield single("LayerNormalization, axes 1 and 2", "LayerNormalization", axis=[1, 2])
    yield single("LayerNormalization, axes 2 and 3", "LayerNormalization", axis=[2, 3])
    yield single("LayerNormalization, axes 1 and 3", "LayerNormalization", axis=[1, 3])
    yield single("LayerNormalization, without scale", "LayerNormalization", scale=False)
    yield single("Softmax, axes 2 and 3", "Softmax", axis=[2, 3])
    yield single("Softmax, axes 1 and 3", "Softmax", axis=[1, 3])
    yield single("PReLU, channels", "PReLU", shared_axes=[1, 2])
    yield single("PReLU, one", "PReLU", shared_axes=[1, 2, 3])
    yield single("Normalization, axes 1 and 3", "Normalization", axis=[1, 3])
    yield single("Normalization, no axes", "Normalization", axis=None)
    yield single(
        "Normalization, given",
        "Normalization",
        mean=[0.1, 0.2, 0.3, 0.4],
        variance=[1.0, 2.0, 3.0, 4.0],
    )
    yield single("Normalization, inverted", "Normalization", invert=True)
    for shape in [(6,), (5, 6), IMAGE]:
        text = f"rank {len(shape)}"
        for groups in (1, 2, -1):
            yield single(
                f"GroupNormalization, {groups}, {text}", "GroupNormalization", shape, groups=groups
            )
        yield single(f"UnitNormalization, {text}", "UnitNormalization", shape)
    yield single("GroupNormalization, axis 1", "GroupNormalization", axis=1, groups=3)
    yield single(
        "GroupNormalization, plain", "GroupNormalization", groups=2, scale=False, center=False
    )
    yield single("UnitNormalization, axes 1 and 3", "UnitNormalization", axis=[1, 3])
    yield single("LeakyReLU", "LeakyReLU", negative_slope=0.1)
    yield single("ELU", "ELU", alpha=0.7)
    yield single("ReLU", "ReLU")
    yield single("ReLU, options", "ReLU", max_value=1.5, negative_slope=0.2, threshold=0.3)
    yield single("ReLU, maximum", "ReLU", max_value=0.7)
    yield single("Masking", "Masking", mask_value=0.25)
    yield single("Masking, rank 2", "Masking", (5, 6), mask_value=0.25)
    yield single("Identity", "Identity")
    yield single("Reshape", "Reshape", target_shape=[6, 12, -1])
    yield single("Reshape, rank 1", "Reshape", (12,), target_shape=[2, 3, 2])
    for dims in ([2, 1, 3], [3, 1, 2], [2, 3, 1], [3, 2, 1]):
        yield single(f"Permute {dims}", "Permute", dims=dims)
    yield single("Rescaling", "Rescaling", scale=0.3, offset=-0.1)
    yield single("Rescaling, lists", "Rescaling", scale=[0.1, 0.2, 0.3, 0.4], offset=[1, 2, 3, 4])
    for interpolation in ("nearest", "bilinear"):
        for size in [(4, 5), (12, 11), (9, 8), (18, 16)]:
            for options in ({}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}):
                yield single(
                    f"Resizing, {interpolation}, {size}, {list(options)}",
                    "Resizing",
                    height=size[0],
                    width=size[1],
                    interpolation=interpolation,
                    **options,
                )
        yield single(
            f"UpSampling2D, {interpolation}",
            "UpSampling2D",
            size=[2, 3],
            interpolation=interpolation,
        )
    for kind in ("CenterCrop", "RandomCrop"):
        for size in [(4, 5), (9, 8), (12, 11)]:
            yield single(f"{kind}, {size}", kind, height=size[0], width=size[1])
    yield single("Cropping2D", "Cropping2D", cropping=[[1, 2], [0, 3]])
    yield single("ZeroPadding2D", "ZeroPadding2D", padding=[[1, 2], [0, 3]])
    yield single("Cropping1D", "Cropping1D", STEPS, cropping=[1, 2])
    yield single("ZeroPadding1D", "ZeroPadding1D", STEPS, padding=[0, 3])
    yield single("UpSampling1D", "UpSampling1D", STEPS, size=3)
    yield single("RepeatVector", "RepeatVector", (5,), n=3)

    # Layers between which sequences keep their order, and others.
    conv1d = layer("Conv1D", filters=4, kernel_size=3, padding="same")
    for kind, options in {
        "BatchNormalization": {},
        "BatchNormalization, axis 1": {"axis": 1},
        "LayerNormalization": {},
        "GroupNormalization": {"groups": 2},
        "UnitNormalization": {},
        "Activation": {"activation": "glu"},
        "Softmax": {},
        "Softmax, axis 1": {"axis": 1},
        "PReLU": {},
        "LeakyReLU": {},
        "Dense": {"units": 3},
        "Flatten": {},
        "Reshape": {"target_shape": [4, 11]},
        "Permute": {"dims": [2, 1]},
        "Rescaling": {"scale": [1, 2, 3, 4]},
        "Masking": {"mask_value": 0.25},
        "SpatialDropout1D": {"rate": 0.5},
    }.items():
        yield f"Conv1D, {kind}", STEPS, sequential(
            STEPS, conv1d, layer(kind.split(",")[0], **options), layer("Dense", "d", units=2)
        )
    yield "channels first, sequences", (4, 11), sequential(
        (4, 11),
        layer("Conv1D", filters=3, kernel_size=3, data_format="channels_first"),
        layer("MaxPooling1D", data_format="channels_first"),
        layer("Flatten"),
        layer("Dense", units=5),
    )

    # Layers that act only in training are left out.
    trained = [
        layer("Dropout", rate=0.5),
        layer("SpatialDropout2D", rate=0.5),
        layer("GaussianDropout", rate=0.5),
        layer("AlphaDropout", rate=0.5),
        layer("GaussianNoise", stddev=0.5),
        layer("ActivityRegularization", l1=0.1),
        layer("RandomFlip"),
        layer("RandomRotation", factor=0.1),
        layer("RandomZoom", height_factor=0.1),
        layer("RandomTranslation", height_factor=0.1, width_factor=0.1),
        layer("RandomBrightness", factor=0.1),
        layer("RandomContrast", factor=0.1),
    ]
    yield "layers of training", IMAGE, sequential(
        IMAGE, *trained, layer("Conv2D", filters=3, kernel_size=3)
    )

    # The order of an image's elements where it is flattened.
    dense = layer("Dense", units=5)
    yield "Flatten, Dense", IMAGE, sequential(IMAGE, layer("Flatten"), dense)
    yield "Flatten, BatchNormalization, Dense", IMAGE, sequential(
        IMAGE, layer("Flatten"), layer("BatchNormalization"), dense
    )
    yield "Flatten, LayerNormalization, PReLU, Dense", IMAGE, sequential(
        IMAGE, layer("Flatten"), layer("LayerNormalization"), layer("PReLU"), dense
    )
    yield "Flatten, Dropout, Reshape", IMAGE, sequential(
        IMAGE,
        layer("Flatten"),
        layer("Dropout", rate=0.5),
        layer("Reshape", target_shape=[8, 9, 4]),
    )
    yield "Flatten, glu", IMAGE, sequential(
        IMAGE, layer("Flatten"), layer("Activation", activation="glu")
    )
    yield "Flatten, softmax", IMAGE, sequential(
        IMAGE, layer("Flatten"), layer("Activation", activation="softmax")
    )
    yield "Flatten, Normalization", IMAGE, sequential(
        IMAGE, layer("Flatten"), layer("Normalization")
    )
    yield "Flatten, Masking", IMAGE, sequential(
        IMAGE, layer("Flatten"), layer("Masking", mask_value=0.25)
    )
    yield "Permute, Flatten, Dense", IMAGE, sequential(
        IMAGE, layer("Permute", dims=[3, 1, 2]), layer("Flatten"), dense
    )
    yield "Conv2D, Reshape, Dense", IMAGE, sequential(
        IMAGE,
        layer("Conv2D", filters=3, kernel_size=2),
        layer("Reshape", target_shape=[56, 3]),
        dense,
    )
    yield "channels first", (4, 9, 8), sequential(
        (4, 9, 8),
        layer("Conv2D", filters=3, kernel_size=3, data_format="channels_first"),
        layer("MaxPooling2D", data_format="channels_first"),
        layer("Flatten"),
        dense,
    )

    # Graphs.
    conv = lambda name, filters=4: layer(
        "Conv2D", name, filters=filters, kernel_size=3, padding="same"
    )
    for kind in MERGES:
        yield f"{kind}", IMAGE, functional(
            IMAGE, (conv("a"), ["in"]), (conv("b"), ["in"]), (layer(kind), ["a", "b"])
        )
        yield f"{kind}, broadcast", IMAGE, functional(
            IMAGE,
            (conv("a"), ["in"]),
            (layer("GlobalMaxPooling2D", "b"), ["in"]),
            (layer(kind), ["a", "b"]),
        )
        yield f"{kind}, flattened", IMAGE, functional(
            IMAGE,
            (layer("Flatten"), ["in"]),
            (layer("Dense", "d", units=288), ["flatten"]),
            (layer(kind, "m"), ["flatten", "d"]),
            (layer("Dense", "e", units=3), ["m"]),
        )
    for kind in [*MERGES, "Concatenate"]:
        yield f"{kind}, sequences", STEPS, functional(
            STEPS,
            (conv1d, ["in"]),
            (layer("Conv1D", "b", filters=4, kernel_size=1), ["conv1d"]),
            (layer(kind, "m"), ["conv1d", "b"]),
            (layer(kind, "n"), ["m", "in"]),
            (layer("GlobalMaxPooling1D", "p"), ["n"]),
            (layer("Dense", "e", units=3), ["p"]),
        )
    for axes, normalize in [(1, False), (2, True), ([1, 2], False), ([2, 1], True)]:
        size = 4 if axes in (1, 2) else 11
        yield f"Dot, {axes}, {normalize}", STEPS, functional(
            STEPS,
            (conv1d, ["in"]),
            (layer("Permute", "p", dims=[1, 2] if size == 4 else [2, 1]), ["in"]),
            (layer("Dot", axes=axes, normalize=normalize), ["conv1d", "p"]),
        )
    yield "Dot, vectors", (5,), functional(
        (5,), (layer("Dense", "d", units=5), ["in"]), (layer("Dot", axes=-1), ["d", "in"])
    )
    for axis in (1, 2, 3, -1):
        yield f"Concatenate, axis {axis}", IMAGE, functional(
            IMAGE,
            (conv("a"), ["in"]),
            (conv("b"), ["a"]),
            (layer("Concatenate", axis=axis), ["a", "b", "in"]),
        )
    yield "Concatenate, flattened", IMAGE, functional(
        IMAGE,
        (layer("Flatten", "f"), ["in"]),
        (conv("a", 2), ["in"]),
        (layer("Flatten", "g"), ["a"]),
        (layer("Concatenate"), ["f", "g"]),
        (layer("Dense", "e", units=3), ["concatenate"]),
    )
    yield "a layer used twice", IMAGE, functional(
        IMAGE,
        (layer("Flatten", "f"), ["in"]),
        (layer("Dense", "d", units=288), ["f"]),
        (layer("Add"), ["f", "d"]),
    )
    yield "residual", IMAGE, functional(
        IMAGE,
        (conv("a"), ["in"]),
        (layer("BatchNormalization", "n"), ["a"]),
        (layer("ReLU", "r"), ["n"]),
        (conv("b"), ["r"]),
        (layer("Add"), ["b", "in"]),
        (layer("Activation", "t", activation="tanh"), ["add"]),
        (layer("Flatten", "f"), ["t"]),
        (layer("Dense", "train", units=3), ["f"]),
    )
    inner = sequential(IMAGE, conv("conv"), layer("ReLU"))
    inner["config"]["name"] = "encoder"
    yield "a model in a model", IMAGE, sequential(
        IMAGE, inner, layer("Flatten"), layer("Dense", "conv", units=3)
    )


def write(model, path):
    path.write_text(json.dumps(model))
