#!/usr/bin/env python3
"""Compares the architectures in collection/ with what Cairn computes with their files.

Usage: check_collection.py BIN [--old PYTHON] [--keep FOLDER] [--fast] [NAME or FIELD]...

BIN is the folder with `convert` and `judge`. Every model gets random weights and is saved by
Keras 3 and tf_keras, and by the Keras of PYTHON (Keras 2.13) if it is given: as .keras, as .h5, and
as weights beside the text of model.to_json(). For each of them:

* `output`: Cairn's outputs are those of Keras, to 1e-5 of the greatest one.
* `step`: so are the weights after a step, with the optimizer's state after a first step in Keras.
  Layers that drop or add something at random do nothing; models with random changes of images are
  left out, and those of tf_keras with normalizations in TimeDistributed.
  tf_keras computes BatchNormalization without its fused kernel, which would change the moving
  variance by n / (n - 1). Where Keras itself is too far away from what it computes in 64 bits,
  that is what is expected.
* `convert`: what Cairn writes as .keras, .weights.h5 and .h5 of tf_keras is loaded by Keras and
  tf_keras and gives the same outputs, and Cairn's step is the same after a conversion. Where one
  Keras lacks what the other has, the warning of `convert` counts instead, and is counted as told.

`judge` takes one input and one output. Models with more are put into another one, which cuts its
input into theirs and joins their outputs; conversions are those of the models themselves.

`--keep` copies the files of each failure; `--fast` leaves out half of the conversions.

Prints one line for each failure and one for each model; exits 1 if something failed.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import argparse
import collections
import json
import logging
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

import keras
import numpy as np

from cairn_programs import Programs, difference
from collection import ARCHITECTURES, OPTIMIZERS
from reference_weights import randomized

TOLERANCE = 1e-5
# Of the greatest change of a weight in the step.
TOLERANCE_OF_CHANGE = 2e-3


# What a Keras does.


def is_3(k):
    return k.__version__.startswith("3.")


def parts(layer):
    """Returns the layers in a layer or model, of all depths."""
    return list(layer._flatten_layers(include_self=False, recursive=True))


def randomize(k, model, random):
    for layer in [model, *parts(model)]:
        own = getattr(layer, "_trainable_variables", None)
        own = layer._trainable_weights + layer._non_trainable_weights if own is None else own
        own = own + getattr(layer, "_non_trainable_variables", [])
        if type(layer).__name__ in ["Normalization", "RandomCrop"]:
            continue
        for variable in own:
            path = getattr(variable, "path", variable.name).split(":")[0]
            if "seed" in path or "state" in path or np.asarray(variable).dtype.kind != "f":
                continue
            shape = tuple(variable.shape)
            value = randomized(shape, path, random)
            if "embedding" in path:
                value = random.normal(0, 0.5, shape)
            variable.assign(value.astype(np.float32))


def calmed(json):
    """Returns the text of a model without randomness."""
    if isinstance(json, list):
        return [calmed(value) for value in json]
    if not isinstance(json, dict):
        return json
    result = {}
    for key, value in json.items():
        if key in ["rate", "stddev", "dropout", "recurrent_dropout"]:
            value = 0.0
        result[key] = calmed(value)
    return result


def calm(k, model):
    """Returns a copy whose steps Cairn can repeat, or none."""
    if any(type(layer).__name__.startswith("Random") for layer in parts(model)):
        return None
    # Cairn trains TimeDistributed as Keras 3 does, where normalizations see one step at a time.
    for layer in [] if is_3(k) else parts(model):
        kinds = {type(part).__name__ for part in parts(layer)}
        if type(layer).__name__ == "TimeDistributed" and "BatchNormalization" in kinds:
            return None
    result = k.models.model_from_json(json.dumps(calmed(json.loads(model.to_json()))))
    result.set_weights(model.get_weights())
    for layer in parts(result):
        if getattr(layer, "fused", None):
            layer.fused = False
    return result


def forget(model):
    """Resets the states of stateful layers."""
    for layer in parts(model):
        if getattr(layer, "stateful", False) and hasattr(layer, "cell"):
            reset = getattr(layer, "reset_states", None) or layer.reset_state
            reset()


def made_inputs(model, architecture, random):
    kinds = architecture.inputs
    if not isinstance(kinds, list):
        kinds = [kinds] * len(model.inputs)
    result = []
    for tensor, kind in zip(model.inputs, kinds, strict=True):
        shape = tuple(architecture.extent if n is None else n for n in tensor.shape[1:])
        shape = (architecture.batch, *shape)
        if isinstance(kind, int):
            x = random.integers(0, kind, shape)
        elif kind in ["unit", "pixels"]:
            x = random.uniform(0, 255 if kind == "pixels" else 1, shape)
        else:
            x = random.normal(0, 1, shape)
        if kind == "gaps":
            x[random.uniform(size=shape[:2]) < 0.3] = 0
            x[:, 0] = 1
        result.append(x.astype(np.float32))
    return result


def made_target(loss, y, random):
    name = loss if isinstance(loss, str) else loss[0]
    name = name.lower().replace("_", "")
    if name.startswith("sparse"):
        return random.integers(0, y.shape[-1], y.shape[:-1]).astype(np.float32)
    if name.startswith("categorical"):
        return np.eye(y.shape[-1], dtype=np.float32)[random.integers(0, y.shape[-1], y.shape[:-1])]
    if name.startswith("binary"):
        return random.integers(0, 2, y.shape).astype(np.float32)
    if name == "poisson":
        return random.integers(0, 4, y.shape).astype(np.float32)
    return random.normal(0, 1, y.shape).astype(np.float32)


def made_loss(k, loss):
    if isinstance(loss, tuple):
        return getattr(k.losses, loss[0])(**loss[1])
    if isinstance(loss, list):
        return [made_loss(k, one) for one in loss]
    return loss


def outputs_of(model, xs):
    forget(model)
    ys = model(xs if len(xs) > 1 else xs[0], training=False)
    ys = ys if isinstance(ys, (list, tuple)) else [ys]
    return [np.asarray(y) for y in ys]


def exact(k, model):
    """Returns a copy of a model in 64 bits."""
    k.backend.set_floatx("float64")
    try:
        copy = k.models.model_from_json(model.to_json().replace("float32", "float64"))
        copy.set_weights([weight.astype(np.float64) for weight in model.get_weights()])
    finally:
        k.backend.set_floatx("float32")
    return copy


def exact_outputs_of(k, model, xs):
    """Returns the outputs of a model in 64 bits."""
    return outputs_of(exact(k, model), [x.astype(np.float64) for x in xs])


def exact_step(k, model, compiled, x, target):
    """Returns the weights of a model after a step in 64 bits, with its optimizer's state."""
    copy = exact(k, model)
    k.backend.set_floatx("float64")
    try:
        compiled(copy)
        copy.optimizer.build(copy.trainable_variables)
        for mine, theirs in zip(copy.optimizer.variables, model.optimizer.variables, strict=True):
            mine.assign(np.asarray(theirs).astype(np.asarray(mine).dtype))
        copy.train_on_batch(x.astype(np.float64), target.astype(np.float64))
    finally:
        k.backend.set_floatx("float32")
    return copy.get_weights()


