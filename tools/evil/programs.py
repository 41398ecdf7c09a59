"""The commands by which files are given to programs."""

import dataclasses
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Inputs:
    """The harmless files that commands need beside the one that is tested."""

    weights: pathlib.Path  # For an architecture.
    picture: pathlib.Path = ROOT / "samples/7.png"
    model: pathlib.Path = ROOT / "models/digits.h5"
    data: pathlib.Path = ROOT / "samples/mnist"
    trained: object = "linear"  # What --model of `train` names.
    architecture: pathlib.Path = None  # For weights.

    def files(self):
        values = dataclasses.asdict(self).values()
        return [value for value in values if isinstance(value, pathlib.Path)]


def command(program, file, inputs):
    """The arguments of a run."""
    train = ["train", "--save", "output.h5", "--max-steps", "1", "--quiet", "--threads", "1"]
    data = ["--data", inputs.data]
    match program:
        case "inspect":
            return ["inspect", file]
        case "raw" | "json" | "verify" | "stats":
            return ["inspect", file, f"--{program}"]
        case "diff":
            return ["inspect", inputs.model, "--diff", file]
        case "predict":
            return ["predict", inputs.picture, "--model", file]
        case "picture":
            return ["predict", file, "--model", inputs.model]
        case "picture-json":
            return ["predict", file, "--model", inputs.model, "--json", "--segment"]
        case "to-keras":
            return ["convert", file, "output.keras"]
        case "to-h5":
            return ["convert", file, "output.h5"]
        case "to-tf-keras":
            return ["convert", file, "output.h5", "--format", "tf-keras"]
        case "to-weights":
            return ["convert", file, "output.weights.h5"]
        case "to-torch":
            return ["convert", file, "output.safetensors", "--format", "torch"]
        case "to-c":
            return ["convert", file, "output.h"]
        case "to-safetensors" | "to-npz" | "to-onnx":
            return ["convert", file, f"output.{program.removeprefix('to-')}"]
        case "weights":
            return ["convert", file, "output.keras", "--architecture", inputs.architecture]
        case "architecture":
            return ["convert", inputs.weights, "output.keras", "--architecture", file]
        case "resume":
            return [*train, *data, "--resume", file, "--max-steps", "2"]
        case "init":
            return [*train, *data, "--init-weights", file, "--model", inputs.trained]
        case "model":
            return [*train, *data, "--model", file]
        case "data":
            return [*train, "--data", file, "--model", "linear"]
    raise ValueError(program)
