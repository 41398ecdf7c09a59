"""HDF5 files that are small but ask for much time or memory, and names that hurt terminals."""

import json
import struct

import h5py
import models
import numpy as np
from collection import LINE
from deflated import zeros
from hdf5_bytes import Image, creation, image, sealed

MIB = 1 << 20

NAMES = {
    "line-feed": f"a\n{LINE}",
    "carriage-return": f"a\r{LINE}",
    "escape": "\x1b]0;title\x07\x1b[2J\x1b[31mred",
    "delete": "a\x7f\x08\x08\x08b",
    "c1": "a\x9b31m\x9dtitle\x9c\x85b",
    "bidi": "ker\u202enel\u2066x\u2069\u200f\u061c",
    "separators": f"a\u2028{LINE}\u2029b",
    "path": "..\u2215..\u2215etc",
    "dots": "..",
    "quotes": "a\"b'c\\d`e$(f)<script>",
    "zero-width": "ker\u200bnel\ufeff\U000e0041",
    "long": "x" * 60000,
    "not-utf-8": b"\xff\xfe\x80\x9b31m\xc0\xaf",
    "combining": "e" + "\u0301" * 4000,
}


def named(name):
    name = name if isinstance(name, bytes) else name.encode()

    def build(file):
        file.create_group(name)[b"d"] = np.zeros(2, "f4")
        file[b"data-" + name] = np.zeros(2, "f4")
        if len(name) < 60000:
            space = h5py.h5s.create(h5py.h5s.SCALAR)
            h5py.h5a.create(file.id, name, h5py.h5t.IEEE_F32LE, space)
            kind = h5py.h5t.C_S1.copy()
            kind.set_size(len(name))
            value = h5py.h5a.create(file.id, b"value", kind, space)
            value.write(np.array(name, f"S{len(name)}"))
            file[b"link-" + name] = h5py.SoftLink(b"/" + name)

    return build


def named_model(name):
    """A model with a layer and classes of such a name."""
    layers = [models.layer("ReLU", name), models.layer("Dense", "dense", units=4)]
    return models.sequential(models.input_layer(), models.POOLING, *layers, name=name)


def deep(depth, width=0, libver="earliest"):
    def build(file):
        group = file
        for _ in range(depth):
            group = group.create_group("g")
            for index in range(width):
                group.create_group(f"w{index}")

    return image(build, libver=(libver, "v110"))


def wide(count, libver="earliest", datasets=False):
    def build(file):
        for index in range(count):
            if datasets:
                file[f"d{index}"] = np.zeros(1, "f4")
            else:
                file.create_group(f"g{index}")

    return image(build, libver=(libver, "v110"))


def cycle(file):
    below = file.create_group("a/b/c")
    below["back"] = file["a"]
    file["a/root"] = file["/"]


def ladder(depth):
    """Two hard links in each group to the next one: 2**depth paths."""

    def build(file):
        below = file.create_group("last")
        below["d"] = np.zeros(4, "f4")
        for index in range(depth):
            group = file.create_group(f"g{index}")
            group["x"], group["y"] = below, below
            below = group

    return build


def attributes(count, size=0, libver="v110"):
    def build(file):
        for index in range(count):
            file.attrs[f"a{index}"] = np.zeros(size, "u1") if size else np.int8(0)

    return image(build, libver=(libver, "v110"))


def shared_string(count, size, is_attribute):
    """Strings that all are the same object of the global heap."""
    made = Image()
    values = np.array(["x" * size] + ["y"] * (count - 1), dtype=object)
    place = made.file.attrs if is_attribute else made.file
    place.create("s", values, dtype=models.TEXT) if is_attribute else place.create_dataset(
        "s", data=values, dtype=models.TEXT
    )
    data = bytearray(made.finish())
    at = next(
        at
        for at in range(len(data) - 32)
        if struct.unpack_from("<I", data, at)[0] == size
        and data[at + 16 : at + 20] == struct.pack("<I", 1)
    )
    reference = bytes(data[at : at + 16])
    for index in range(1, count):
        data[at + 16 * index : at + 16 * index + 16] = reference
    return bytes(data)


def one_chunk(file, name="d", rows=16384, row=1024):
    """64 MiB of zeros in one chunk."""
    properties = creation()
    properties.set_chunk((rows, row))
    properties.set_deflate(9)
    space = h5py.h5s.create_simple((rows, row))
    dataset = h5py.h5d.create(
        file.id, name.encode(), h5py.h5t.IEEE_F32LE, space, properties
    )
    dataset.write_direct_chunk((0, 0), zeros(4 * rows * row))


