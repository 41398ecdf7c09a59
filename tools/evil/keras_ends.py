"""Keras models with several inputs and outputs: ends that are not there, names of ends, models in
models whose ends disagree, masks that lie, and losses and metrics of outputs that do not exist."""

import json

import models
import numpy as np
from collection import INJECTED, LINE
from hdf5_bytes import Image
from keras_code import CODE, LAMBDA, builtin
from keras_configs import graph_input, graph_layer, node
from keras_names import LINE_ENDS
from models import set_text

KIND = "keras: several ends"
PICTURE = graph_input("i", (28, 28, 1))
POOLING = graph_layer("GlobalAveragePooling2D", "pooling", [node(("i", 0, 0))])


def dense(name, units, *nodes, **options):
    return graph_layer("Dense", name, list(nodes), units=units, **options)


FIRST = dense("dense", 4, node(("pooling", 0, 0)))
SECOND = dense("second", 2, node(("pooling", 0, 0)))
HEADS = [PICTURE, POOLING, FIRST, SECOND]
TWO = [["dense", 0, 0], ["second", 0, 0]]
ONE = [["dense", 0, 0]]


def model(layers=None, inputs=(("i", 0, 0),), outputs=TWO, name="functional", **more):
    if not layers:  # Without what the outputs do not need.
        layers = HEADS if "second" in json.dumps(outputs) else HEADS[:3]
    ends = {"input_layers": inputs, "output_layers": outputs}
    return {
        "module": "keras.src.models.functional", "class_name": "Functional",
        "registered_name": "Functional",
        "config": {"name": name, "trainable": True, "layers": list(layers), **ends}, **more,
    }


def inner(config, name, *nodes):
    """A model as a layer."""
    config = {**config, "name": name, "inbound_nodes": list(nodes)}
    return {**config, "config": {**config["config"], "name": name}}


def called_on(arguments, **keywords):
    return {"args": arguments, "kwargs": keywords}


def tensor(*history):
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 4], "dtype": "float32", "keras_history": list(history)},
    }


NUMBERS = {
    "1": 1, "minus-1": -1, "1024": 1024, "2-62": 2**62, "2-63": 2**63, "minus-2-63": -(2**63),
    "digits": 10**400, "fraction": 0.5, "float": 1e308, "bool": True, "text": "0", "null": None,
    "list": [0], "code": LAMBDA,
}
NAMES = {
    "line-ends": LINE_ENDS, "line": f"\n{LINE}", "escape": "\x1b]0;a\x07\x1b[2J", "zero": "a\0b",
    "bidi": "a\u202e\u2066b", "c1": "a\x9b31m", "empty": "", "blank": " ", "dots": "..",
    "path": "../../../tmp/evil", "absolute": "/tmp/evil", "slashes": "a//b/",
    "drive": "C:\\a", "string": f'a"; {INJECTED} = 1; "', "quote": f"a'); {INJECTED} = 1 #",
    "comment": f"a*/ int {INJECTED}; /*", "class": "__class__", "keyword": "class_name",
    "index": "0", "kilobytes": "n" * 16384, "kilobytes-more": "n" * 16385,
    "megabyte": "n" * (1 << 20), "wide": "\u6f22" * (1 << 16),
}


