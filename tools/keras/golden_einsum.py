#!/usr/bin/env python3
"""Writes the golden files of EinsumDense.

Tests/NeuralNetworkTests/Fixtures/einsum.h5: equations with output and gradients, as
golden_windows.py writes those of layers over images.

Tests/CheckpointsTests/Fixtures/einsum/: models of this layer, saved by Keras 3 and tf_keras, and
expected.json with a batch, the output and the weights after one training step for each of them.
"""

import golden
from golden_sequences import write_both
from golden_windows import case, write_case

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "einsum"

# Equation, shape of the output, axes of the bias, shape of the input.
EQUATIONS = [
    ("ab,bc->ac", [3], "c", (2, 5)),
    ("abc,cd->abd", [3, 4], "d", (2, 3, 5)),
    ("abc,cde->abde", [3, 2, 4], "de", (2, 3, 5)),
    ("abcd,cde->abe", [3, 5], "e", (2, 3, 2, 4)),
    ("abc,bcd->abd", [3, 4], "bd", (2, 3, 5)),
    ("abc,dc->adb", [4, 3], "d", (2, 3, 5)),
    ("abc,bd->adc", [4, 5], None, (2, 3, 5)),
    # Keras's compute_output_shape reverses the axes before the first that the equation names.
    ("...x,xy->...y", [4], "y", (2, 3, 3, 5)),
    ("ab...,bc->ac...", [4], "c", (2, 5, 3, 2)),
    ("abc,d->abcd", [3, 2, 4], "bd", (2, 3, 2)),
]


def cases():
    """Yields (name, class, input shape, function that makes the input, options)."""
    for index, (equation, shape, bias_axes, inputs) in enumerate(EQUATIONS):
        bias = {"bias_axes": bias_axes} if bias_axes else {}
        # As Cairn writes it: the activation is always there.
        activation = "tanh" if index % 2 else "linear"
        options = {"equation": equation, "output_shape": shape, **bias, "activation": activation}
        yield case(f"einsum_{index}", "EinsumDense", inputs, **options)


def models(k):
    """Small models of one Keras."""
    L = k.layers

    def heads():
        x = k.Input((4, 6))
        y = L.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de", activation="relu")(x)
        y = L.EinsumDense("abde,dec->abc", (None, 6), bias_axes="c")(y)
        return k.Model(x, L.Dense(2)(L.GlobalAveragePooling1D()(L.Add()([x, y]))))

    def mixer():
        x = k.Input((4, 6))
        y = L.EinsumDense("abc,bd->adc", (3, 6))(x)
        y = L.EinsumDense("...x,xy->...y", 5, bias_axes="y", activation="gelu")(y)
        return k.Model(x, L.GlobalAveragePooling1D()(y))

    return {"heads": heads, "mixer": mixer}


def main():
    fixture = golden.Fixture(golden.FIXTURES / "einsum.h5", "tools/keras/golden_einsum.py")
    for each in cases():
        write_case(fixture, *each)
    fixture.close()
    write_both(FOLDER, models)


if __name__ == "__main__":
    main()
