"""IDX, NumPy and safetensors files that are small but ask for much, or whose fields are wrong, and
files that are no regular files."""

import gzip
import json
import os
import pickle
import struct

import deflated
import models
import numpy as np
import zips
from collection import CODE, LINE
from zips import Member, bomb


def idx(dimensions, data=None, kind=8, rank=None):
    if data is None:
        data = bytes(int(np.prod(dimensions)))
    rank = len(dimensions) if rank is None else rank
    return struct.pack(f">HBB{len(dimensions)}I", 0, kind, rank, *dimensions) + data


def zipped(data):
    return gzip.compress(data, mtime=0)


def idx_files():
    good = idx((64, 28, 28))
    head = struct.pack(">HBB3I", 0, 8, 3, 1_300_000, 28, 28)
    named = bytearray(zipped(good))
    named[3] |= 8 | 16
    named[10:10] = f"\x1b[31m\n{LINE}\0comment\x9b\0".encode()
    packed = zipped(good)
    yield "huge", idx((2**32 - 1, 2**32 - 1, 2**32 - 1), b""), "2**96 pixels"
    yield "overflow", idx((2**31, 2**31, 4), b""), "a product of 2**64"
    yield "more", idx((100, 28, 28), bytes(28 * 28)), "more pictures than there are"
    yield "less", idx((1, 28, 28), bytes(100 * 28 * 28)), "less pictures than there are"
    yield "rank-0", idx((), b""), "no dimensions"
    yield "rank-255", idx((1,) * 255, b"\0"), "255 dimensions"
    yield "rank-less", idx((64, 28, 28), rank=200), "200 dimensions, of which 3 are there"
    yield "empty-pictures", idx((0, 28, 28)), "no pictures"
    yield "no-pixels", idx((2**32 - 1, 0, 0), b""), "2**32 pictures without pixels"
    yield "wide", idx((1, 1, 2**31 - 1), b"\0"), "a row of 2 GiB"
    yield "doubles", idx((64, 28, 28), bytes(64 * 28 * 28 * 8), kind=14), "double precision"
    yield "kind", idx((64, 28, 28), kind=255), "an unknown type"
    yield "bomb.gz", deflated.gzipped(16 + 1_300_000 * 784, head), "1 GB of pictures in 1 MB"
    yield "bomb-tail.gz", deflated.gzipped(1 << 30, good), "1 GiB behind the pictures"
    yield "members.gz", zipped(good) + zipped(b"") * 50000, "50,000 empty members"
    yield "nested.gz", zipped(zipped(good)), "compressed twice"
    yield "checksum.gz", packed[:-8] + bytes(4) + packed[-4:], "a wrong checksum"
    yield "size.gz", packed[:-4] + b"\xff" * 4, "a wrong size"
    yield "truncated.gz", packed[:-20], "truncated"
    yield "tail.gz", packed + b"evil", "something behind it"
    yield "name.gz", bytes(named), "controls in the name"
    yield "truncated", good[:9], "a part of the header"


def npy(header, data=b"", version=1, length=None):
    if isinstance(header, dict):
        header = repr(header)
    text = header.encode("latin-1", "replace")
    size = len(text) if length is None else length
    form = "<H" if version == 1 else "<I"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack(form, size) + text + data


def described(shape, kind="|u1", order=False):
    return {"descr": kind, "fortran_order": order, "shape": shape}


class Evil:
    def __reduce__(self):
        return eval, (repr(CODE),)