def outputs():
    """The list of outputs."""
    for name, value in NUMBERS.items():
        yield f"output-number-{name}", model(outputs=[["dense", 0, 0], ["second", 0, value]]), "65"
        yield f"output-call-{name}", model(outputs=[["dense", 0, 0], ["second", value, 0]]), "65"
    for name, ends, codes in [
        ("none", [], "65"), ("null", None, "65"), ("text", "dense", "65"), ("number", 7, "65"),
        ("object", {}, "65"), ("nested", [[TWO]], "65"), ("nested-twice", [TWO, TWO], "65"),
        ("mixed", [["dense", 0, 0], {"a": ["second", 0, 0]}], "65"),
        ("short", [["dense"], ["second", 0]], "65"), ("long", [["dense", 0, 0, 0, 0]], "0,65"),
        ("deep", json.loads("[" * 100 + '["dense", 0, 0]' + "]" * 100), "65"),
        ("missing", [["dense", 0, 0], ["third", 0, 0]], "65"),
        ("missing-many", [[f"o{at}", 0, 0] for at in range(60000)], "65"),
        ("missing-name", [["dense", 0, 0], [LINE_ENDS, 0, 0]], "65"),
        ("name-number", [[0, 0, 0]], "65"), ("name-object", [[{}, 0, 0]], "65"),
        ("input", [["dense", 0, 0], ["i", 0, 0]], "0,65"), ("only-input", [["i", 0, 0]], "65"),
        ("input-number", [["dense", 0, 0], ["i", 0, 2**62]], "0,65"),
        ("input-call", [["dense", 0, 0], ["i", 2**62, 0]], "0,65"),
        ("twice", ONE * 2, "0,65"), ("1024", ONE * 1024, "0,65"), ("1025", ONE * 1025, "65"),
        ("60000", ONE * 60000, "65"), ("million", ONE * (1 << 20), "65"),
        ("dictionary-60000", {f"o{at}": ONE[0] for at in range(60000)}, "65"),
        ("dictionary-1024", {f"o{at}": ONE[0] for at in range(1024)}, "0,65"),
        ("dictionary-lists", {"a": ONE, "b": TWO}, "65"),
        ("dictionary-deep", {"a": {"b": {"c": ONE[0]}}}, "65"),
        ("dictionary-missing", {"a": ONE[0], "b": ["third", 0, 0]}, "65"),
        ("dictionary-code", {"a": ONE[0], "b": LAMBDA}, "65"),
        ("code", LAMBDA, "65"),
    ]:
        yield f"outputs-{name}", model(outputs=ends), codes
    for name, text in NAMES.items():
        yield f"output-name-{name}", model(outputs={text: ONE[0], "second": TWO[1]}), "0,65"
        yield f"output-only-{name}", model(outputs={text: ONE[0]}), "0,65"
    same = {"a": ONE[0], "\u00e9": ONE[0], "e\u0301": ONE[0]}  # Equal for Swift, not for Python.
    yield "outputs-canonical", model(outputs=same), "0,65"
    yield "outputs-absent", {**model(), "config": {"name": "m", "layers": HEADS}}, "65"


def inputs():
    """The list of inputs."""

    def merged(ends, layers=None, names=("i", "j")):
        layers = layers or [PICTURE, graph_input("j", (3,))]
        tensors = [[tensor("pooling", 0, 0), tensor(names[1], 0, 0)]]
        end = graph_layer("Concatenate", "merged", [called_on(tensors)], axis=-1)
        return model(
            [*layers, POOLING, end, dense("dense", 4, node(("merged", 0, 0)))], ends, ONE)

    both = [["i", 0, 0], ["j", 0, 0]]
    for name, ends, codes in [
        ("none", [], "65"), ("null", None, "65"), ("one-missing", both[:1], "65"),
        ("twice", [*both, both[0]], "65"), ("not-there", [*both, ["k", 0, 0]], "65"),
        ("layer", [*both, ["pooling", 0, 0]], "65"), ("60000", both * 30000, "65"),
        ("numbers", [["i", 2**62, -1], ["j", -1, 2**62]], "0,65"),
        ("dictionary", {"x": both[0], "y": both[1]}, "0,65"),
        ("dictionary-twice", {"x": both[0], "y": both[0]}, "65"),
        ("dictionary-mixed", {"x": both, "y": both[1]}, "65"), ("text", "i", "65"),
        ("nested", [both], "65"), ("code", LAMBDA, "65"),
    ]:
        yield f"inputs-{name}", merged(ends), codes
    for name, text in NAMES.items():
        yield f"input-name-{name}", merged({"i": both[0], text: both[1]}), "0,65"
        layers = [PICTURE, graph_input(text, (3,))]
        ends = [["i", 0, 0], [text, 0, 0]]
        yield f"input-layer-{name}", merged(ends, layers, ("i", text)), "0,65"
    for name, shape in [
        ("huge", (10**9, 10**9, 3)), ("zero", (0,)), ("negative", (-1,)), ("text", ("3",)),
        ("open", (None, None, None)), ("rank", (1,) * 1000), ("none", ()),
    ]:
        layers = [PICTURE, graph_input("j", shape)]
        yield f"input-shape-{name}", merged(both, layers), "65"
    without = {**graph_input("j", (3,)), "config": {"name": "j"}}
    yield "input-shape-missing", merged(both, [PICTURE, without]), "65"
    many = [graph_input(f"j{at}", (512, 512, 64)) for at in range(5000)]
    histories = [(f"j{at}", 0, 0) for at in range(5000)]
    layers = [*many, graph_layer("Add", "sum", [node(*histories)])]
    ends = [list(history) for history in histories]
    yield "inputs-large-5000", model(layers, ends, [["sum", 0, 0]]), "65"
    small = [graph_input(f"j{at}", (4,)) for at in range(60000)]
    ends = [[f"j{at}", 0, 0] for at in range(60000)]
    yield "inputs-unused-60000", model([PICTURE, *small, POOLING, FIRST], ends, ONE), "65"


