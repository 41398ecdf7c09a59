"""Compiles the C headers that `convert` writes with gcc, and runs them."""

import subprocess

import numpy as np

FLAGS = "-std=c99 -O2 -Wall -Wextra -Wno-unused-function -Werror -ffp-contract=off".split()


def main_function(text, input_count):
    """Returns a program that computes the outputs of each example on its standard input."""
    # The comment of the header shows the call.
    call = text.split(" *   ")[2].split(";")[0]
    name = call.split("_predict")[0]
    parameters = call.split("(")[1].split(")")[0].split(", ")
    inputs, outputs = parameters[:input_count], parameters[input_count:-1]
    lines = ["#include <stdio.h>", '#include "model.h"']
    # A parameter may be called main.
    for parameter in parameters:
        lines.append(f"static float my_{parameter}[{name.upper()}_{parameter.upper()}];")
    lines += ["int main(void) {", "  for (;;) {"]
    for parameter in inputs:
        array = f"my_{parameter}"
        lines.append(f"    if (fread({array}, sizeof({array}), 1, stdin) != 1) return 0;")
    lines.append(f"    {name}_predict({', '.join(f'my_{p}' for p in parameters)});")
    lines += [f"    fwrite(my_{p}, sizeof(my_{p}), 1, stdout);" for p in outputs]
    return "\n".join([*lines, "  }", "}", ""])


def computed(header, inputs, shapes):
    """Returns what a header computes for a batch.

    `header` is the path of a file `model.h`, `inputs` are the arrays of a batch in the order of the
    model, and `shapes` are those of the outputs.
    """
    main, binary = header.parent / "main.c", header.parent / "main"
    main.write_text(main_function(header.read_text(), len(inputs)))
    command = ["gcc", *FLAGS, main, "-o", binary, "-lm"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[:600]
    batch = len(inputs[0])
    data = b"".join(x[row].astype(np.float32).tobytes() for row in range(batch) for x in inputs)
    run = subprocess.run([binary], input=data, capture_output=True, check=True)
    rows = np.frombuffer(run.stdout, np.float32).reshape(batch, -1)
    ends = np.cumsum([int(np.prod(shape[1:])) for shape in shapes])
    assert ends[-1] == rows.shape[1], f"{rows.shape[1]} outputs of {ends[-1]}"
    parts = np.split(rows, ends[:-1], axis=1)
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
