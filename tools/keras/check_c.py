#!/usr/bin/env python3
"""Converts models with every layer to C, and compares what the compiled header computes with Cairn.

    swift build -c release
    python3 tools/keras/check_c.py

The models are those of layer_models.py, so C is compared with Keras, too; and the models of one
input and output that Keras wrote with what they compute (Tests/CheckpointsTests/Fixtures). Layers
that C does not have are listed. h5py and NumPy are needed.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import tempfile

import numpy as np
from cairn_programs import Programs
from layer_models import FILES, LIMIT, ROOT, LayerCheck, arrays, check_layers, difference

FLAGS = "-std=c99 -O1 -Wall -Wextra -Wno-unused-function -Werror -ffp-contract=off".split()
MAIN = """
#include <stdio.h>
#include "model.h"
static float input[{upper}_INPUT], output[{upper}_OUTPUT], workspace[{upper}_WORKSPACE];
int main(void) {{
  while (fread(input, sizeof(input), 1, stdin) == 1) {{
    {name}_predict(input, output, workspace);
    fwrite(output, sizeof(output), 1, stdout);
  }}
  return 0;
}}
"""


class Check(LayerCheck):
    """Converts models and computes them with compiled headers."""

    def __init__(self, programs):
        super().__init__(programs)
        self.refused = collections.Counter()

    def outputs(self, source, x, shape):
        """Converts a file, compiles the header and runs it; `None` if C lacks a layer."""
        header = self.folder / "model.h"
        try:
            self.programs.run("convert", source, header, "--overwrite")
        except AssertionError as error:
            if not str(error).endswith("cannot be written as C"):
                raise
            self.refused[str(error).rsplit(") ", 1)[0].rsplit("(", 1)[1]] += 1
            return None
        name = header.read_text().split("The model '")[1].split("'")[0]
        main, binary = self.folder / "main.c", self.folder / "main"
        main.write_text(MAIN.format(name=name, upper=name.upper()))
        command = ["gcc", *FLAGS, main, "-o", binary, "-lm"]
        result = subprocess.run(command, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr[:600]
        run = subprocess.run([binary], input=x.tobytes(), capture_output=True, check=True)
        return np.frombuffer(run.stdout, np.float32).reshape(shape)

    def run(self, source, name, class_name, x, expected=None):
        """Compares the header with Cairn, and with `expected`, which Keras computed."""
        try:
            x = x.astype(np.float32)
            own = self.programs.judged(source, x)
            found = self.outputs(source, x, own.shape)
            if found is not None:
                self.compare(class_name, found, own, expected)
        except Exception as error:
            self.failures.append(f"{name}: {type(error).__name__}: {error}")


def check_expected(check):
    """The models of real Keras with one input and one output whose outputs are known."""
    for path in sorted(FILES.glob("*/expected.json")):
        for file, values in json.loads(path.read_text()).items():
            if "y" not in values or "open_size" in file or isinstance(values["x"], list):
                continue
            try:
                (x,), (y,) = arrays(values["x"]), arrays(values["y"])
                found = check.outputs(path.parent / file, x, y.shape)
                if found is None:
                    continue
                figures, worst = check.figures[f"Keras's {path.parent.name}"], difference(found, y)
                assert worst < LIMIT, f"differs by {worst}"
                figures[0] += 1
                figures[2] = max(figures[2] or 0, worst)
            except Exception as error:
                check.failures.append(f"{path.parent.name}/{file}: {type(error).__name__}: {error}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / ".build" / "release")
    parts = {
        "layers": lambda check: check_layers(check, lambda e: e["config"].get("stateful", False)),
        "expected": check_expected,
    }
    parser.add_argument("--only", choices=parts)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        check = Check(Programs(options.binaries, folder))
        for name, run in parts.items():
            if options.only in [None, name]:
                run(check)
    print(f"C lacks {dict(sorted(check.refused.items()))}")
    check.report()


if __name__ == "__main__":
    main()