def calls():
    """Calls and models in models."""
    cycle = [
        PICTURE, POOLING, dense("dense", 4, node(("second", 0, 0))),
        dense("second", 4, node(("dense", 0, 0))),
    ]
    yield "cycle", model(cycle), "65"
    ring = [dense(f"d{at}", 4, node((f"d{(at + 1) % 5000}", 0, 0))) for at in range(5000)]
    yield "cycle-5000", model([PICTURE, *ring], outputs=[["d0", 0, 0], ["d1", 0, 0]]), "65"
    own = dense("dense", 4, node(("pooling", 0, 0)), node(("dense", 1, 0)))
    yield "cycle-second-call", model(
        [PICTURE, POOLING, own], outputs=[["dense", 0, 0], ["dense", 1, 0]]), "65"
    yield "call-output-1", model(
        [PICTURE, POOLING, dense("dense", 4, node(("pooling", 0, 1))), SECOND]), "65"
    # An inner model with two inputs and two outputs, called in many ways.
    block = model(
        [graph_input("x", (4,)), graph_input("y", (4,)),
         graph_layer("Add", "sum", [node(("x", 0, 0), ("y", 0, 0))]),
         graph_layer("Multiply", "product", [node(("x", 0, 0), ("sum", 0, 0))])],
        [["x", 0, 0], ["y", 0, 0]], [["sum", 0, 0], ["product", 0, 0]])
    keys = {**block["config"], "input_layers": {"x": ["x", 0, 0], "y": ["y", 0, 0]}}
    by_key = {**block, "config": keys}
    a, b = tensor("dense", 0, 0), tensor("fourth", 0, 0)
    fourth = dense("fourth", 4, node(("pooling", 0, 0)))

    def around(config, *nodes, ends=(("block", 1, 0), ("block", 1, 1))):
        return model(
            [PICTURE, POOLING, FIRST, fourth, inner(config, "block", *nodes)],
            outputs=[list(end) for end in ends])

    for name, arguments, codes in [
        ("right", [[a, b]], "0,65"), ("one", [a], "65"), ("three", [[a, b, a]], "65"),
        ("none", [], "65"), ("5000", [[a] * 5000], "65"), ("text", [["x", "y"]], "65"),
        ("numbers", [[0, 1]], "65"), ("null", [[None, None]], "65"),
        ("wrong-key", [{"x": a, "z": b}], "65"), ("key", [{"x": a, "y": b}], "0,65"),
        ("key-missing", [{"x": a}], "65"), ("key-more", [{"x": a, "y": b, "z": a}], "65"),
        ("keys-60000", [{f"k{at}": a for at in range(60000)}], "65"),
        ("hostile-key", [{LINE_ENDS: a, "y": b}], "65"), ("code", [LAMBDA], "65"),
        ("nested", [[[[a], [[b]]]]], "0,65"), ("input", [[tensor("i", 0, 0)] * 2], "65"),
        ("other-size", [[a, tensor("pooling", 0, 0)]], "65"),
        ("itself", [[a, tensor("block", 0, 0)]], "65"),
        ("output-2", [[a, tensor("block", 1, 2)]], "65"),
    ]:
        for form, config in ("list", block), ("dictionary", by_key):
            yield f"inner-{form}-{name}", around(config, called_on(arguments)), codes
    right = called_on([[a, b]])
    for number in NUMBERS:
        ends = [["block", 1, 0], ["block", 1, NUMBERS[number]]]
        codes = "0,65" if number == "1" else "65"
        yield f"inner-output-{number}", around(block, right, ends=ends), codes
        ends = [["block", 1, 0], ["block", NUMBERS[number], 0]]
        yield f"inner-call-{number}", around(block, right, ends=ends), codes
    for name, keywords in [
        ("training", {"training": "evil"}), ("code", {"mask": LAMBDA}),
        ("mask", {"mask": [tensor("dense", 0, 0), None]}), ("mask-deep", {"mask": [[[[None]]]]}),
        ("other", {CODE: 1}), ("list", [1, 2]), ("text", "training"),
        ("many", {f"k{at}": None for at in range(60000)}),
    ]:
        changed = around(block, {"args": [[a, b]], "kwargs": keywords})
        yield f"inner-keywords-{name}", changed, "0,65"
    for name, ends in [
        ("more", [["sum", 0, 0], ["product", 0, 0], ["sum", 0, 0]]), ("fewer", [["sum", 0, 0]]),
        ("missing", [["sum", 0, 0], ["third", 0, 0]]), ("1024", [["sum", 0, 0]] * 1024),
        ("dictionary", {"p": ["sum", 0, 0], "q": ["product", 0, 0]}), ("none", []),
        ("inputs", [["x", 0, 0], ["y", 0, 0]]), ("nested", [[["sum", 0, 0]], ["sum", 0, 0]]),
        ("names", {LINE_ENDS: ["sum", 0, 0], "../a": ["product", 0, 0]}),
    ]:
        config = {**block, "config": {**block["config"], "output_layers": ends}}
        yield f"inner-ends-{name}", around(config, right), "0,65"
    # A model that is in itself by its name, and the same name for all.
    yield "inner-same-name", model(
        [PICTURE, POOLING, FIRST, fourth, inner(block, "functional", right)],
        outputs=[["functional", 1, 0]]), "0,65"
    yield "inner-named-input", model(
        [PICTURE, POOLING, FIRST, fourth, inner(block, "i", right)], outputs=[["i", 1, 0]]), "65"
    yield "inner-2-deep-14", deep(14, 2), "0,65"
    yield "inner-2-deep-15", deep(15, 2), "0,65"
    yield "inner-4-deep-8", deep(8, 4), "65"
    yield "inner-10-deep-12", deep(12, 10), "65"
    yield "inner-400-deep", deep(400, 1), "65"
    # Calls of 1,024 outputs.
    wide = model(
        [graph_input("x", (4,)), graph_layer("ReLU", "r", [node(("x", 0, 0))])], [["x", 0, 0]],
        [["r", 0, 0]] * 1024)
    nodes = [called_on([tensor("dense", 0, 0)]) for _ in range(4000)]
    histories = [("block", call, output) for call in range(16) for output in range(1024)]
    yield "inner-wide", model(
        [PICTURE, POOLING, FIRST, inner(wide, "block", *nodes),
         graph_layer("Add", "sum", [node(*histories)])], outputs=[["sum", 0, 0]]), "0,65"
    # Nodes of Keras 2 and Keras 3 in one model.
    old = {**SECOND, "inbound_nodes": [[["pooling", 0, 0, {}]]]}
    yield "nodes-mixed", model([PICTURE, POOLING, FIRST, old]), "0,65"
    for name, nodes in [
        ("object", {"args": [tensor("pooling", 0, 0)]}), ("text", "pooling"), ("null", None),
        ("number", 7), ("numbers", [1, 2]), ("empty", [[]]), ("deep", [[[[[[[]]]]]]]),
        ("arguments", [[["pooling", 0, 0, {"x": LAMBDA}]]]), ("short", [[["pooling"]]]),
        ("code", [LAMBDA]), ("many", [called_on([tensor("pooling", 0, 0)])] * 60000),
        ("list-many", [[["pooling", 0, 0, {}]] * 60000]),
        ("arguments-deep", [json.loads('{"args": ' + "[" * 100 + "]" * 100 + ', "kwargs": {}}')]),
    ]:
        yield f"nodes-{name}", model([PICTURE, POOLING, FIRST, {**SECOND, "inbound_nodes": nodes}
                                      ]), "0,65"