def npys():
    pixels = bytes(8 * 28 * 28)
    shape = (8, 28, 28)
    yield "pickle", npy(described((8,), "|O"), pickle.dumps(Evil())), "a pickle"
    yield "code", npy(
        f"{{'descr': __import__('os').system('{CODE}'), 'fortran_order': False, 'shape': (1,)}}"
    ), "code in the header"
    yield "header-4-gib", npy("{", b"", 2, 2**32 - 1), "a header of 4 GiB"
    blanks = repr(described(shape)) + " " * (2 << 20)
    yield "header-blanks", npy(blanks, pixels, 2), "2 MB of blanks"
    yield "header-deep", npy("(" * 60000), "60,000 brackets"
    yield "shape-huge", npy(described((2**40, 28, 28))), "2**40 pictures"
    yield "shape-overflow", npy(described((2**32, 2**32))), "a product of 2**64"
    yield "shape-negative", npy(described((-1, 28, 28)), pixels), "a negative extent"
    yield "shape-digits", npy(described((10**3000,))), "an extent of 3,000 digits"
    yield "rank", npy(described((1,) * 2000)), "2,000 dimensions"
    yield "structured", npy(described((8,), [("a\nEVIL-LINE", "<f4")])), "fields"
    yield "text", npy(described((8,), "<U1000000000")), "texts of 4 GB"
    yield "large-elements", npy(described((8,), "|V2147483647")), "elements of 2 GiB"
    yield "kind", npy(described(shape, f"\x1b[31m\n{LINE}"), pixels), "controls in the type"
    yield "version", npy(described(shape), pixels, 9), "version 9"
    yield "short", npy(described(shape), pixels[:-1]), "a byte less than it says"
    yield "long", npy(described(shape), pixels + b"\0"), "a byte more than it says"
    yield "twice", npy("{'descr':'|u1','descr':'|O','fortran_order':False,'shape':(8,28,28)}",
                       pixels), "a key twice"


def npz(*members, without=()):
    good = {
        "x_train.npy": models.array(np.zeros((8, 28, 28), "u1")),
        "y_train.npy": models.array(np.zeros(8, "u1")),
        "x_test.npy": models.array(np.zeros((8, 28, 28), "u1")),
        "y_test.npy": models.array(np.zeros(8, "u1")),
    }
    return zips.archive(
        *((name, content) for name, content in good.items() if name not in without), *members
    )


