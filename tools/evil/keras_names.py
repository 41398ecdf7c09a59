"""Keras models whose names are meant for the source code and the graphs that `convert` writes."""

import json

import models
from collection import INJECTED
from models import layer

LINE_ENDS = f"a\n{INJECTED}\r\n{INJECTED}\u2028{INJECTED}\u0085{INJECTED}"

NAMES = {
    "c-comment": f"a*/ int {INJECTED}; /*",
    "c-line": f"a\nint {INJECTED};\n",
    "c-string": f'a"; int {INJECTED}; char *b = "',
    "c-define": f"a\n#define {INJECTED} 1\n",
    "c-continued": f"a\\\nint {INJECTED};",
    "c-trigraph": f"a??/\nint {INJECTED};",
    "c-digraph": f"a%: <% {INJECTED} %>",
    "c-universal": "a\\u0022\\U00000022\\x22\\42",
    "c-format": "%n%s%x%99999999d",
    "python-string": f'a"""\n{INJECTED} = 1\n"""',
    "python-quote": f"a'; {INJECTED} = 1 #",
    "python-raw": f"a\\';{INJECTED} = 1\\\\'",
    "python-braces": "{0.__class__}{x!r:>99999999}",
    "python-coding": "# -*- coding: utf-7 -*-",
    "line-ends": LINE_ENDS,
    "zero": f"a\0{INJECTED}",
    "bidi": f"a\u202e*/ {INJECTED} /*\u2066\u2069",
    "wide": "\uff49\uff4e\uff54",
    "letters": "\u00e9\u0430\u03b1\u6f22\u5b57",
    "emoji": "\U0001f600\u200d\U0001f525",
    "underscores": "____",
    "punctuation": "$%&'()*+,-.:;<=>?@[]^`{|}~",
    "number": "0",
    "number-long": "9" * 400,
    "blank": " ",
    "empty": "",
    "slash": "a/b",
    "slashes": "/a//b/",
    "drive": "C:\\a\\b",
    "long": "n" * 5000,
    "megabyte": "n" * (1 << 20),
    "megabyte-wide": "\u6f22" * (1 << 18),
    "megabyte-lines": f"{INJECTED}\n" * (1 << 16),
}
# Words of C, Python, PyTorch and ONNX, and names that the written code has itself.
WORDS = [
    "int", "float", "for", "while", "static", "main", "NULL", "inline", "_Bool", "malloc", "expf",
    "class", "import", "None", "lambda", "self", "super", "forward", "__init__", "__class__",
    "print", "torch", "nn", "F", "Module", "train", "x", "y", "i", "model", "Model", "input",
    "output", "batch", "workspace", "kernel", "bias", "name", "weight", "layers", "size_t",
    "float32_t", "CAIRN_H", "cairn", "state_dict", "training",
]
# Names that are equal after what cannot be in an identifier was replaced.
COLLIDING = [
    ["a b", "a_b", "a-b"], ["a", "a_1", "a_2"], ["1", "layer_1", "model_1"], ["int", "layer_int"],
    ["\u00e9", "\u00e8"], ["A", "a"], ["a_kernel", "a", "a_bias"], ["dense", "dense_dense"],
]


def named(name):
    """A model with the name at every place of a config."""
    return models.sequential(
        models.named_input(name), layer("ReLU", name + "1" if name else ""), models.POOLING,
        {**models.DENSE, "config": {**models.DENSE["config"], "name": name}}, name=name,
    )


def colliding(names):
    layers = [layer("LeakyReLU", name, negative_slope=0.1 * at) for at, name in enumerate(names)]
    return models.tiny(*layers)


def with_classes(names):
    """A model that has names of classes and its preparation of pictures."""

    def change(file):
        text = json.dumps({"class_names": names, "fit": "stretch", "scales_bytes": True})
        file.create_dataset("picture_config", data=text, dtype=models.TEXT)

    return models.whole_model(change=change)


def add(files):
    kind = "keras: names for code"
    everything = {**NAMES, **{f"word-{word}": word for word in WORDS}}
    for name, text in everything.items():
        files.add(
            kind, f"code-name-{name}.keras", "exported", models.archive(config=named(text)),
            f"a name for generated code: {name}", "0,65",
        )
    for at, names in enumerate(COLLIDING):
        files.add(
            kind, f"code-names-{at}.keras", "exported", models.archive(config=colliding(names)),
            f"names that are one in code: {', '.join(names)}", "0,65",
        )
    for name in NAMES:
        classes = [NAMES[name], "b", "c", "d"]
        files.add(
            kind, f"code-classes-{name}.h5", "exported", with_classes(classes),
            f"a class with the name: {name}", "0,65",
        )