def deep(depth, width):
    """Models in models with two ends each, of which each calls the one below so many times."""
    layers = [
        graph_input("x0", (4,)), graph_input("y0", (4,)),
        graph_layer("Add", "sum", [node(("x0", 0, 0), ("y0", 0, 0))]),
        graph_layer("Subtract", "difference", [node(("x0", 0, 0), ("y0", 0, 0))]),
    ]
    config = model(
        layers, [["x0", 0, 0], ["y0", 0, 0]], [["sum", 0, 0], ["difference", 0, 0]], "m0")
    for level in range(1, depth + 1):
        x, y, below = f"x{level}", f"y{level}", f"m{level - 1}"
        nodes = [node((x, 0, 0), (y, 0, 0))]
        nodes += [node((below, call, 0), (below, call, 1)) for call in range(width - 1)]
        config = model(
            [graph_input(x, (4,)), graph_input(y, (4,)), inner(config, below, *nodes)],
            [[x, 0, 0], [y, 0, 0]], [[below, width, 0], [below, width, 1]], f"m{level}")
    return config


def masks():
    """Operations that compute masks other than those of the layers before."""

    def operation(kind, name, *arguments, module="keras.src.ops.numpy", **config):
        return {
            "module": module, "class_name": kind, "registered_name": kind, "name": name,
            "config": {"name": name, **config}, "inbound_nodes": [called_on(list(arguments))],
        }

    rows = graph_input("i", (28, 28))
    masking = graph_layer("Masking", "masking", [node(("i", 0, 0))], mask_value=0.5)
    unequal = operation("NotEqual", "unequal", tensor("i", 0, 0), 0.5)
    is_any = operation("Any", "any", tensor("unequal", 0, 0), axis=[-1])

    def masked(*operations, mask=("any", 0, 0), outputs=TWO):
        mask = tensor(*mask) if isinstance(mask, tuple) else mask
        lstm = graph_layer(
            "LSTM", "lstm", [called_on([tensor("masking", 0, 0)], mask=mask)], units=1)
        ends = [dense("dense", 4, node(("lstm", 0, 0))), dense("second", 2, node(("lstm", 0, 0)))]
        return model([rows, masking, *operations, lstm, *ends], outputs=outputs)

    yield "mask-right", masked(unequal, is_any), "0,65"
    odd = {
        "other": 0.25, "zero": 0, "text": "0.5", "null": None, "digits": 10**400, "float": 1e308,
        "bool": True, "list": [0.5], "code": LAMBDA,
    }
    for name, value in odd.items():
        changed = operation("NotEqual", "unequal", tensor("i", 0, 0), value)
        yield f"mask-value-{name}", masked(changed, is_any), "65"
    for name, history in [
        ("masking", ("masking", 0, 0)), ("missing", ("k", 0, 0)), ("itself", ("unequal", 0, 0)),
        ("any", ("any", 0, 0)), ("number", ("i", 0, 7)), ("call", ("i", 7, 0)),
        ("huge", ("i", 2**63, 2**63)), ("short", ("i",)), ("lstm", ("lstm", 0, 0)),
    ]:
        changed = operation("NotEqual", "unequal", tensor(*history), 0.5)
        yield f"mask-of-{name}", masked(changed, is_any), "65"
        # These two are right.
        changed = operation("Any", "any", tensor(*history), axis=-1)
        codes = "0,65" if name == "itself" else "65"
        yield f"mask-any-of-{name}", masked(unequal, changed), codes
        codes = "0,65" if name == "any" else "65"
        yield f"mask-is-{name}", masked(unequal, is_any, mask=history), codes
    for name, options in [
        ("axis-0", {"axis": 0}), ("axis-none", {"axis": None}), ("axes", {"axis": [-1, 1]}),
        ("keepdims", {"axis": -1, "keepdims": True}), ("axis-huge", {"axis": 2**63}),
        ("module", {"axis": -1, "module": f"os.{CODE}"}),
    ]:
        changed = operation("Any", "any", tensor("unequal", 0, 0), **options)
        yield f"mask-{name}", masked(unequal, changed), "65"
    for name, mask in [
        ("code", LAMBDA), ("text", "any"), ("list", [tensor("any", 0, 0)]), ("number", 1),
        ("function", builtin("os", "system", name=CODE)), ("many", [None] * 60000),
        ("many-false", [False] * 60000), ("history-text", tensor("any", "0", "0")),
    ]:
        codes = "0,65" if name == "many" else "65"
        yield f"mask-argument-{name}", masked(unequal, is_any, mask=mask), codes
    yield "mask-missing", masked(), "65"
    yield "mask-twice", masked(unequal, unequal, is_any, is_any), "0,65"
    yield "mask-named-input", masked(
        operation("NotEqual", "i", tensor("i", 0, 0), 0.5), is_any), "65"
    yield "mask-named-layer", masked(
        unequal, is_any, operation("Any", "lstm", tensor("unequal", 0, 0), axis=-1)), "0,65"
    yield "mask-output", masked(unequal, is_any, outputs=[*TWO, ["any", 0, 0]]), "65"
    many = [operation("NotEqual", f"n{at}", tensor("i", 0, 0), 0.5) for at in range(30000)]
    yield "mask-many", masked(unequal, is_any, *many), "0,65"
    chain = [
        operation("Any", f"a{at + 1}", tensor(f"a{at}", 0, 0), axis=-1) for at in range(30000)]
    chained = operation("NotEqual", "a0", tensor("i", 0, 0), 0.5)
    yield "mask-chain", masked(chained, *chain, mask=("a30000", 0, 0)), "65"
    hostile = operation("NotEqual", LINE_ENDS, tensor("k", 0, 0), 0.5)
    yield "mask-name", masked(unequal, is_any, hostile, mask=(LINE_ENDS, 0, 0)), "65"
    called = graph_layer(
        "Dense", "second", [called_on([tensor("any", 0, 0)])], units=2)
    yield "mask-as-input", model([
        rows, masking, unequal, is_any, called, dense("dense", 4, node(("masking", 0, 0)))]), "65"


