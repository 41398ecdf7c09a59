"""Configs of Keras models that ask for much time or memory, or whose content is absurd."""

import json
import sys

import models
from models import layer, sequential

# For the models that are deep.
sys.setrecursionlimit(20000)

INPUT = models.input_layer()


def functional(layers, inputs, outputs, name="functional"):
    return {
        "class_name": "Functional",
        "config": {
            "name": name, "layers": layers,
            "input_layers": [[one, 0, 0] for one in inputs],
            "output_layers": [[one, node, 0] for one, node in outputs],
        },
    }


def node(*histories):
    """A call of a layer in Keras 3's form."""
    tensors = [
        {"class_name": "__keras_tensor__",
         "config": {"shape": [None, 4], "dtype": "float32", "keras_history": list(history)}}
        for history in histories
    ]
    return {"args": [tensors[0] if len(tensors) == 1 else tensors], "kwargs": {}}


def graph_layer(kind, name, nodes, **config):
    return {
        "module": "keras.layers", "class_name": kind, "name": name, "registered_name": None,
        "config": {"name": name, **config}, "inbound_nodes": nodes,
    }


def graph_input(name, shape):
    return graph_layer("InputLayer", name, [], batch_shape=[None, *shape], dtype="float32")


def nested(depth, width):
    """Models in models, of which each calls the one below so many times: width**depth calls."""
    layers = [graph_input("i0", (4,)), graph_layer("ReLU", "r", [node(("i0", 0, 0))])]
    model = functional(layers, ["i0"], [("r", 0)], "m0")
    for level in range(1, depth + 1):
        start, below = f"i{level}", f"m{level - 1}"
        nodes = [node((start, 0, 0)) for _ in range(width)]
        inner = {**model, "module": "keras.src.models.functional", "name": below,
                 "registered_name": "Functional", "inbound_nodes": nodes}
        total = graph_layer("Add", "a", [node(*((below, call, 0) for call in range(width)))])
        model = functional(
            [graph_input(start, (4,)), inner, total], [start], [("a", 0)], f"m{level}"
        )
    return model


def nested_chain(depth, width):
    """The same, with each call on the result of the one before."""
    layers = [graph_input("i0", (4,)), graph_layer("ReLU", "r", [node(("i0", 0, 0))])]
    model = functional(layers, ["i0"], [("r", 0)], "m0")
    for level in range(1, depth + 1):
        start, below = f"i{level}", f"m{level - 1}"
        nodes = [node((start, 0, 0))] + [node((below, call, 0)) for call in range(width - 1)]
        inner = {**model, "module": "keras.src.models.functional", "name": below,
                 "registered_name": "Functional", "inbound_nodes": nodes}
        model = functional(
            [graph_input(start, (4,)), inner], [start], [(below, width - 1)], f"m{level}"
        )
    return model


def add_of(count):
    history = node(*(("i", 0, 0) for _ in range(count)))
    return functional(
        [graph_input("i", (28, 28, 1)), graph_layer("Add", "a", [history])], ["i"], [("a", 0)]
    )


def shared_calls(count):
    nodes = [node(("i", 0, 0))] + [node(("r", call, 0)) for call in range(count - 1)]
    return functional(
        [graph_input("i", (28, 28, 1)), graph_layer("ReLU", "r", nodes)], ["i"],
        [("r", count - 1)],
    )


def doubling(count):
    """Concatenate of a tensor with itself, again and again."""
    layers, last = [graph_input("i", (28, 28, 1))], "i"
    for index in range(count):
        layers.append(
            graph_layer("Concatenate", f"c{index}", [node((last, 0, 0), (last, 0, 0))], axis=-1)
        )
        last = f"c{index}"
    return functional(layers, ["i"], [(last, 0)])


def adding(count):
    layers, last = [graph_input("i", (28, 28, 1))], "i"
    for index in range(count):
        layers.append(graph_layer("Add", f"a{index}", [node((last, 0, 0), (last, 0, 0))]))
        last = f"a{index}"
    return functional(layers, ["i"], [(last, 0)])