def joined(arrays):
    return np.concatenate([array.reshape(len(array), -1) for array in arrays], axis=1)


def single(k, model, xs):
    """Returns a model with one input and one output around a model with several."""
    L = k.layers
    sizes = [int(np.prod(x.shape[1:])) for x in xs]
    whole = k.Input((sum(sizes),))
    rows = L.Reshape((sum(sizes), 1))(whole)
    ends, start = [], 0
    for x, size in zip(xs, sizes):
        part = L.Cropping1D((start, sum(sizes) - start - size))(rows)
        ends.append(L.Reshape(x.shape[1:])(part))
        start += size
    ys = model(ends if len(ends) > 1 else ends[0])
    ys = [L.Flatten()(y) for y in (ys if isinstance(ys, (list, tuple)) else [ys])]
    return k.Model(whole, L.Concatenate()(ys) if len(ys) > 1 else ys[0])


def write(k, name, folder):
    """Writes the files of an architecture, and what this Keras computes with them."""
    architecture = ARCHITECTURES[name]
    import tensorflow as tf

    k.backend.clear_session()
    k.utils.set_random_seed(1)
    random = np.random.default_rng(1)
    model = architecture.make(k)
    xs = made_inputs(model, architecture, random)
    model(xs if len(xs) > 1 else xs[0])
    randomize(k, model, random)
    ys = outputs_of(model, xs)
    assert all(np.isfinite(y).all() for y in ys), "Keras's outputs are not finite"
    data = {f"x{i}": x for i, x in enumerate(xs)} | {f"y{i}": y for i, y in enumerate(ys)}
    if architecture.exact:
        ys = exact_outputs_of(k, model, xs)

    def compiled(model, loss, weights=None):
        optimizer = OPTIMIZERS[architecture.optimizer](k.optimizers)
        options = {}
        if is_3(k):
            options["jit_compile"] = False
            apply = optimizer.apply
            optimizer.apply = lambda gradients, variables=None: apply(
                [tf.convert_to_tensor(gradient) for gradient in gradients], variables
            )
        model.compile(
            optimizer, made_loss(k, loss), loss_weights=weights, run_eagerly=True, **options
        )

    compiled(model, architecture.loss, architecture.loss_weights)
    for suffix in [".keras", ".h5", ".weights.h5"]:
        path = folder / f"model{suffix}"
        model.save_weights(path) if suffix == ".weights.h5" else model.save(path)
    (folder / "model.json").write_text(model.to_json())

    several = len(xs) > 1 or len(ys) > 1
    if several:
        # The model in the other one is not compiled.
        inner = architecture.make(k)
        inner.set_weights(model.get_weights())
        one, loss = single(k, inner, xs), "mse"
        xs, ys = [joined(xs)], [joined(ys)]
    else:
        one, loss = model, architecture.loss
    for suffix in [".keras", ".h5"]:
        one.save(folder / f"single{suffix}")
    data |= {"x": xs[0], "y": ys[0]}
    one = None if architecture.pending else calm(k, one)
    if one:
        target = data["target"] = made_target(loss, ys[0], random)
        compiled(one, loss)
        one.train_on_batch(xs[0], target)
        for suffix in [".keras", ".h5"]:
            one.save(folder / f"step{suffix}")
        before = one.get_weights()
        forget(one)
        if architecture.exact:
            after = exact_step(k, one, lambda copy: compiled(copy, loss), xs[0], target)
        else:
            one.train_on_batch(xs[0], target)
            after = one.get_weights()
        for i, (a, b) in enumerate(zip(before, after)):
            data |= {f"before{i}": a, f"after{i}": b}
    np.savez(folder / "data.npz", **data)