def lists(depth, middle="mse"):
    return json.loads("[" * depth + json.dumps(middle) + "]" * depth)


MSE = {"class_name": "MeanSquaredError", "config": {"name": "m"}}
OWN = {"module": "evil", "class_name": "Evil", "registered_name": "evil>Evil", "config": {}}
# Name: losses, factors and metrics of the outputs "dense" and "second".
COMPILED = {
    "right": {"loss": {"dense": "mse", "second": "mae"}, "metrics": {"dense": ["mse"]}},
    "loss-other": {"loss": {"dense": "mse", "third": "mae"}},
    "loss-only-other": {"loss": {"third": "mae"}},
    "loss-fewer": {"loss": ["mse"]},
    "loss-more": {"loss": ["mse"] * 3},
    "loss-60000": {"loss": ["mse"] * 60000},
    "loss-named-60000": {"loss": {f"o{at}": "mse" for at in range(60000)}},
    "loss-objects-60000": {"loss": [MSE] * 60000},
    "loss-nulls-60000": {"loss": [None] * 60000},
    "loss-nested": {"loss": [["mse", "mae"], ["mse"]]},
    "loss-deep": {"loss": lists(100)},
    "loss-code": {"loss": {"dense": LAMBDA, "second": "mse"}},
    "loss-module": {"loss": ["mse", builtin("os", "system", name=CODE)]},
    "loss-own": {"loss": {"dense": OWN, "second": OWN}},
    "loss-number": {"loss": [1, 2]},
    "loss-empty": {"loss": {}},
    "loss-name": {"loss": {LINE_ENDS: "mse", f"\n{LINE}": "mae", "../a": "mse"}},
    "loss-text": {"loss": {"dense": LINE_ENDS, "second": f"\n{LINE}"}},
    "loss-long": {"loss": {"dense": "m" * (1 << 20), "n" * (1 << 20): "mse"}},
    "weights-other": {"loss": ["mse", "mse"], "loss_weights": {"third": 1.5}},
    "weights-more": {"loss": ["mse", "mse"], "loss_weights": [0.5] * 60000},
    "weights-huge": {"loss": ["mse", "mse"], "loss_weights": [1e308, -1e308]},
    "weights-digits": {"loss": ["mse", "mse"], "loss_weights": [10**400, 1]},
    "weights-text": {"loss": ["mse", "mse"], "loss_weights": ["1", LINE_ENDS]},
    "weights-code": {"loss": ["mse", "mse"], "loss_weights": LAMBDA},
    "weights-bool": {"loss": ["mse", "mse"], "loss_weights": [True, False]},
    "weights-nested": {"loss": ["mse", "mse"], "loss_weights": [[1], [2]]},
    "weights-alone": {"loss": None, "loss_weights": [0.5, 0.5]},
    "metrics-other": {"loss": "mse", "metrics": {"third": ["mse"], "fourth": ["mae"]}},
    "metrics-more": {"loss": "mse", "metrics": [["mse"]] * 60000},
    "metrics-60000": {"loss": "mse", "metrics": ["mse"] * 60000},
    "metrics-one-60000": {"loss": "mse", "metrics": {"dense": ["mse"] * 60000}},
    "metrics-named-60000": {"loss": "mse", "metrics": {f"o{at}": "mse" for at in range(60000)}},
    "metrics-deep": {"loss": "mse", "metrics": lists(100)},
    "metrics-code": {"loss": "mse", "metrics": {"dense": [LAMBDA], "second": ["mse"]}},
    "metrics-own": {"loss": "mse", "metrics": {"dense": [OWN], "second": [OWN]}},
    "metrics-own-60000": {"loss": "mse", "metrics": {"dense": [OWN] * 60000, "second": []}},
    "metrics-name": {"loss": "mse", "metrics": {LINE_ENDS: ["mse"], f"\n{LINE}": ["mae"]}},
    "metrics-mixed": {"loss": "mse", "metrics": {"dense": ["mse"]}, "weighted_metrics": ["mae"]},
    "metrics-null": {"loss": "mse", "metrics": [None] * 60000},
    "metrics-size": {"loss": "mse", "metrics": [[{
        "class_name": "MeanIoU", "config": {"num_classes": 2**31}}], [{
            "class_name": "AUC", "config": {"num_thresholds": 2**40}}]]},
    "optimizer": {"loss": ["mse", "mse"], "optimizer": {"dense": "adam", "second": "sgd"}},
    "optimizers": {"loss": ["mse", "mse"], "optimizer": ["adam"] * 60000},
}


