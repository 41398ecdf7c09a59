"""What no run may do, whatever its file contains."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import hdf5_bytes
from collection import CODE, INJECTED, LINE, SECRET, TARGET, TARGET_FIFO, TARGET_HDF5
from execution import PRINTED, WAITING_SECONDS, execute
from tracing import Tracing, is_output

PROCESSOR_SECONDS = 2.0
MEMORY = 512 << 20

# C0 without tab and line feed, DEL, C1, line separators, and what changes the direction of text.
CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
TARGET_CONTENT = hdf5_bytes.image(
    lambda file: file.create_dataset("x", data=[[0.0] * 4], dtype="f4").attrs.__setitem__(
        "secret", SECRET[:64]
    )
)


class Workplace:
    """A folder in which a program runs, with the files that evil files lead to in and above it."""

    def __init__(self, path):
        self.folder = path / "run"
        self.folder.mkdir(parents=True)
        for place in self.folder, path:
            (place / TARGET).write_bytes(SECRET)
        (self.folder / TARGET_HDF5).write_bytes(TARGET_CONTENT)
        os.mkfifo(self.folder / TARGET_FIFO)
        self.before = set(os.listdir(self.folder))
        self.above = sorted(os.listdir(path))

    def remove(self):
        shutil.rmtree(self.folder.parent)

    def clean(self):
        """Removes what a run has made."""
        for name in set(os.listdir(self.folder)) - self.before:
            (self.folder / name).unlink()

    def faults(self, code):
        """What a run changed that it may not change, and what it carried over."""
        for name in sorted(set(os.listdir(self.folder)) - self.before):
            # The lock of a run stays.
            if not is_output(name) or ".tmp-" in name:
                yield "other file", f"leaves {name!r}"
            elif code != 0 and not name.endswith(".lock"):
                yield "other file", f"fails and leaves {name!r}"
            else:
                yield from output_faults(self.folder / name)
        if sorted(os.listdir(self.folder.parent)) != self.above:
            yield "other file", "writes into the folder above"
        for place in self.folder, self.folder.parent:
            if (place / TARGET).read_bytes() != SECRET:
                yield "other file", "changes the file that the evil one leads to"


def output_faults(path):
    contents = [path.read_bytes()]
    if path.suffix == ".keras" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            contents += [archive.read(name) for name in archive.namelist()]
            for name in archive.namelist():
                if ".." in name or name.startswith("/") or CONTROL.search(name):
                    yield "carried over", f"a member with the name {name!r}"
    for content in contents:
        yield from secret_faults(content, "the output")
        if CODE.encode() in content:
            yield "carried over", "code of the evil file is in the output"
    if path.suffix == ".h":
        # The names of classes are strings, in which every character has its place.
        source = re.sub(rb'"(?:[^"\\\n]|\\.)*"|/\*.*?\*/', b" ", contents[0], flags=re.DOTALL)
        yield from place_faults(source, "the header")
        yield from source_faults(contents[0], "the header", ["cc", "-fsyntax-only", "-xc", "-"])


def place_faults(source, where):
    if re.search(rb"\b%b\b" % INJECTED.encode(), source):
        yield "carried over", f"a name gets out of its place in {where}"


def source_faults(source, where, compiler):
    found = subprocess.run(compiler, input=source, capture_output=True)
    if found.returncode:
        message = found.stderr.decode(errors="replace").strip().splitlines()
        yield "output", f"{where} is no valid source: {message[:1]}"


def secret_faults(content, where):
    if SECRET[:16] in content or b"root:x:0" in content:
        yield "carried over", f"bytes of another file are in {where}"


def text_faults(execution):
    """What must not be in the text that a program prints."""
    for stream, name in (execution.out, "stdout"), (execution.err, "stderr"):
        if len(stream) > PRINTED:
            yield "output", f"more than {PRINTED >> 20} MiB on {name}"
        yield from secret_faults(stream, name)
        text = stream.decode(errors="surrogateescape")
        if found := CONTROL.search(text):
            place = text[max(0, found.start() - 30) : found.end() + 10]
            yield "control", f"{found[0]!r} on {name}: {place!r}"
        if re.search(r"[\udc80-\udcff]", text):
            yield "control", f"{name} is not UTF-8"
        if re.search(f"(?m)^{LINE}", text):
            yield "control", f"a name of the file begins a line on {name}"


def run(arguments, workplace, outputs, trace=None, allowed=()):
    """Runs a command, and returns what it did and its faults. A run that takes too much time is
    repeated without strace, because the processor time of equal runs differs."""
    execution = execute(arguments, workplace.folder, outputs, trace)
    if not execution.stopped and execution.seconds > PROCESSOR_SECONDS:
        workplace.clean()
        again = execute(arguments, workplace.folder, outputs)
        if again.stopped or again.code != execution.code:
            return again, list(faults(again, workplace, trace, allowed))
        execution.seconds = min(again.seconds, execution.seconds)
    return execution, list(faults(execution, workplace, trace, allowed))


def faults(execution, workplace, trace, allowed):
    code = execution.code
    if execution.stopped:
        yield "hang", (
            f"waited {WAITING_SECONDS} s or ran as long; "
            f"{execution.seconds:.1f} s of processor time"
        )
    elif code < 0 or code > 128:
        yield "signal", f"ends by signal {-code if code < 0 else code - 128}"
    if execution.outlived:
        yield "hang", "processes outlive the program"
    if execution.seconds > PROCESSOR_SECONDS:
        yield "time", f"{execution.seconds:.1f} s of processor time"
    if execution.memory > MEMORY:
        yield "memory", f"{execution.memory >> 20} MiB"
    if trace:
        for fault in dict.fromkeys(Tracing(trace, workplace.folder, allowed).faults):
            yield "other file", fault
    yield from workplace.faults(code)
    yield from text_faults(execution)
    # With the weights for PyTorch, `convert` prints the source of the module.
    if code == 0 and "class " in (text := execution.out.decode(errors="replace")):
        python = "import ast, sys; ast.parse(sys.stdin.buffer.read())"
        if "import torch" in text:
            yield from place_faults(execution.out, "the module")
            yield from source_faults(execution.out, "the module", [sys.executable, "-c", python])
    if 1 < code <= 128 and not execution.err.strip():
        yield "answer", f"exit {code} without a message"