def shared_chunk(count):
    """Datasets of 64 MiB that all have the chunk index of the first."""
    made = Image()
    one_chunk(made.file)
    for index in range(count):
        properties = creation()
        properties.set_chunk((16384, 1024))
        properties.set_deflate(9)
        h5py.h5d.create(
            made.file.id, f"d{index:04}".encode(), h5py.h5t.IEEE_F32LE,
            h5py.h5s.create_simple((16384, 1024)), properties,
        )
    data = made.finish()
    # Layout version 3, chunked, three dimensions: then the address of the B-tree.
    start, end = b"\x03\x02\x03", struct.pack("<III", 16384, 1024, 4)
    none = start + b"\xff" * 8 + end
    at = data.index(end)
    return data.replace(none, start + data[at - 8 : at] + end)


def many_bombs(count, size):
    """Many datasets, each below every limit."""

    def build(file):
        chunk = zeros(size)
        for index in range(count):
            properties = creation()
            properties.set_chunk((size // 4,))
            properties.set_deflate(9)
            space = h5py.h5s.create_simple((size // 4,))
            dataset = h5py.h5d.create(
                file.id, f"d{index}".encode(), h5py.h5t.IEEE_F32LE, space, properties
            )
            dataset.write_direct_chunk((0,), chunk)

    return image(build)


def small_chunks(file):
    """A million chunks of one element, of which none is stored."""
    file.create_dataset("d", (1000, 1000), "f4", chunks=(1, 1))
    file.create_dataset("e", (2**40,), "f4", chunks=(1,))


def shared_kernel(count, side):
    """Dense layers that share one kernel: each is small in the file and large in memory."""
    layers = [models.layer("Dense", f"d{index}", units=side) for index in range(count)]
    config = models.sequential(models.input_layer((side,)), *layers)
    made = Image()
    file = made.file
    file.attrs["keras_version"] = "3.15.1"
    file.attrs["backend"] = "tensorflow"
    models.set_text(file, "model_config", json.dumps(config))
    weights = file.create_group("model_weights")
    weights.attrs["layer_names"] = np.array([f"d{index}".encode() for index in range(count)])
    properties = creation()
    properties.set_chunk((side, side))
    properties.set_deflate(9)
    kernel = h5py.h5d.create(
        weights.id, b"kernel", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((side, side)),
        properties,
    )
    kernel.write_direct_chunk((0, 0), zeros(4 * side * side))
    weights.create_dataset("bias", data=np.zeros(side, "f4"))
    for index in range(count):
        group = weights.create_group(f"d{index}")
        group.attrs["weight_names"] = np.array([b"kernel", b"bias"])
        group["kernel"] = weights["kernel"]
        group["bias"] = weights["bias"]
    return made.finish()


def sparse(data, size):
    """Writes the bytes and a hole after them up to a size."""

    def write(path):
        with open(path, "wb") as file:
            file.write(data)
            file.truncate(size)

    return write


def hole(file_size):
    """A dataset of zeros that are a hole of the file."""
    made = Image()
    made.file.create_dataset("d", (file_size // 4,), "f4", external=[("gone", 0, file_size)])
    old = struct.pack("<BBqQ", 3, 1, -1, file_size) + bytes(6)
    at = 1 << 16
    made.patch(old, struct.pack("<BBQQ", 3, 1, at, file_size))
    data = bytearray(made.finish())
    # No list of external files: a message of the kind 0, which is ignored.
    start = data.index(struct.pack("<HH", 7, 40))
    struct.pack_into("<H", data, start, 0)
    struct.pack_into("<Q", data, 40, at + file_size)
    return sparse(bytes(data), at + file_size)


def add(files):
    kind = "hdf5: names"
    for name, text in NAMES.items():
        files.add(
            kind, f"name-{name}.h5", "hdf5", image(named(text)), f"names: {name}",
        )
        if isinstance(text, str):
            config = named_model(text[:5000])
            for form, content in (
                ("model.h5", models.whole_model(config=config)),
                ("sealed.h5", models.checkpoint(config=config)),
                ("keras", models.archive(config=config)),
            ):
                files.add(
                    kind, f"layer-name-{name}.{form}",
                    "model" if form == "keras" else "hdf5", content,
                    f"a layer with a name: {name}", "0,65", more={"diff": "0,1,65"},
                )
            files.add(
                kind, f"layer-name-{name}.json", "architecture",
                json.dumps(config).encode(), f"a layer with a name: {name}", "0,65",
            )

            def state(file, text=text):
                file["training_state/environment"].attrs["command"] = text
                file[f"training_state/history/{text}"] = np.zeros(0)
                models.set_text(file["training_state"], "note", text)

            if name not in ("dots",):
                files.add(
                    kind, f"run-name-{name}.h5", "hdf5", models.run(change=state),
                    f"a run with texts: {name}", "0,65", more={"diff": "0,1,65"},
                )

    kind = "hdf5: bombs"
    none = {"diff": "1,65"}
    for name, content, why in [
        ("deep-500", deep(500), "500 groups deep"),
        ("deep-500-wide-10", deep(500, 10), "500 groups deep and 10 wide"),
        ("deep-4000", deep(4000), "4,000 groups deep"),
        ("deep-1000-latest", deep(1000, libver="v110"), "1,000 groups deep in the latest form"),
        ("wide-9999", wide(9999), "9,999 groups"),
        ("wide-20000", wide(20000, "v110"), "20,000 groups"),
        ("wide-9000-datasets", wide(9000, datasets=True), "9,000 datasets"),
        ("cycle", image(cycle), "groups that contain themselves"),
        ("ladder-20", image(ladder(20)), "2**20 paths"),
        ("ladder-60", image(ladder(60)), "2**60 paths"),
        ("attributes-257", attributes(257), "257 attributes"),
        ("attributes-20000", attributes(20000), "20,000 attributes"),
        ("attributes-1000-of-4096", attributes(1000, 4096), "4 MB of attributes"),
        ("attribute-64000", attributes(1, 64000, "earliest"), "an attribute of 64,000 bytes"),
        (
            "strings-in-attribute", shared_string(4000, 60000, True),
            "an attribute of 4,000 strings that are one string of 60,000 bytes",
        ),
        (
            "strings-in-dataset", shared_string(100000, 60000, False),
            "a dataset of 100,000 strings that are one string of 60,000 bytes",
        ),
        ("chunk-64-mib", image(one_chunk), "64 MiB of zeros in one chunk"),
        ("chunk-shared-20", shared_chunk(20), "20 datasets share a chunk of 64 MiB"),
        ("chunk-shared-1000", shared_chunk(1000), "1,000 datasets share a chunk of 64 MiB"),
        ("bombs-100-of-16-mib", many_bombs(100, 16 * MIB), "100 datasets of 16 MiB of zeros"),
        ("bombs-1000-of-1-mib", many_bombs(1000, MIB), "1,000 datasets of 1 MiB of zeros"),
        ("chunks-small", image(small_chunks), "a million chunks of one element"),
        ("zeros-1-gib", sparse(b"", 1 << 30), "1 GiB of zeros"),
        (
            "tail-1-gib", sparse(models.whole_model(), 1 << 30), "a model and 1 GiB of zeros",
        ),
        ("hole-1-gib", hole((1 << 30) - (1 << 17)), "a dataset of 1 GiB in a hole of the file"),
    ]:
        loads = "0,65" if name.startswith("tail") else "65"
        files.add(kind, f"{name}.h5", "hdf5", content, why, loads, more=none)
    for name, build, why in [
        ("deep-500-wide-10", deep(500, 10), "500 groups deep and 10 wide, with a seal"),
        ("ladder-60", image(ladder(60)), "2**60 paths, with a seal"),
        ("chunk-64-mib", image(one_chunk), "64 MiB in one chunk, with a seal"),
        ("chunk-shared-1000", shared_chunk(1000), "1,000 datasets share a chunk, with a seal"),
        ("bombs-100-of-16-mib", many_bombs(100, 16 * MIB), "100 bombs, with a seal"),
        ("strings-in-attribute", shared_string(4000, 60000, True), "strings, with a seal"),
    ]:
        files.add(kind, f"{name}.sealed.h5", "hdf5", sealed(build), why)
    for count, side in (4, 2048), (16, 4096), (200, 1024):
        files.add(
            kind, f"shared-kernel-{count}-of-{side}.h5", "hdf5", shared_kernel(count, side),
            f"{count} dense layers that share a kernel of {side} x {side}", "0,65",
        )