def texts():
    """Ends with a key twice, which no object of Python has."""
    for key, ends in [("output", TWO), ("input", [["i", 0, 0]])]:
        text = json.dumps(model(outputs={"a": TWO[0], "b": TWO[1]}, inputs={"i": ["i", 0, 0]}))
        twice = json.dumps({"a": ends[0]})[:-1] + ', "a": ' + json.dumps(ends[-1]) + "}"
        start = text.index(f'"{key}_layers": ') + len(f'"{key}_layers": ')
        end = text.index("}", start) + 1
        yield f"{key}-key-twice", text[:start] + twice + text[end:]
        yield f"{key}-list-twice", text[:end] + f', "{key}_layers": ' + twice + text[end:]


def weights(config):
    """The shapes of the weights of each layer on the top level, by name and class.

    A layer has the inputs of the one that it is called on: 4 numbers of `merged`, otherwise 1."""
    for entry in config["config"].get("layers") or []:
        options = entry["config"]
        wide = 4 if '"merged"' in json.dumps(entry["inbound_nodes"])[:1000] else 1
        if entry["class_name"] == "Dense":
            yield "dense", options["name"], [(wide, options["units"]), (options["units"],)]
        elif entry["class_name"] == "LSTM":
            yield "lstm", options["name"], [(28, 4), (1, 4), (4,)]


