#!/usr/bin/env python3
"""Writes Tests/NeuralNetworkTests/Fixtures/defaults.json: the defaults of Keras's classes.

`get_config()` of every optimizer, loss, metric and schedule that Cairn registers, created with as
few arguments as Keras allows. The classes are those that KerasRegistry.swift lists.
"""

import json
import re

import golden
import keras

REGISTRY = golden.ROOT / "Sources/NeuralNetwork/Keras/Registry/KerasRegistry.swift"
MODULES = {
    "optimizers": keras.optimizers,
    "losses": keras.losses,
    "metrics": keras.metrics,
    "schedules": keras.optimizers.schedules,
}
# What Keras calls a class, where Cairn has another name for it.
NAMES = {"MeanCosineSimilarity": "CosineSimilarity"}
# Arguments without a default in Keras.
REQUIRED = {
    "CosineDecay": dict(initial_learning_rate=0.5, decay_steps=10),
    "CosineDecayRestarts": dict(initial_learning_rate=0.5, first_decay_steps=10),
    "ExponentialDecay": dict(initial_learning_rate=0.5, decay_steps=10, decay_rate=0.25),
    "InverseTimeDecay": dict(initial_learning_rate=0.5, decay_steps=10, decay_rate=0.25),
    "PiecewiseConstantDecay": dict(boundaries=[1, 2], values=[1.0, 0.5, 0.25]),
    "PolynomialDecay": dict(initial_learning_rate=0.5, decay_steps=10),
}


def registered(kind):
    """Returns the types in one of the lists of the registry."""
    text = REGISTRY.read_text()
    start = text.index("= [", text.index(f"static let {kind}:"))
    return re.findall(r"(\w+)\.self", text[start : text.index("\n  ]", start)])


def main():
    defaults = {}
    for kind, module in MODULES.items():
        defaults[kind] = {}
        for name in registered(kind):
            name = NAMES.get(name, name)
            required = REQUIRED.get(name, {})
            made = getattr(module, name)(**required)
            config = golden.plain(made.get_config())
            defaults[kind][name] = dict(required=required, config=config)
    path = golden.FIXTURES / "defaults.json"
    path.write_text(json.dumps(defaults, indent=1, sort_keys=True) + "\n")
    print(f"{path.relative_to(golden.ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
