#!/usr/bin/env python3
"""Goes through every file that Keras wrote, with what Keras computed from it.

Usage: check_fixtures.py BIN FOLDER [-v]

BIN is the folder with `judge`; FOLDER is what golden_files.py and golden_files_tfkeras.py write, or
the choice of it in Tests/CheckpointsTests/Fixtures/keras. Each file is loaded, its weights must be
Keras's to the bit, its outputs and further steps agree with those that Keras recorded. Prints how
many files there were and the worst that was seen, and exits 1 if one was not as it has to be. Keras
is not needed.
"""

import pathlib
import sys
import tempfile

import h5py
import numpy as np

from cairn_programs import Programs, difference, flat, numbered

OUTPUTS = 1e-5
STEPS = 1e-5
# A convolution before a batch normalization makes rounding grow.
NORMALIZED = 5e-5


class Fixture:
    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.path = folder / name
        self.run = name
        for word in ["_step", "_init"]:
            self.run = self.run.split(word)[0]
        self.is_tf_keras = name.startswith("tfkeras/")
        self.is_tiny = name.startswith(("tiny_", "handmade/")) or self.is_tf_keras
        if self.is_tiny and not self.is_tf_keras:
            self.expected, self.inputs = "tiny", "tiny"
        else:
            # The three kinds of model have the same numbers.
            self.expected = self.run.replace("/fun_", "/seq_").replace("/sub_", "/seq_")
            self.inputs = "tiny" if self.is_tf_keras else self.run
        digits = name.partition("_step")[2]
        self.step = int("".join(c for c in digits[:2] if c.isdigit()) or 5)
        if "_init" in name:
            self.step = 0
        self.weights_key = f"w_step{self.step}" if self.step else "w_init"
        self.tolerance = NORMALIZED if name.startswith("variety_bn") else OUTPUTS

    def model(self):
        """Another file that says what the model is, if this one does not."""
        if (
            ".weights." not in self.name
            and "weightsonly" not in self.name
            and "sub_" not in self.name
        ):
            return None
        if self.is_tiny and not self.is_tf_keras:
            return self.folder / "tiny_seq_step5.h5"
        run = self.expected if self.is_tf_keras else self.run
        return next(
            path
            for suffix in [".h5", ".keras"]
            for path in self.folder.glob(f"{run}_step*{suffix}")
            if ".weights" not in path.name and "only" not in path.name
        )

    def numbers(self, run):
        return h5py.File(self.folder / f"{run}_expected.expected.h5", "r")

    def recorded(self, group):
        with self.numbers(self.expected) as file:
            return numbered(file[group])

    def has_state(self):
        """Whether steps can follow: there is an optimizer's state, or none is needed yet."""
        if self.step == 0:
            return True
        if "noopt" in self.name or "weightsonly" in self.name:
            return False
        # tf_keras keeps its older optimizers in whole models only.
        return (
            "legacy" not in self.name or ".weights." not in self.name and ".keras" not in self.name
        )

    def later(self):
        """The steps that Keras took from here, and what they led to."""
        first, last = self.step, self.step + (3 if self.name.startswith("optimizers/") else 5)
        with self.numbers(self.expected) as file:
            return (first, last) if f"w_step{last}" in file else None


def perceptron(weights, x):
    """What the models of optimizers/ compute; no outputs are recorded there."""
    kernel, bias, kernel2, bias2 = [w.astype(np.float64) for w in weights]
    hidden = np.maximum(x.reshape(len(x), -1) @ kernel + bias, 0)
    return hidden @ kernel2 + bias2


def check(fixture, programs):
    """What was compared, as pairs of name and error; raises if something is wrong."""
    model = fixture.model() or fixture.path
    others = [] if model == fixture.path else [fixture.path]
    weights = fixture.recorded(fixture.weights_key)
    with fixture.numbers(fixture.inputs) as file:
        x, y = file["x"][()], file["y"][()]
        tests = file["x_test"][()] if "x_test" in file else x[0]
    with fixture.numbers(fixture.expected) as file:
        keys = [f"{kind}_{fixture.weights_key[2:]}" for kind in ["logits", "probs"]]
        outputs = next((file[key][()] for key in keys if key in file), None)
    if outputs is None:
        outputs = perceptron(weights, tests)
    figures = {}

    found_outputs, found_weights = programs.predicted(model, tests, *others)
    figures["outputs"] = difference(found_outputs, outputs, least=1)
    assert len(found_weights) == len(weights), "other weights than Keras's"
    for index, (found, expected) in enumerate(zip(found_weights, weights)):
        assert found.tobytes() == expected.tobytes(), f"weight {index} is not Keras's"
    assert figures["outputs"] <= fixture.tolerance, f"outputs differ by {figures['outputs']:.1e}"

    later = fixture.later()
    if not fixture.has_state() or later is None:
        return figures
    first, last = later
    out = programs.folder / "out.h5"
    programs.stepped(model, x[first:last], y[first:last], out, *others)
    with h5py.File(out) as file:
        found = flat(file["model_weights"])
        steps = int(file["optimizer/vars/0"][()])
    assert steps == last, f"the optimizer is at step {steps}, not {last}"
    expected = fixture.recorded(f"w_step{last}")
    assert len(found) == len(expected), f"{len(found)} weights, not {len(expected)}"
    figures["steps"] = max(difference(a, b, least=1) for a, b in zip(found, expected))
    tolerance = max(STEPS, fixture.tolerance)
    assert figures["steps"] <= tolerance, (
        f"after {last - first} steps differs by {figures['steps']:.1e}"
    )
    return figures


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[2])
    names = sorted(
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.name.endswith((".h5", ".keras", ".weights.json"))
        and ".expected." not in path.name
        # The parts of a file in several belong to the JSON file.
        and "sharded_0" not in path.name
    )
    failures, went_on = 0, 0
    worst = {}
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(sys.argv[1], folder)
        for name in names:
            try:
                figures = check(Fixture(root, name), programs)
            except Exception as error:
                failures += 1
                print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)
                continue
            went_on += "steps" in figures
            kind = " after BatchNormalization" if name.startswith("variety_bn") else ""
            for what, figure in figures.items():
                worst[what + kind] = max(worst.get(what + kind, (0, "")), (figure, name))
            if len(sys.argv) == 4:
                said = ", ".join(f"{what} {figure:.1e}" for what, figure in figures.items())
                print(f"ok    {name}: {said}", flush=True)
    for what, (figure, name) in sorted(worst.items()):
        print(f"      {what}: at worst {figure:.1e} ({name})")
    print(
        f"{len(names)} files of Keras, none left out: {len(names) - failures} agree,"
        f" {went_on} of them trained on, {failures} do not agree"
    )
    sys.exit(1 if failures or not names else 0)


if __name__ == "__main__":
    main()