VARIABLES = {"dense": ["kernel", "bias"], "lstm": ["kernel", "recurrent_kernel", "bias"]}
# The group around the variables, in Keras 3 and in whole models.
CELLS = {"dense": ("", ""), "lstm": ("/cell", "/lstm_cell")}


def whole_model(config, text, compiled=None):
    """A whole model (.h5) with its weights."""

    def change(file):
        group = file["model_weights"]
        del group["dense"]
        shapes = list(weights(config))
        names = [b"pooling", *(name.encode() for _, name, _ in shapes)]
        group.attrs["layer_names"] = np.array(names[:1000])
        for kind, name, parts in shapes[:1000]:
            place = group.create_group(name)
            paths = [f"{name}{CELLS[kind][1]}/{variable}" for variable in VARIABLES[kind]]
            place.attrs["weight_names"] = np.array([path.encode() for path in paths])
            for path, shape in zip(paths, parts):
                place[path] = np.zeros(shape, "f4")
        if compiled:
            options = {**compiled, "optimizer_config": compiled["optimizer"]}
            set_text(file, "training_config", json.dumps(options))

    return models.whole_model(config=text, change=change)


def weights_file(config):
    """The weights of a file .keras."""
    image = Image()
    image.file.create_group("layers/global_average_pooling2d/vars")
    counts = {}
    for kind, _, parts in list(weights(config))[:1000]:
        index = counts[kind] = counts.get(kind, -1) + 1
        name = f"{kind}_{index}" if index else kind
        group = image.file.create_group(f"layers/{name}{CELLS[kind][0]}/vars")
        for number, shape in enumerate(parts):
            group[str(number)] = np.zeros(shape, "f4")
    image.file.create_group("vars")
    return image.finish()


def put(files, name, config, why, codes, compiled=None, text=None):
    text = text or json.dumps(config)
    full = json.dumps({**config, "compile_config": compiled}) if compiled else text
    archive = models.archive(weights_file(config), full.encode())
    files.add(KIND, f"ends-{name}.keras", "several", archive, why, codes)
    try:
        content = whole_model(config, text, compiled)
    except (UnicodeError, ValueError):  # h5py refuses it.
        return
    files.add(KIND, f"ends-{name}.h5", "several-hdf5", content, why, codes)


def add(files):
    for family in outputs, inputs, calls, masks:
        for name, config, codes in family():
            put(files, name, config, family.__doc__.rstrip(".").lower() + f": {name}", codes)
    for name, text in texts():
        put(files, name, model(), f"a key twice: {name}", "65", text=text)
    for name, options in COMPILED.items():
        compiled = {
            "optimizer": "adam", "loss": "mse", "metrics": None, "weighted_metrics": None,
            "loss_weights": None, **options,
        }
        why = f"compiled for several outputs: {name}"
        put(files, f"compiled-{name}", model(), why, "0,65", compiled)
        put(files, f"compiled-one-{name}", model(outputs=ONE), why, "0,65", compiled)
