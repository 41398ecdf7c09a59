"""HDF5 files with single fields of their structures changed, with checksums repaired."""

import json
import struct

import h5py
import models
import numpy as np
from hdf5_bytes import checksummed_blocks, damage, image, lookup3, replace, sealed

EVERY = "0,65"
FF8 = b"\xff" * 8
BIG8 = struct.pack("<Q", 2**63 - 1)
SELF = None  # The address of the block itself.


def describe(file):
    models.set_text(file, "model_config", json.dumps(models.tiny()))
    file.attrs["keras_version"] = "3.15.1"
    file.attrs["backend"] = "tensorflow"


def latest():
    """Weights with every structure of the latest form: dense attributes and links, and each index
    of chunks."""

    def build(file):
        describe(file)
        for index in range(40):
            file.attrs[f"a{index:02}"] = index
        dense = file.create_group("layers/dense/vars")
        dense["0"] = np.zeros(models.SHAPE, "f4")
        dense["1"] = np.zeros(4, "f4")
        many = file.create_group("many")
        for index in range(40):
            many[f"m{index:02}"] = h5py.SoftLink("/layers")
        data = np.arange(64, dtype="f4")
        file.create_dataset("fixed", data=data, chunks=(4,))
        file.create_dataset("extensible", data=data, chunks=(4,), maxshape=(None,))
        both = data.reshape(8, 8)
        file.create_dataset("tree", data=both, chunks=(4, 4), maxshape=(None, None))
        file.create_dataset("packed", data=both, chunks=(4, 4), compression=9, shuffle=True)

    return image(build, libver=("latest", "latest"))


def earliest():
    """A whole model with every structure of the earliest form."""

    def build(file):
        describe(file)
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = np.array([b"pooling", b"dense"])
        weights.create_group("pooling").attrs["weight_names"] = np.array([], "S1")
        dense = weights.create_group("dense")
        dense.attrs["weight_names"] = np.array([b"dense/kernel", b"dense/bias"])
        dense["dense/kernel"] = np.zeros(models.SHAPE, "f4")
        dense["dense/bias"] = np.zeros(4, "f4")
        dense.create_dataset(
            "dense/packed", data=np.zeros((8, 8), "f4"), chunks=(4, 4), compression=9
        )
        file.create_dataset("text", data=["a", "bc"], dtype=models.TEXT)

    return image(build)