def raw_safetensors(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(shape, start, end, kind="F32"):
    return {"dtype": kind, "shape": shape, "data_offsets": [start, end]}


def safetensors_files():
    data = bytes(64)
    fine = {"a": tensor([4], 0, 16), "b": tensor([4], 16, 32)}
    evil = json.dumps(models.tiny(models.layer("Lambda", "l", function=[CODE])))
    yield "length-2-63", raw_safetensors("{}", data, 2**63), "a header of 2**63 bytes"
    yield "length-2-64", raw_safetensors("{}", data, 2**64 - 1), "a header of 2**64 - 1 bytes"
    yield "length-more", raw_safetensors("{}", data, 1000), "a header beyond the end"
    yield "length-0", raw_safetensors("", data), "no header"
    for name, tensors in [
        ("overlap", {"a": tensor([4], 0, 16), "b": tensor([4], 8, 24)}),
        ("same", {"a": tensor([16], 0, 64), "b": tensor([16], 0, 64)}),
        ("hole", {"a": tensor([4], 0, 16), "b": tensor([4], 48, 64)}),
        ("beyond", {"a": tensor([2**20], 0, 2**22)}),
        ("reversed", {"a": tensor([4], 16, 0)}),
        ("negative", {"a": tensor([4], -16, 0)}),
        ("offset-2-63", {"a": tensor([4], 2**63, 2**63 + 16)}),
        ("shape", {"a": tensor([1000], 0, 16)}),
        ("shape-overflow", {"a": tensor([2**32, 2**32, 4], 0, 16)}),
        ("shape-negative", {"a": tensor([-2, -2], 0, 16)}),
        ("shape-rank", {"a": tensor([1] * 100000, 0, 4)}),
        ("kind", {"a": tensor([4], 0, 16, f"\x1b[31m\n{LINE}")}),
        ("names", {f"\x1b[31m\n{LINE}\u202e": tensor([4], 0, 16)}),
        ("paths", {"../../etc/passwd": tensor([4], 0, 16)}),
        ("empty-100000", {f"t{index}": tensor([0], 0, 0) for index in range(30000)}),
        ("lambda", {**fine, "__metadata__": {"model_config": evil, "format": "cairn"}}),
        ("metadata", {**fine, "__metadata__": {"k" * 1000000: LINE}}),
        ("metadata-list", {**fine, "__metadata__": [1, 2]}),
    ]:
        yield name, raw_safetensors(json.dumps(tensors), data), f"tensors: {name}"
    twice = json.dumps(fine)[:-1] + ',"a":' + json.dumps(tensor([4], 32, 48)) + "}"
    yield "twice", raw_safetensors(twice, data), "a name twice"
    yield "deep", raw_safetensors("[" * 1000000), "a million brackets"
    yield "blanks", raw_safetensors(json.dumps(fine) + " " * (3 << 20), data), "3 MB of blanks"
    yield "not-utf-8", raw_safetensors(b'{"\xff\x9b31m":' + b"1}", data), "no UTF-8"


def link_to(target):
    return lambda path: os.symlink(target, path)


def add(files):
    good = zipped(idx((64, 28, 28)))
    labels = zipped(idx((64,)))
    for name, content, why in idx_files():
        files.add("data: IDX", f"idx-{name}", "idx", content, why, "0,65")
        folder = {
            "train-images-idx3-ubyte" + (".gz" if name.endswith(".gz") else ""): content,
            "train-labels-idx1-ubyte.gz": labels, "t10k-images-idx3-ubyte.gz": good,
            "t10k-labels-idx1-ubyte.gz": labels,
        }
        files.add("data: IDX", f"idx-folder-{name}", "idx-folder", folder, why, "0,65")
    many = zipped(idx((64,), b"\xff" * 64))
    for name, content in ("labels-255", many), ("labels-few", zipped(idx((3,)))):
        folder = {
            "train-images-idx3-ubyte.gz": good, "train-labels-idx1-ubyte.gz": content,
            "t10k-images-idx3-ubyte.gz": good, "t10k-labels-idx1-ubyte.gz": labels,
        }
        files.add("data: IDX", f"idx-folder-{name}", "idx-folder", folder, name, "0,65")
    for name, content, why in npys():
        files.add("data: NumPy", f"npz-{name}.npz", "data",
                  npz(("x_train.npy", content), without=["x_train.npy"]), why,
                  "0,65" if name in ("header-blanks",) else "65")
        files.add("data: NumPy", f"npy-{name}.npy", "data", content, why)
    head = npy(described((1_300_000, 28, 28)))
    for name, content, why in [
        ("bomb", npz(bomb("x_train.npy", len(head) + 1_300_000 * 784, head),
                     without=["x_train.npy"]), "1 GB of pictures in 1 MB"),
        ("member-twice", npz(("x_train.npy", npy(described((8,), "|O")))), "a member twice"),
        ("traversal", npz(("../x_train.npy", b"")), "a path"),
        ("missing", npz(without=["y_train.npy"]), "no labels"),
        ("encrypted", npz(Member("x_train.npy", b"", flags=1), without=["x_train.npy"]), "locked"),
    ]:
        files.add("data: NumPy", f"npz-{name}.npz", "data", content, why, "0,65")
    for name, content, why in safetensors_files():
        files.add("safetensors", f"{name}.safetensors", "model", content, why)
    for name, content, why in [
        ("fifo", lambda path: os.mkfifo(path), "a FIFO"),
        ("zero", link_to("/dev/zero"), "a link to /dev/zero"),
        ("terminal", link_to("/dev/tty"), "a link to the terminal"),
        ("folder", {"x/y": b""}, "a folder"),
        ("loop", link_to("special-loop.h5"), "a link to itself"),
        ("gone", link_to("/tmp/cairn-evil-gone"), "a link that leads nowhere"),
    ]:
        files.add("special files", f"special-{name}.h5", "special", content, why, "64,65,66",
                  "64,65,66")