def cyclic():
    return functional(
        [graph_input("i", (4,)), graph_layer("ReLU", "a", [node(("b", 0, 0))]),
         graph_layer("ReLU", "b", [node(("a", 0, 0))])], ["i"], [("b", 0)],
    )


def itself():
    return functional(
        [graph_input("i", (4,)), graph_layer("ReLU", "a", [node(("a", 0, 0))])], ["i"],
        [("a", 0)],
    )


def layers_in_layers(depth):
    model = sequential(INPUT, layer("ReLU", "r"))
    for level in range(depth):
        model = sequential(model, name=f"s{level}")
    return model


def chain(kind, count, **config):
    return [layer(kind, f"{kind.lower()}{index}", **config) for index in range(count)]


def ends(*layers):
    """A model that ends with the mean over the pixels."""
    return sequential(INPUT, *layers, models.POOLING, models.DENSE)


BOMBS = {
    "nested-12-of-10": (nested(12, 10), "models nested 12 deep and 10 wide: 10**12 calls"),
    "nested-6-of-10": (nested(6, 10), "models nested 6 deep and 10 wide: 10**6 calls"),
    "nested-chain-20-of-2": (nested_chain(20, 2), "2**20 calls, one after the other"),
    "nested-chain-9-of-10": (nested_chain(9, 10), "10**9 calls, one after the other"),
    "sequential-25-deep": (layers_in_layers(25), "sequential models 25 deep"),
    "sequential-400-deep": (layers_in_layers(400), "sequential models 400 deep"),
    "add-of-150000": (add_of(150000), "an Add of 150,000 inputs"),
    "shared-100000-calls": (shared_calls(100000), "100,000 calls of one layer"),
    "doubling-20": (doubling(20), "20 concatenations with itself"),
    "doubling-60": (doubling(60), "60 concatenations with itself"),
    "adding-200": (adding(200), "200 additions to itself"),
    "layers-100000": (ends(*chain("ReLU", 100000)), "100,000 layers"),
    "upsampling-6": (ends(*chain("UpSampling2D", 6, size=[2, 2])), "28 x 28 becomes 1792 x 1792"),
    "upsampling-8": (ends(*chain("UpSampling2D", 8, size=[2, 2])), "28 x 28 becomes 7168 x 7168"),
    "upsampling-40": (ends(*chain("UpSampling2D", 40, size=[2, 2])), "28 x 28 x 2**80 pixels"),
    "upsampling-1": (ends(layer("UpSampling2D", "u", size=[2**31, 2**31])), "a factor of 2**31"),
    "upsampling-bilinear": (
        ends(layer("UpSampling2D", "u", size=[300, 300], interpolation="bilinear")),
        "28 x 28 becomes 8400 x 8400"),
    "padding": (ends(layer("ZeroPadding2D", "p", padding=[20000, 20000])), "a large padding"),
    "padding-overflow": (
        ends(layer("ZeroPadding2D", "p", padding=[2**62, 2**62])), "a padding of 2**62"),
    "resizing": (ends(layer("Resizing", "r", height=30000, width=30000)), "30,000 x 30,000"),
    "repeat": (
        sequential(INPUT, layer("Flatten", "f"), layer("RepeatVector", "r", n=10**9)),
        "a vector repeated 10**9 times"),
    "reshape-huge": (
        ends(layer("Reshape", "r", target_shape=[2**32, 2**32])), "a product of 2**64"),
    "reshape-negative": (
        ends(layer("Reshape", "r", target_shape=[-1, -1, -2])), "negative extents"),
    "input-huge": (
        sequential(models.input_layer((10**9, 10**9, 3)), models.POOLING, models.DENSE),
        "an input of 10**18 pixels"),
    "input-65536": (
        sequential(models.input_layer((65536, 65536, 1)), models.POOLING, models.DENSE),
        "an input of 65536 x 65536"),
    "input-8000": (
        sequential(models.input_layer((8000, 8000, 4)), models.POOLING, models.DENSE),
        "an input of 1 GB"),
    "input-rank": (sequential(models.input_layer((1,) * 100000), models.DENSE), "rank 100,000"),
    "dropouts": (ends(*chain("GaussianNoise", 2000, stddev=1e308)), "2,000 layers of noise"),
    "dense-huge": (
        sequential(INPUT, layer("Flatten", "f"), layer("Dense", "d", units=2**31)),
        "2**31 units"),
    "dense-overflow": (
        sequential(INPUT, layer("Flatten", "f"), layer("Dense", "d", units=2**62)),
        "2**62 units"),
    "embedding": (
        sequential(INPUT, layer("Embedding", "e", input_dim=2**40, output_dim=2**40)),
        "a table of 2**80 numbers"),
    "pooling": (ends(layer("MaxPooling2D", "p", pool_size=[10**9, 10**9])), "windows of 10**9"),
    "pooling-same": (
        ends(layer("AveragePooling2D", "p", pool_size=[10**6, 10**6], strides=[1, 1],
                   padding="same")), "windows of 10**6 with padding"),
    "kernel-huge": (
        ends(layer("Conv2D", "c", filters=1, kernel_size=[10**9, 10**9])), "a kernel of 10**18"),
    "dilation": (
        ends(layer("Conv2D", "c", filters=1, kernel_size=[3, 3], dilation_rate=[10**9, 10**9],
                   padding="same")), "a dilation of 10**9"),
    "transpose": (
        ends(layer("Conv2DTranspose", "c", filters=64, kernel_size=[1, 1],
                   strides=[10**5, 10**5])), "strides of 10**5"),
    "normalization": (
        ends(layer("Normalization", "n", mean=[0.0] * 200000, variance=[1.0] * 200000)),
        "400,000 numbers in the config"),
}
NUMBERS = {
    "negative": -1, "zero": 0, "fraction": 1.5, "large": 2**31, "larger": 2**63, "largest": 2**64,
    "digits": 10**400, "float": 1e308, "text": "28", "list": [1], "null": None, "bool": True,
    "object": {},
}
PLACES = {
    "units": lambda value: sequential(
        INPUT, models.POOLING, layer("Dense", "dense", units=value)),
    "kernel": lambda value: ends(layer("Conv2D", "c", filters=1, kernel_size=[value, value])),
    "strides": lambda value: ends(layer("MaxPooling2D", "p", pool_size=2, strides=value)),
    "axis": lambda value: ends(layer("Concatenate", "c", axis=value)),
    "shape": lambda value: sequential(
        {"class_name": "InputLayer", "config": {
            "name": "input", "batch_shape": [None, value, 28, 1]}},
        models.POOLING, models.DENSE),
    "rate": lambda value: ends(layer("Dropout", "d", rate=value)),
    "groups": lambda value: ends(
        layer("Conv2D", "c", filters=2, kernel_size=[1, 1], groups=value)),
    "slope": lambda value: ends(layer("LeakyReLU", "l", negative_slope=value)),
    "crop": lambda value: ends(layer("Cropping2D", "c", cropping=[value, value])),
}
PLAIN = json.dumps(models.tiny())


