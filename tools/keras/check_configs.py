#!/usr/bin/env python3
"""Has real Keras read the training configurations that Cairn writes.

Tests/NeuralNetworkTests/Fixtures/optimizers/written_configs.json holds what Cairn writes (a test
says so); here Keras makes optimizers, losses and metrics of it, and what Keras then says about them
must be what was written. Both forms are read as Keras reads its files: that of `.keras`, and that
of `.h5`.
"""

import json
import sys

import golden
import keras
from keras.src.legacy.saving import saving_utils
from keras.src.saving import serialization_lib


def compare(path, written, understood):
    """Stops if Keras understood something else than was written."""
    if isinstance(written, dict):
        for key, value in written.items():
            if key not in understood and (path.endswith("/loss/config") and key == "delta"):
                continue  # Keras's Huber does not say what its delta is.
            if key not in understood:
                sys.exit(f"{path}: Keras lost {key}")
            compare(f"{path}/{key}", value, understood[key])
    elif isinstance(written, list):
        for index, value in enumerate(written):
            compare(f"{path}/{index}", value, understood[index])
    elif isinstance(written, float) and isinstance(understood, (int, float)):
        # Learning rates come back in single precision.
        if abs(written - understood) > 1e-7 * abs(written):
            sys.exit(f"{path}: {written} was written, {understood} was understood")
    elif written != understood:
        sys.exit(f"{path}: {written!r} was written, {understood!r} was understood")


def objects(arguments):
    """Returns what Keras says about the arguments of `compile`."""
    return {
        "optimizer": keras.optimizers.serialize(arguments["optimizer"]),
        "loss": keras.losses.serialize(arguments["loss"]),
        "metrics": [
            metric if isinstance(metric, str) else keras.metrics.serialize(metric)
            for metric in arguments["metrics"] or []
        ],
    }


def main():
    path = golden.FIXTURES / "optimizers" / "written_configs.json"
    count = 0
    for index, forms in enumerate(json.loads(path.read_text())):
        archive, legacy = forms["compile_config"], forms["training_config"]
        if archive["optimizer"] is None:
            archive["optimizer"] = "sgd"
            legacy["optimizer_config"] = {"class_name": "SGD", "config": {}}
        arguments = serialization_lib.deserialize_keras_object(json.loads(json.dumps(archive)))
        if isinstance(arguments["optimizer"], str):
            arguments["optimizer"] = keras.optimizers.get(arguments["optimizer"])
        understood = objects(arguments)
        for key in ["optimizer", "loss", "metrics"]:
            if archive[key] not in ["sgd", None]:
                compare(f"{index}/{key}", archive[key], plain(understood[key]))
                count += 1

        text = json.dumps(legacy)
        arguments = saving_utils.compile_args_from_training_config(json.loads(text))
        understood = objects(arguments)
        for key, name in [
            ("optimizer_config", "optimizer"),
            ("loss", "loss"),
            ("metrics", "metrics"),
        ]:
            if legacy[key] is not None and legacy[key]["config" if key != "metrics" else 0] != {}:
                compare(f"{index}/h5/{name}", legacy[key], plain(understood[name]))
                count += 1

        # And a model can be compiled with it, and trained.
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5, activation="softmax")])
        model.compile_from_config(json.loads(json.dumps(archive)))
    print(f"Keras {keras.__version__} understood {count} configurations as they were meant")


def plain(config):
    return golden.plain(config)


if __name__ == "__main__":
    main()