# What Cairn does with the files.


class Checks:
    """Runs the checks of the files in a folder and counts them."""

    def __init__(self, programs, keep, fast):
        self.programs, self.keep, self.fast = programs, keep, fast
        self.passed, self.failed = collections.Counter(), collections.Counter()
        self.worst = collections.defaultdict(float)

    def check(self, what, where, folder, body, pending=False, lost=""):
        self.warnings = ""
        try:
            error = body()
            found = f"{error:.1e}"
            good = error <= TOLERANCE
            self.worst[what] = max(self.worst[what], error) if good else self.worst[what]
        except Exception as error:
            text = " ".join(str(error).split())
            text = text if len(text) < 500 else f"{text[:150]} … {text[-300:]}"
            good, found = False, f"{type(error).__name__}: {text}"
        if not good and lost and re.search(lost, self.warnings):
            good, what = True, f"{what} (told)"
        if pending:
            refused = not good and "AssertionError" in found
            outcome = "refused as expected" if refused else "pending, but passed"
            good = good or refused
        else:
            outcome = what
        (self.passed if good else self.failed)[outcome] += 1
        if not good or pending and what == "output":
            print(f"{'pending' if pending else 'FAIL'} {where}, {what}: {found}", flush=True)
        if not good and self.keep:
            target = pathlib.Path(self.keep) / "-".join(folder.parts[-2:])
            shutil.copytree(folder, target, dirs_exist_ok=True)
        return good

    def run(self, kind, name, folder):
        """Checks all files of one architecture by one Keras."""
        pending, lost = ARCHITECTURES[name].pending, ARCHITECTURES[name].lost
        data = dict(np.load(folder / "data.npz"))
        xs = [data[f"x{i}"] for i in range(len(ARCHITECTURES)) if f"x{i}" in data]
        ys = [data[f"y{i}"] for i in range(len(ARCHITECTURES)) if f"y{i}" in data]

        def convert(*arguments):
            self.warnings += self.programs.run(*arguments).stderr

        def check(what, how, body):
            return self.check(what, f"{name} {kind}{how}", folder, body, pending, lost)

        def output(path):
            return difference(self.programs.judged(path, data["x"]), data["y"])

        def step(path):
            out = folder / "stepped.h5"
            out.unlink(missing_ok=True)
            self.programs.stepped(path, data["x"][None], data["target"][None], out)
            _, found = self.programs.predicted(out, data["x"])
            expected = [data[f"after{i}"] for i in range(len(found)) if f"after{i}" in data]
            before = [data[f"before{i}"] for i in range(len(expected))]
            assert f"after{len(found)}" not in data and len(found) == len(expected), (
                f"{len(found)} weights, not as many as Keras's"
            )
            change = max(np.abs(a - b).max(initial=0) for a, b in zip(before, expected))
            assert change > 1e-5, f"Keras's weights change by {change:.1e} only"
            worst = 0.0
            for i, (a, b) in enumerate(zip(found, expected)):
                error = difference(a, b, least=0.1)
                relative = np.abs(a - b).max(initial=0) / change
                assert relative <= TOLERANCE_OF_CHANGE and error <= TOLERANCE, (
                    f"weight {i} {b.shape} differs by {error:.1e}, {relative:.1e} of the change"
                )
                worst = max(worst, error)
            return worst

        for suffix in [".keras", ".h5"]:
            check("output", suffix, lambda: output(folder / f"single{suffix}"))
            if "target" in data:
                check("step", suffix, lambda: step(folder / f"step{suffix}"))

        def weights_and_json():
            path = folder / "joined.keras"
            # Only a whole model says which optimizer it has.
            options = ["--overwrite", "--reset-optimizer", "--architecture", folder / "model.json"]
            convert("convert", *options, folder / "model.weights.h5", path)
            return self.loaded(keras, path, xs, ys)

        def from_form(suffix, target):
            path = folder / f"converted{suffix}{target}"
            convert("convert", "--overwrite", folder / f"model{suffix}", path)
            return path

        if not self.fast:
            check("convert", " weights and JSON to .keras", weights_and_json)
        import tf_keras

        def into_weights():
            model = keras.models.load_model(from_form(".keras", ".keras"), compile=False)
            randomize(keras, model, np.random.default_rng(2))
            model.load_weights(from_form(".keras", ".weights.h5"))
            return self.compared(model, xs, ys)

        def into_tf_keras(suffix):
            return self.loaded(tf_keras, from_form(suffix, ".h5"), xs, ys)

        def back():
            path = folder / "back.keras"
            convert("convert", "--overwrite", from_form(".keras", ".h5"), path)
            return self.loaded(keras, path, xs, ys)

        def from_h5():
            return self.loaded(keras, from_form(".h5", ".keras"), xs, ys)

        check("convert", ".keras to .keras and .weights.h5", into_weights)
        check("convert", ".keras to .h5 of tf_keras", lambda: into_tf_keras(".keras"))
        if not self.fast:
            check("convert", ".keras to .h5 of tf_keras and back to .keras", back)
            check("convert", ".h5 to .keras", from_h5)
            check("convert", ".h5 to .h5 of tf_keras", lambda: into_tf_keras(".h5"))

        def converted_step(suffix, target):
            path = folder / f"converted_step{target}"
            convert("convert", "--overwrite", folder / f"step{suffix}", path)
            return step(path)

        if "target" in data:
            for suffix, target in [(".keras", ".h5"), (".h5", ".keras")]:
                how = f"{suffix} to {target}"
                check("converted step", how, lambda: converted_step(suffix, target))

    def loaded(self, k, path, xs, ys):
        return self.compared(k.models.load_model(path, compile=False), xs, ys)

    def compared(self, model, xs, ys):
        found = outputs_of(model, xs)
        assert len(found) == len(ys), f"{len(found)} outputs, not {len(ys)}"
        return max(difference(a, b) for a, b in zip(found, ys))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--old")
    parser.add_argument("--only-old", action="store_true")
    parser.add_argument("--keep")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--write")
    arguments = parser.parse_intermixed_args()
    warnings.simplefilter("ignore")
    for logger in ["tensorflow", "absl"]:
        logging.getLogger(logger).setLevel("ERROR")
    names = [
        name
        for name, architecture in ARCHITECTURES.items()
        if not arguments.names or {name, architecture.field} & set(arguments.names)
    ]
    if arguments.write:
        for name in names:
            folder = pathlib.Path(arguments.write) / name
            folder.mkdir(parents=True)
            try:
                write(keras, name, folder)
            except Exception as error:
                (folder / "error").write_text(f"{type(error).__name__}: {error}")
            (folder / "done").touch()
        return
    import tf_keras

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        checks = Checks(Programs(arguments.binaries, folder), arguments.keep, arguments.fast)
        old = None
        if arguments.old:
            command = [arguments.old, __file__, arguments.binaries, "--write", folder / "old"]
            old = subprocess.Popen([*command, *names], stderr=subprocess.DEVNULL)
        kinds = {"Keras 3": keras, "tf_keras": tf_keras}
        for name in [] if arguments.only_old else names:
            start = time.monotonic()
            for kind, k in kinds.items():
                one = folder / kind.replace(" ", "") / name
                one.mkdir(parents=True)
                try:
                    write(k, name, one)
                except Exception as error:
                    checks.failed["not made"] += 1
                    print(f"NOT MADE {name} {kind}: {type(error).__name__}: {error}", flush=True)
                    continue
                checks.run(kind, name, one)
                shutil.rmtree(one)
            print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
        if old:
            for name in names:
                one = folder / "old" / name
                while old.poll() is None and not (folder / "old" / name / "done").exists():
                    time.sleep(0.2)
                if not (one / "data.npz").exists():
                    error = one / "error"
                    checks.failed["not made"] += 1
                    message = error.read_text() if error.exists() else "no file"
                    print(f"NOT MADE {name} old: {message}", flush=True)
                    continue
                checks.run("old", name, one)
    print(f"{len(names)} architectures")
    for what in sorted({*checks.passed, *checks.failed}):
        passed, failed, worst = checks.passed[what], checks.failed[what], checks.worst[what]
        print(f"{what}: {passed} passed, {failed} failed, differences to {worst:.1e}")
    sys.exit(checks.failed.total() > 0)


if __name__ == "__main__":
    main()
