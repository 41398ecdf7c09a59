"""The evil files, and what each program must answer to them."""

import dataclasses

# The programs that are given a file of each form; check-evil knows their commands.
SHOWS = ("inspect", "raw", "json", "verify")
LOADS = ("predict", "to-keras", "to-h5", "init")
EXPORTS = ("to-tf-keras", "to-weights", "to-safetensors", "to-npz", "to-torch", "to-c", "to-onnx")
FORMS = {
    "hdf5": SHOWS + ("stats", "diff") + LOADS + ("resume",),
    "model": SHOWS + LOADS + ("model",),
    "exported": ("inspect", "verify") + LOADS + EXPORTS + ("model",),
    "several": (
        "inspect", "verify", "predict", "to-keras", "to-tf-keras", "to-c", "to-onnx", "model"),
    "several-hdf5": ("json", "verify", "to-h5", "resume"),
    "architecture": ("architecture", "model"),
    "picture": ("picture", "picture-json"),
    "pictures": ("data",),
    "data": ("inspect", "verify", "data"),
    "idx": ("picture",),
    "idx-folder": ("data",),
    "special": ("inspect", "verify", "predict", "to-keras", "init", "resume", "picture"),
}

# Where evil files lead to. check-evil puts these files beside them and looks whether they are
# opened, and whether their bytes appear anywhere.
TARGET = "evil-target.bin"
TARGET_HDF5 = "evil-target.h5"
TARGET_FIFO = "evil-target.fifo"
SECRET = b"CAIRN-EVIL-SECRET-" * 64

# What no output may contain: a line that a name of the file begins, and code of the file.
LINE = "EVIL-LINE"
CODE = "evil_code"
# A word of its own in names that would get out of a comment or a string of source code.
INJECTED = "EVIL_INJECTED"


@dataclasses.dataclass
class EvilFile:
    kind: str
    name: str
    form: str
    content: object  # Bytes, a dictionary of files, or a function that writes the path.
    why: str
    expected: dict  # Program: (exit codes, what its output must match)


class Collection:
    def __init__(self):
        self.files = []

    def add(
        self, kind, name, form, content, why, loads="65", shows="0,65", told="", more=None
    ):
        """Adds a file.

        `loads` are the exit codes of the programs that use it, `shows` those of `inspect`, whose
        output must match `told` if it exits with 0. `more` replaces the codes of programs."""
        assert all(file.name != name for file in self.files), name
        expected = {}
        for program in FORMS[form]:
            is_shown = program in SHOWS or program == "stats"
            codes = shows if is_shown else "1,65" if program == "diff" else loads
            expected[program] = (codes, told if program in SHOWS else "")
        for program, codes in (more or {}).items():
            if program in expected:
                expected[program] = (codes, expected[program][1])
        self.files.append(EvilFile(kind, name, form, content, why, expected))
