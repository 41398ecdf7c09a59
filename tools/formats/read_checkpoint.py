"""Reads checkpoints as the guide FileFormat says: read_checkpoint.py CKPT.h5 ... (h5py, numpy)"""

import hashlib
import json
import re
import struct
import sys

import h5py


def sha256(data):
    return hashlib.sha256(data).digest()


def pieces(data):
    return b"".join(sha256(data[start : start + 16384]) for start in range(0, len(data), 16384))


def sealed_step(data):  # None if the file holds no run
    magic, version, piece, size, step = struct.unpack("<8sIIQQ", data[-128:-96])
    assert (magic, version, piece) == (b"CAIRSEAL", 1, 16384), "no seal of version 1"
    assert struct.unpack("<Q", data[40:48])[0] == size, "written to since it was sealed"
    digests = data[size:-128]
    assert sha256(data[-128:-96] + digests) == data[-96:-64] and not any(data[-64:]), "bad seal"
    assert pieces(data[:size]) == digests, "bytes differ from the sealed ones"
    return None if step == 2**64 - 1 else step


def layers_of(group, model):  # class, config and variables of each layer, nested ones after theirs
    counts = {}
    for layer in model["config"]["layers"]:
        name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", layer["class_name"])
        key = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
        number = counts[key] = counts.get(key, -1) + 1
        place = group.get(f"layers/{key}{f'_{number}' if number else ''}", {})
        own = place.get("vars", {})
        yield layer["class_name"], layer["config"], [own[str(i)][()] for i in range(len(own))]
        yield from layers_of(place, layer) if "layers" in layer["config"] else ()


def check_digests(file, content):  # of every weight and every variable of the optimizer
    for name, digest in zip(content["paths"].asstr()[()], content["digests"][()], strict=True):
        value = file[name][()]
        heading = f"{value.dtype} {'x'.join(map(str, value.shape))}\n"
        assert sha256(heading.encode() + pieces(value.tobytes())) == digest.tobytes(), name


for path in sys.argv[1:] if __name__ == "__main__" else []:
    print(f"{path}: seal verified, step {sealed_step(open(path, 'rb').read())}")
    with h5py.File(path) as file:
        assert file.attrs["checkpoint_format_version"] <= 1, "a newer format"
        for name, config, values in layers_of(file, json.loads(file.attrs["model_config"])):
            print(f"  {config['name']} ({name})", *(value.shape for value in values))
        if "picture_config" in file:
            print("  pictures:", file["picture_config"].asstr()[()])
        if "training_state" in file:
            check_digests(file, (state := file["training_state"])["content"])
            print("  epoch", state["epoch"][()], "step", state["global_step"][()])
            print(*(f"  {name}: {values[()]}" for name, values in state["history"].items()))