def deep_json(depth, opening, closing, middle=""):
    return opening * depth + middle + closing * depth


TEXTS = {
    "deep-127": (f'{PLAIN[:-1]},"x":{deep_json(120, "[", "]")}}}', "120 levels of arrays", "0,65"),
    "deep-500": (f'{PLAIN[:-1]},"x":{deep_json(500, "[", "]")}}}', "500 levels", "0,65"),
    "deep-20000": (deep_json(20000, "[", "]"), "20,000 levels of arrays", "65"),
    "deep-1000000": (deep_json(1000000, "[", ""), "a million opening brackets", "65"),
    "deep-objects": (
        PLAIN[:-1] + ',"x":' + deep_json(20000, '{"a":', "}", "1") + "}",
        "20,000 levels of objects", "0,65"),
    "nan": (PLAIN.replace('"units": 4', '"units": NaN'), "the number NaN", "65"),
    "infinity": (PLAIN.replace('"units": 4', '"units": -Infinity'), "the number Infinity", "65"),
    "exponent": (PLAIN.replace('"units": 4', '"units": 1e999999999'), "1e999999999", "65"),
    "many-digits": (
        PLAIN.replace('"units": 4', '"units": 4.' + "0" * 1000000), "a million digits", "0,65"),
    "surrogate": (PLAIN.replace("pooling", "po\\ud800ling"), "half of a surrogate pair", "0,65"),
    "zero-character": (PLAIN.replace("pooling", "po\\u0000ling"), "a zero character", "0,65"),
    "controls": (
        PLAIN.replace("pooling", "\\u001b[31m\\u202e\\u0085\\nEVIL-LINE"), "control characters",
        "0,65"),
    "raw-control": (PLAIN.replace("pooling", "po\x1b[2Jling"), "a raw control character", "0,65"),
    "not-utf-8": (PLAIN.encode().replace(b"pooling", b"po\xff\x9bling"), "no UTF-8", "0,65"),
    "utf-16": (PLAIN.encode("utf-16"), "UTF-16", "65"),
    "byte-order-mark": (b"\xef\xbb\xbf" + PLAIN.encode(), "a byte order mark", "0,65"),
    "trailing": (PLAIN + '{"class_name":"Lambda"}', "a second value", "65"),
    "truncated": (PLAIN[:-20], "truncated", "65"),
    "empty": ("", "empty", "65"),
    "blanks": (PLAIN + " " * (3 << 20), "3 MB of blanks", "0,65"),
    "long-string": (PLAIN.replace("pooling", "p" * (2 << 20)), "a name of 2 MB", "0,65"),
    "many-keys": (
        PLAIN[:-1] + "," + ",".join(f'"k{index}":0' for index in range(200000)) + "}",
        "200,000 keys", "0,65"),
    "array-not-object": ("[" + PLAIN + "]", "an array", "65"),
    "number": ("17", "a number", "65"),
    "no-layers": ('{"class_name":"Sequential","config":{}}', "no layers", "65"),
    "layers-not-list": (
        '{"class_name":"Sequential","config":{"layers":{"a":1}}}', "layers in an object", "65"),
    "cyclic": (json.dumps(cyclic()), "two layers that need each other", "65"),
    "itself": (json.dumps(itself()), "a layer that needs itself", "65"),
    "same-name": (
        json.dumps(ends(layer("ReLU", "r"), layer("ReLU", "r"))), "two layers of one name", "0,65"),
    "no-input": (
        json.dumps(functional([graph_input("i", (4,))], ["j"], [("k", 9)])), "unknown ends", "65"),
    "node-negative": (
        json.dumps(functional(
            [graph_input("i", (4,)), graph_layer("ReLU", "r", [node(("i", -1, -1))])],
            ["i"], [("r", -1)])), "negative nodes", "65"),
    "node-huge": (
        json.dumps(functional(
            [graph_input("i", (4,)), graph_layer("ReLU", "r", [node(("i", 2**62, 2**62))])],
            ["i"], [("r", 2**62)])), "nodes of 2**62", "65"),
}


def put(files, kind, name, text, why, loads):
    """A config in each form of file."""
    data = text if isinstance(text, bytes) else text.encode()
    files.add(kind, f"{name}.keras", "model", models.archive(config=data), why, loads)
    files.add(kind, f"{name}.json", "architecture", data, why, loads)
    if len(data) < 20 << 20:
        try:
            content = models.whole_model(config=data.decode())
        except (UnicodeError, ValueError):  # h5py refuses it.
            return
        files.add(kind, f"{name}.h5", "hdf5", content, why, loads, more={"diff": "0,1,65"})


def add(files):
    for name, (config, why) in BOMBS.items():
        put(files, "keras: bombs", f"config-{name}", json.dumps(config), why, "0,65")
    for place, build in PLACES.items():
        for name, value in NUMBERS.items():
            text = json.dumps(build(value))
            files.add(
                "keras: numbers", f"number-{place}-{name}.keras", "model",
                models.archive(config=text.encode()), f"{place} is {str(value)[:30]}", "0,65",
            )
    for name, (text, why, loads) in TEXTS.items():
        put(files, "keras: JSON", f"json-{name}", text, why, loads)