LATEST = {
    # A B-tree of version 2: sizes of nodes and records, depth, root, numbers of records.
    b"BTHD": [
        (5, b"\xff"), (6, b"\xff\xff\xff\x7f"), (6, b"\xff\xff\xff\xff"), (6, b"\1\0\0\0"),
        (10, b"\xff\xff"), (10, b"\0\0"), (12, b"\xff\xff"), (14, b"\0"), (15, b"\xff"),
        (16, FF8), (16, BIG8), (16, SELF), (24, b"\xff\xff"), (26, FF8),
    ],
    b"BTLF": [(5, b"\xff"), (6, b"\xff" * 12), (8, b"\0" * 12)],
    # A fractal heap: lengths of identifiers, filters, sizes of objects and blocks, its table.
    b"FRHP": [
        (5, b"\xff\xff"), (7, b"\xff\xff"), (9, b"\xff"), (10, b"\xff\xff\xff\xff"),
        (22, b"\x80"), (25, b"\x80"), (38, b"\0" * 8), (46, FF8), (54, FF8), (70, FF8),
        (110, b"\0\0"), (110, b"\xff\xff"), (112, FF8), (112, b"\3\0\0\0\0\0\0\0"), (120, FF8),
        (128, b"\xff\xff"), (130, b"\xff\xff"), (132, SELF), (132, FF8), (140, b"\xff\xff"),
    ],
    # Indexes of chunks.
    b"EAHD": [
        (5, b"\1"), (6, b"\xff"), (7, b"\xff"), (8, b"\xff"), (9, b"\xff"), (9, b"\0"),
        (10, b"\xff"), (10, b"\0"), (11, b"\xff"), (12, FF8), (44, FF8), (60, SELF),
    ],
    b"FAHD": [(5, b"\1"), (6, b"\xff"), (7, b"\xff"), (8, FF8), (8, BIG8), (16, SELF)],
}
EARLIEST = {
    # A B-tree of version 1: kind, level, number of entries, siblings, children.
    b"TREE": [
        (4, b"\x07"), (5, b"\xff"), (6, b"\xff\xff"), (8, SELF), (16, SELF), (24, FF8),
        (32, SELF), (32, BIG8),
    ],
    b"SNOD": [(6, b"\xff\xff"), (8, FF8), (8, BIG8), (16, b"\0" * 8), (24, b"\xff\xff\xff\xff")],
    b"HEAP": [(8, FF8), (8, b"\1\0\0\0\0\0\0\0"), (16, BIG8), (16, b"\0" * 8), (24, FF8)],
    b"GCOL": [
        (8, FF8), (8, b"\0" * 8), (16, b"\xff\xff"), (24, FF8), (24, BIG8), (24, b"\0" * 8),
    ],
    # The superblock: sizes, ranks of trees, base address, end, driver, the root's entry.
    b"\x89HDF": [
        (13, b"\3"), (13, b"\xff"), (14, b"\0"), (16, b"\xff\xff"), (18, b"\0\0"),
        (20, b"\xff\xff\xff\xff"), (24, b"\x60\0\0\0\0\0\0\0"), (24, FF8), (40, FF8),
        (40, BIG8), (40, b"\0" * 8), (48, b"\0" * 8), (48, b"\x60\0\0\0\0\0\0\0"),
        (64, FF8), (64, b"\0" * 8), (72, b"\2\0\0\0"), (80, b"\0" * 8), (88, b"\0" * 8),
    ],
}


def header_1(data):
    """Changes of the version 1 object header of the root group, and of its messages."""
    at = struct.unpack_from("<Q", data, 64)[0]
    changes = [(2, b"\xff\xff"), (4, b"\0\0\0\0"), (8, b"\xff\xff\xff\x7f"), (0, b"\2")]
    # Each message in turn: its kind, its size, and as a continuation to itself.
    place, end = 16, 16 + struct.unpack_from("<I", data, at + 8)[0]
    while place < end and len(changes) < 28:
        _, size = struct.unpack_from("<HH", data, at + place)
        continuation = struct.pack("<HHBxxxQQ", 16, max(size, 16), 0, at + 16, end - 16)
        changes += [
            (place + 2, b"\xf8\xff"), (place, b"\x0f\0"), (place + 4, b"\2"), (place, continuation)
        ]
        place += 8 + size
    for offset, new in changes:
        changed = bytearray(data)
        changed[at + offset : at + offset + len(new)] = new
        yield offset, new, bytes(changed)


def cache_image(entries, size, body):
    """A file whose superblock extension names a metadata cache image (CVE-2025-6269)."""
    data = bytearray(image(describe, libver=("latest", "latest")))
    root = struct.unpack_from("<Q", data, 36)[0]
    at = len(data)
    block = b"MDCI" + struct.pack("<BBQI", 0, 0, size, entries) + body
    block += struct.pack("<I", lookup3(block))
    message = struct.pack("<BHBBQQ", 0x18, 17, 0, 0, at, len(block))
    header = b"OHDR" + struct.pack("<BBB", 2, 0, len(message)) + message
    header += struct.pack("<I", lookup3(header))
    extension = at + len(block)
    data += block + header
    start = struct.pack("<BBBBQQQQ", data[8], 8, 8, 0, 0, extension, len(data), root)
    data[8:44] = start
    struct.pack_into("<I", data, 44, lookup3(bytes(data[:44])))
    return bytes(data)


def entry(kind, flags, children, address, size):
    return struct.pack("<BBBBHHHIQQ", kind, flags, 1, 0, children, 0, 0, 0, address, size)


