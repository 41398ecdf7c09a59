#!/usr/bin/env python3
"""Writes the golden files of Lambda layers.

Tests/CheckpointsTests/Fixtures/lambdas/: models with such layers, saved by Keras 3 and tf_keras,
and expected.json as golden_sequences.py writes it.

Tests/NeuralNetworkTests/Fixtures/lambdas.json: the marshalled code of functions of one argument, as
CPython 3.5 to 3.13 write it, and what CPython 3.11 computes after each change of one byte of some
of them. The code of 3.11 is that of this Python, which must be 3.11. For the other versions it is
assembled with the tables of the package xdis (pip install xdis), and xdis must read the same code.
"""

import base64
import io
import json
import marshal
import os
import resource
import signal
import struct
import sys
import types
from pathlib import Path

from xdis.magics import magic2int, sysinfo2magic
from xdis.op_imports import get_opcode_module
from xdis.unmarshal import load_code
from xdis.version_info import PythonImplementation

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "lambdas"
CODE = ROOT / "Tests" / "NeuralNetworkTests" / "Fixtures" / "lambdas.json"
VERSIONS = [(3, minor) for minor in range(5, 14)]

# What is read: the operands in the order in which Python's code pushes them, and the function.
LINEAR = {
    "x": (["x"], 1.0, 0.0),
    "x / 255": (["x", 255, "/"], 1 / 255, 0.0),
    "x / 127.5 - 1": (["x", 127.5, "/", 1.0, "-"], 1 / 127.5, -1.0),
    "x / 255 - 0.5": (["x", 255.0, "/", 0.5, "-"], 1 / 255, -0.5),
    "(x - 128) / 128": (["x", 128, "-", 128, "/"], 1 / 128, -1.0),
    "x * 0.25 + 3": (["x", 0.25, "*", 3, "+"], 0.25, 3.0),
    "1 - x": ([1.0, "x", "-"], -1.0, 1.0),
    "2 * (x / 255)": ([2, "x", 255, "/", "*"], 2 / 255, 0.0),
    "(x / 255 - 0.5) * -2": (["x", 255, "/", 0.5, "-", -2.0, "*"], -2 / 255, 1.0),
}

# What is not read.
OTHER = {
    "x * x": ["x", "x", "*"],
    "1 / x": [1, "x", "/"],
    "x / 0": ["x", 0, "/"],
    "x * 0": ["x", 0, "*"],
    "x + 1e8 - 1e8": ["x", 1e8, "+", 1e8, "-"],
    "x + 64 - 63": ["x", 64, "+", 63, "-"],
    "3": [3],
}


class Assembler:
    """The marshalled code of a function of one argument in one version of Python."""

    def __init__(self, version):
        self.version = version
        self.opcodes = get_opcode_module(version, PythonImplementation.CPython).opmap

    def instruction(self, name, argument=None):
        code = self.opcodes[name]
        if self.version >= (3, 6):
            return bytes([code, argument or 0])
        return bytes([code]) + (b"" if argument is None else struct.pack("<H", argument))

    def operator(self, sign):
        if self.version >= (3, 11):
            number = {"+": 0, "*": 5, "-": 10, "/": 11}[sign]  # NB_ADD etc. in Include/opcode.h
            return self.instruction("BINARY_OP", number) + bytes(2)
        names = {"+": "ADD", "*": "MULTIPLY", "-": "SUBTRACT", "/": "TRUE_DIVIDE"}
        return self.instruction(f"BINARY_{names[sign]}")

    def code(self, operands):
        """The instructions and the constants."""
        constants = [None]
        code = self.instruction("RESUME", 0) if self.version >= (3, 11) else b""
        for operand in operands:
            if operand == "x":
                code += self.instruction("LOAD_FAST", 0)
            elif isinstance(operand, str):
                code += self.operator(operand)
            else:
                if not any(type(c) is type(operand) and c == operand for c in constants):
                    constants.append(operand)
                code += self.instruction("LOAD_CONST", constants.index(operand))
        return code + self.instruction("RETURN_VALUE"), constants

    def marshalled(self, operands):
        """A code object as `w_complex_object` of Python/marshal.c writes it, in places with
        references."""
        code, constants = self.code(operands)
        new = self.version >= (3, 11)
        counts = [1, 0, 0] if self.version >= (3, 8) else [1, 0]
        if not new:
            counts.append(1)  # co_nlocals
        out = b"\xe3" + b"".join(map(number, counts))
        out += number(3) + number(0x03 if new else 0x43)
        out += b"s" + number(len(code)) + code
        out += small_tuple(map(constant, constants))
        out += b"\xa9\x00"  # co_names, which is reference 1
        out += small_tuple([b"\xda\x01x"])
        if new:
            out += b"s" + number(1) + b"\x20"
        else:
            out += (b"r" + number(1)) * 2
        name = b"\xda\x08<lambda>"
        out += b"\xfa\x08model.py" + name + (b"r" + number(4) if new else b"")
        out += number(7) + b"\xf3" + number(0)
        if new:
            out += b"r" + number(5)  # the empty table of lines is that of exceptions too
        return out


def number(value):
    return struct.pack("<i", value)


def constant(value):
    if value is None:
        return b"N"
    return b"i" + number(value) if isinstance(value, int) else b"g" + struct.pack("<d", value)


def small_tuple(elements):
    elements = list(elements)
    return b")" + bytes([len(elements)]) + b"".join(elements)