def rank(data, dimensions):
    """Dataspaces of a rank that is not allowed, in the header of each dataset."""
    changed = bytearray(data)
    for at in range(len(data) - 8):
        if data[at : at + 2] == b"\1\2" and data[at + 8 : at + 16] == struct.pack("<Q", 1):
            changed[at + 1] = dimensions
    return bytes(changed)


def crash(signature, occurrence, offset, value):
    def build(file):
        for index in range(9):
            file.attrs[f"a{index}"] = index
        for name in "dense", "dense_1":
            # Groups that a path makes have times.
            group = file.create_group(f"layers/{name}/vars")
            group["0"] = np.zeros((2, 2), "f4")
            group["1"] = np.zeros(2, "f4")

    data = image(build, libver=("latest", "latest"))
    return damage(data, signature, occurrence, offset, bytes([value]))


def add(files):
    kind = "hdf5: damage"
    count = 0

    def put(name, content, why, more=None):
        nonlocal count
        count += 1
        expected = {"diff": "0,1,65", **(more or {})}
        files.add(kind, f"damage-{name}.h5", "hdf5", content, why, EVERY, more=expected)
        if count % 3 == 0:
            files.add(
                kind, f"damage-{name}.sealed.h5", "hdf5", sealed(content), why + ", sealed", EVERY,
                more=expected,
            )

    def sweep(data, changes, change):
        for signature, fields in changes.items():
            label = "superblock" if signature[0] == 0x89 else signature.decode().lower()
            for offset, new in fields:
                value = new or struct.pack("<Q", data.index(signature))
                text = "itself" if new is None else new.hex()
                put(
                    f"{label}-{offset}-{text}", change(data, signature, 0, offset, value),
                    f"{label.upper()}: {len(value)} bytes at {offset} are {text}",
                )

    new, old = latest(), earliest()
    sweep(new, LATEST, damage)
    sweep(old, EARLIEST, replace)
    for number, (offset, value, changed) in enumerate(header_1(old)):
        put(
            f"header-{number:02}", changed,
            f"the root's object header: at {offset} is {value[:8].hex()}",
        )
    for block in 0, 2, 5:
        start, end = list(checksummed_blocks(new, b"OHDR"))[block]
        for offset in range(5, min(end - start, 70), 7):
            put(
                f"ohdr-{block}-{offset}", damage(new, b"OHDR", block, offset, b"\xff"),
                f"object header {block}: the byte at {offset} is 255",
            )
    for dimensions in 0, 33, 255:
        put(f"rank-{dimensions}", rank(old, dimensions), f"dataspaces of rank {dimensions}")
    body = entry(0, 0, 0, 48, 40) + bytes(40)
    for name, entries, size, body, why in [
        ("none", 0, 26, b"", "no entries"),
        ("many", 2**32 - 1, 26, b"", "4,294,967,295 entries"),
        ("short", 3, 26 + len(body), body, "less entries than it says"),
        ("size", 1, 2**63, body, "a size of 2**63"),
        ("entry", 1, 26 + len(body), entry(200, 255, 65535, 48, 2**62) + bytes(40),
         "an entry of 2**62 bytes"),
    ]:
        put(f"cache-image-{name}", cache_image(entries, size, body),
            f"a metadata cache image with {why} (CVE-2025-6269)")
    put("crash-inside", crash(b"OHDR", 2, 40, 255), "libhdf5 1.10.8 crashes while it reads")
    put("crash-at-exit", crash(b"FRHP", 0, 25, 128), "libhdf5 1.10.8 crashes when it frees")
    for size in 0, 7, 8, 47, 96, 511, 700, 1100, 2047:
        put(f"truncated-{size}", old[:size], f"only {size} bytes", {"diff": "65"})
    for size in 512, 1024, 1 << 20:
        user_block = b"#!/bin/sh\necho evil\n".ljust(size, b"\0")
        put(f"user-block-{size}", user_block + old, f"a user block of {size} bytes")