def check(version, data, operands):
    """Has xdis, or Python itself, read the code."""
    code, constants = Assembler(version).code(operands)
    if version == sys.version_info[:2]:
        read = marshal.loads(data)
    else:
        magic = sysinfo2magic((*version, 4 if version == (3, 5) else 0, "final", 0))
        read = load_code(io.BytesIO(data), magic2int(magic), False, {})
    assert bytes(read.co_code) == code, (version, operands, read.co_code, code)
    assert list(read.co_consts) == constants, (version, read.co_consts)
    assert read.co_argcount == 1 and read.co_name == "<lambda>", version


def own(expression):
    """The code that this Python writes."""
    return marshal.dumps(eval(f"lambda x: {expression}").__code__)


NUMBERS = [-3.0, 200.0]


def outcomes(codes):
    """What each of the codes computes, in processes of their own: changed code may do anything."""
    found = []
    while len(found) < len(codes):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            for data in codes[len(found) :]:
                signal.alarm(1)
                os.write(writer, evaluate(data))
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as file:
            while answer := file.read(17):
                found.append(list(struct.unpack("<2d", answer[1:])) if answer[0] else None)
        os.waitpid(child, 0)
        if len(found) < len(codes):
            found.append(None)  # which ended the process
    return found


def evaluate(data):
    try:
        function = types.FunctionType(marshal.loads(data), {"__builtins__": {}})
        ys = [function(x) for x in NUMBERS]
        if all(type(y) is float for y in ys):
            return b"\1" + struct.pack("<2d", *ys)
    except BaseException:
        pass
    return bytes(17)


def changes(data):
    """For each byte: what is computed with any other value in its place."""
    (original,) = outcomes([data])
    lines, others = [], {}
    for place in range(len(data)):
        changed = [data[:place] + bytes([value]) + data[place + 1 :] for value in range(256)]
        found = outcomes(changed)
        lines.append("".join("." if y is None else "=" if y == original else "#" for y in found))
        for value, ys in enumerate(found):
            if ys is not None and ys != original:
                others[f"{place} {value}"] = [f"{y:.10g}" for y in ys]
    return {
        "code": base64.b64encode(data).decode(),
        "numbers": NUMBERS,
        "original": original,
        "outcomes": lines,
        "others": others,
    }


def write_code():
    codes = []
    for version in VERSIONS:
        label = "{}.{}".format(*version)
        for text, (operands, scale, offset) in LINEAR.items():
            data = Assembler(version).marshalled(operands)
            check(version, data, operands)
            codes.append([label, text, base64.encodebytes(data).decode(), scale, offset])
        for text, operands in OTHER.items():
            data = Assembler(version).marshalled(operands)
            check(version, data, operands)
            codes.append([label, text, base64.encodebytes(data).decode()])
    for text, (_, scale, offset) in LINEAR.items():
        codes.append(["CPython 3.11", text, base64.encodebytes(own(text)).decode(), scale, offset])
    refused = ["x ** 2", "x // 2", "x % 2", "K.abs(x)", "abs(x)", "x.real", "x[0]", "-(-x)"]
    refused += ["x > 1", "x if x else 1", "[x]", "x * 1j", "x * True", "x * 2**40", "lambda y: x"]
    nested = marshal.dumps((lambda: lambda x: x / 127.5 - 1)().__code__)
    codes.append(["nested", "x / 127.5 - 1", base64.encodebytes(nested).decode(), 1 / 127.5, -1.0])
    for text in [*OTHER, *refused, "x * 1e300"]:
        codes.append(["CPython 3.11", text, base64.encodebytes(own(text)).decode()])
    for text, function in {
        "two arguments": lambda x, y: x,
        "a keyword": lambda *, x: x,
        "all arguments": lambda *x: x,
        "a second variable": lambda x: (y := x) / 2,
    }.items():
        data = marshal.dumps(function.__code__)
        codes.append(["CPython 3.11", text, base64.encodebytes(data).decode()])
    assembled = Assembler(VERSIONS[6]).marshalled([2, "x", "*"])
    changed = [changes(data) for data in [own("x / 127.5 - 1"), assembled]]
    text = json.dumps({"codes": codes, "changes": changed}, separators=(",", ":"))
    CODE.write_text(text.replace("],[", "],\n[").replace('","', '",\n"') + "\n")


def models(k):
    """Small models of one Keras."""
    L = k.layers

    def sequential(shape, *layers):
        return k.Sequential([L.InputLayer(shape), *layers])

    def functional():
        x = k.Input((4, 3), name="x")
        y = L.Dense(3)(L.Lambda(lambda t: (t / 255.0) - 0.5, name="centred")(x))
        z = L.Lambda(lambda t: 1 - t, output_shape=(4, 3))(y)
        return k.Model(x, L.Add()([y, L.Lambda(lambda u: 0.25 * u)(z)]))

    return {
        "driving": lambda: sequential(
            (8, 9, 3),
            L.Lambda(lambda x: x / 127.5 - 1.0),
            L.Conv2D(3, 3, strides=2, activation="elu"),
            L.Flatten(),
            L.Dense(1),
        ),
        "functional": functional,
        "steps": lambda: sequential(
            (3, 4, 4, 1),
            L.TimeDistributed(L.Lambda(lambda x: (x - 128) / 128)),
            L.TimeDistributed(L.Flatten()),
            L.LSTM(3),
            L.Dense(1),
        ),
    }


def write_models():
    import keras
    import numpy as np
    import tf_keras
    from golden_sequences import read_expected, write_expected, write_model

    def pixels(random, shape):
        return random.integers(0, 256, shape).astype(np.float32)

    expected = read_expected(FOLDER)
    for k, prefix in [(keras, "keras3"), (tf_keras, "tf_keras")]:
        for name, make in models(k).items():
            write_model(k, FOLDER / f"{prefix}_{name}", make, pixels, expected, True)
    write_expected(FOLDER, expected)


if __name__ == "__main__":
    write_code()
    write_models()
