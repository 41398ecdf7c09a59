"""HDF5 datasets that lead elsewhere or whose storage is unusual, in each kind of file that has
datasets: models of Keras and Cairn, runs and training data."""

import struct
import zlib

import h5py
import models
import numpy as np
from collection import TARGET, TARGET_FIFO, TARGET_HDF5
from deflated import zeros
from hdf5_bytes import Image, chunked, compact, creation, virtual


def size_of(shape, dtype):
    return int(np.prod(shape)) * np.dtype(dtype).itemsize


def external(*targets, layout=None):
    """Storage in other files; with `layout`, its layout message is replaced by another one."""

    def trick(made, group, name, shape, dtype):
        size = size_of(shape, dtype)
        files = [(target, offset, size) for target, offset in targets]
        group.create_dataset(name, shape, dtype, external=files)
        if layout:
            item = np.dtype(dtype).itemsize
            new = {
                "compact": lambda: compact(size),
                "chunked": lambda: chunked(shape, item),
                "chunked whole": lambda: chunked((1,) * len(shape), item),
                "virtual": virtual,
                "class 9": lambda: struct.pack("<BBqQ", 3, 9, -1, size),
                "version 1": lambda: struct.pack("<BBBB", 1, len(shape), 1, 0) + bytes(12),
            }[layout]()
            # The whole message, with the padding of object headers.
            made.patch(struct.pack("<BBqQ", 3, 1, -1, size) + bytes(6), new)

    return trick


def address(value):
    """A contiguous dataset at an address of the attacker's choice."""

    def trick(made, group, name, shape, dtype):
        size = size_of(shape, dtype)
        group.create_dataset(name, shape, dtype, external=[("gone", 0, size)])
        made.patch(
            struct.pack("<BBqQ", 3, 1, -1, size) + bytes(6),
            struct.pack("<BBQQ", 3, 1, value, size),
        )

    return trick


def virtual_source(file, dataset, count=1):
    def trick(made, group, name, shape, dtype):
        space = h5py.h5s.create_simple(shape)
        properties = creation()
        for _ in range(count):
            properties.set_virtual(space, file.encode(), dataset.encode(), space)
        kind = h5py.h5t.py_create(np.dtype(dtype))
        h5py.h5d.create(group.id, name.encode(), kind, space, properties)

    return trick


def virtual_self(made, group, name, shape, dtype):
    virtual_source(".", f"{group.name}/{name}")(made, group, name, shape, dtype)


def virtual_pattern(made, group, name, shape, dtype):
    """Sources named by a pattern, one for each block without end."""
    space = h5py.h5s.create_simple((1,), (h5py.h5s.UNLIMITED,))
    space.select_hyperslab((0,), (h5py.h5s.UNLIMITED,), (1,), (1,))
    source = h5py.h5s.create_simple((1,))
    properties = creation()
    properties.set_virtual(space, b"evil-%b.h5", b"x", source)
    h5py.h5d.create(
        group.id, name.encode(), h5py.h5t.py_create(np.dtype(dtype)), space, properties
    )


def link(target):
    return lambda made, group, name, shape, dtype: group.__setitem__(name, target)


def soft_cycle(made, group, name, shape, dtype):
    group[name] = h5py.SoftLink(f"{group.name}/{name}-other")
    group[f"{name}-other"] = h5py.SoftLink(f"{group.name}/{name}")


def soft_chain(made, group, name, shape, dtype):
    """A thousand soft links, one to the next."""
    group.create_dataset(f"{name}-1000", data=np.zeros(shape, dtype))
    for index in reversed(range(1000)):
        group[f"{name}-{index}"] = h5py.SoftLink(f"{group.name}/{name}-{index + 1}")
    group[name] = h5py.SoftLink(f"{group.name}/{name}-0")


def filtered(number, flags, values=(), times=1, content=None):
    def trick(made, group, name, shape, dtype):
        properties = creation()
        properties.set_chunk(shape)
        for _ in range(times):
            properties.set_filter(number, flags, values)
        dataset = h5py.h5d.create(
            group.id, name.encode(), h5py.h5t.py_create(np.dtype(dtype)),
            h5py.h5s.create_simple(shape), properties,
        )
        if content:
            dataset.write_direct_chunk((0,) * len(shape), content(size_of(shape, dtype)))

    return trick


def nested_deflate(size):
    """A gigabyte of zeros, deflated twice."""
    return zlib.compress(zeros(1 << 30), 9)


def typed(make):
    """A dataset of another type of the same shape."""

    def trick(made, group, name, shape, dtype):
        kind = make()
        kind = kind if isinstance(kind, h5py.h5t.TypeID) else h5py.h5t.py_create(kind)
        space = h5py.h5s.create_simple(shape)
        h5py.h5d.create(group.id, name.encode(), kind, space, creation())

    return trick


def shaped(shape, maximum=None, chunks=None, fill=None):
    """A dataset of another shape, of which nothing is stored."""

    def trick(made, group, name, _, dtype):
        properties = creation()
        if chunks:
            properties.set_chunk(chunks)
        if fill is not None:
            properties.set_fill_value(np.array(fill, dtype))
        h5py.h5d.create(
            group.id, name.encode(), h5py.h5t.py_create(np.dtype(dtype)),
            h5py.h5s.create_simple(shape, maximum), properties,
        )

    return trick


SMALLEST = (2, 1, 1, 0, 1)


def odd_float(size, precision, fields):
    def make():
        kind = h5py.h5t.IEEE_F32LE.copy()
        kind.set_fields(*SMALLEST)
        kind.set_size(size)
        kind.set_precision(precision)
        kind.set_fields(*fields)
        return kind

    return make


def compound(count):
    return lambda: np.dtype([(f"f{index}", "f4") for index in range(count)])


def nested_types():
    kind = h5py.h5t.IEEE_F32LE.copy()
    for _ in range(200):
        kind = h5py.h5t.vlen_create(kind)
    return kind


def object_reference(made, group, name, shape, dtype):
    other = group.create_dataset(
        f"{name}-target", shape, dtype, external=[(TARGET, 0, size_of(shape, dtype))]
    )
    value = np.full(shape, other.ref, dtype=h5py.ref_dtype)
    group.create_dataset(name, data=value, dtype=h5py.ref_dtype)


def group_instead(made, group, name, shape, dtype):
    group.create_group(name)


def type_instead(made, group, name, shape, dtype):
    group[name] = np.dtype(dtype)


def missing(made, group, name, shape, dtype):
    pass


def numbers(value):
    return lambda made, group, name, shape, dtype: group.create_dataset(
        name, data=np.full(shape, value, dtype)
    )


DEFLATE, SHUFFLE, FLETCHER, SZIP, NBIT, SCALE, LZF = 1, 2, 3, 4, 5, 6, 32000
MUST, MAY = 0, h5py.h5z.FLAG_OPTIONAL

ELSEWHERE = "(?i)external|another file"

# Name: the trick, why, and what `inspect` must say of it.
LEADING = {
    "external-contiguous": (
        external((TARGET, 0)), "CVE-2026-1669: raw bytes of another file", ELSEWHERE),
    "external-chunked": (
        external((TARGET, 0), layout="chunked"),
        "CVE-2026-1669 with a chunked layout, which libhdf5 never writes", ELSEWHERE),
    "external-compact": (
        external((TARGET, 0), layout="compact"),
        "CVE-2026-1669 with a compact layout", ELSEWHERE),
    "external-virtual": (
        external((TARGET, 0), layout="virtual"), "an external list and a virtual layout",
        "(?i)external|virtual"),
    "external-unknown-layout": (
        external((TARGET, 0), layout="class 9"), "an external list and a layout of class 9", ""),
    "external-layout-1": (
        external((TARGET, 0), layout="version 1"), "an external list and an old layout message",
        ""),
    "external-passwd": (external(("/etc/passwd", 0)), "reads /etc/passwd", ELSEWHERE),
    "external-passwd-chunked": (
        external(("/etc/passwd", 0), layout="chunked"), "reads /etc/passwd", ELSEWHERE),
    "external-environment": (
        external(("/proc/self/environ", 0), layout="compact"), "reads the environment",
        ELSEWHERE),
    "external-parent": (
        external((f"../{TARGET}", 0)), "a relative path upwards", ELSEWHERE),
    "external-pieces": (
        external((TARGET, 0), ("/etc/hostname", 0), ("/dev/zero", 1 << 40)),
        "three external files", ELSEWHERE),
    "external-fifo": (
        external((TARGET_FIFO, 0)), "a FIFO, whose opening never returns", ELSEWHERE),
    "external-fifo-chunked": (
        external((TARGET_FIFO, 0), layout="chunked"), "a FIFO under a chunked layout",
        ELSEWHERE),
    "external-fifo-compact": (
        external((TARGET_FIFO, 0), layout="compact"), "a FIFO under a compact layout",
        ELSEWHERE),
    "external-origin": (
        external(("${ORIGIN}/" + TARGET, 0)), "a variable of libhdf5 in the path",
        ELSEWHERE),
    "external-line": (
        external(("gone\nEVIL-LINE\x1b[31m\u202e", 0)), "control characters in the path",
        ELSEWHERE),
    "address-itself": (address(0), "the dataset is the superblock of its own file", ""),
    "address-huge": (address(2**63 - 8), "an address beyond the file", ""),
    "address-overflow": (address(2**64 - 9), "address and size overflow 64 bits", ""),
    "virtual": (
        virtual_source(TARGET_HDF5, "x"), "values of another file", "(?i)virtual"),
    "virtual-itself": (virtual_self, "a virtual dataset whose source is itself", "(?i)virtual"),
    "virtual-pattern": (virtual_pattern, "sources named by a pattern", "(?i)virtual"),
    "virtual-fifo": (virtual_source(TARGET_FIFO, "x"), "a FIFO as source", "(?i)virtual"),
    "virtual-many": (
        virtual_source(TARGET_HDF5, "x", 2000), "2,000 sources", "(?i)virtual"),
    "external-link": (
        link(h5py.ExternalLink(TARGET_HDF5, "/x")), "a link into another file",
        ELSEWHERE),
    "external-link-fifo": (
        link(h5py.ExternalLink(TARGET_FIFO, "/x")), "a link into a FIFO", ELSEWHERE),
    "external-link-itself": (
        link(h5py.ExternalLink(".", "/vars/0")), "an external link into the same file",
        ELSEWHERE),
    "external-link-absolute": (
        link(h5py.ExternalLink("/etc/passwd", "/x\nEVIL-LINE")), "a link into /etc/passwd",
        ELSEWHERE),
    "soft-link": (link(h5py.SoftLink("/elsewhere")), "a soft link that leads nowhere",
                  "(?i)soft|link"),
    "soft-cycle": (soft_cycle, "two soft links that lead to each other", "(?i)soft|link"),
    "soft-chain": (soft_chain, "a chain of 1,000 soft links", "(?i)soft|link"),
    "references": (object_reference, "references to a dataset in another file", ELSEWHERE),
}
UNUSUAL = {
    "filter-plugin": (filtered(32015, MAY), "a filter for which plug-ins are searched", ""),
    "filter-must": (filtered(32015, MAY, (), 1, bytes), "a filter that is not there", ""),
    "filter-lzf": (filtered(LZF, MAY, (), 1, bytes), "the filter lzf", ""),
    "filter-scale": (
        filtered(SCALE, MAY, (2, 0, 4, 1, 0, 4, 0, 0, *[0] * 12), 1, bytes),
        "scale-offset (CVE-2025-2308)", ""),
    "filter-nbit": (
        filtered(NBIT, MAY, (8, 0, 4, 1, 4, 0, 32, 0), 1, bytes), "nbit (CVE-2024-32615)", ""),
    "filter-nbit-parameters": (
        filtered(NBIT, MAY, (8, 0, 2**32 - 1, 1, 2**32 - 1, 0, 2**31, 0), 1, bytes),
        "nbit with impossible parameters", ""),
    "filters-32": (filtered(DEFLATE, MAY, (9,), 32), "deflate 32 times", ""),
    "filter-shuffle-size": (
        filtered(SHUFFLE, MAY, (2**31,), 1, bytes), "shuffled elements of 2 GiB", ""),
    "filter-garbage": (
        filtered(DEFLATE, MUST, (9,), 1, lambda size: b"\xff" * size), "no deflated data", ""),
    "filter-fletcher": (
        filtered(FLETCHER, MUST, (), 1, lambda size: bytes(size) + b"\1\2\3\4"),
        "a wrong checksum", ""),
    "filter-fletcher-short": (
        filtered(FLETCHER, MUST, (), 1, lambda size: b"\0\0"), "less than a checksum", ""),
    "filter-long-chunk": (
        filtered(DEFLATE, MUST, (9,), 1, lambda size: zlib.compress(bytes(size + 4096), 9)),
        "a chunk that inflates past its size", ""),
    "filter-short-chunk": (
        filtered(DEFLATE, MUST, (9,), 1, lambda size: zlib.compress(bytes(size // 2), 9)),
        "a chunk that inflates to half of its size", ""),
    "filter-bomb": (
        filtered(DEFLATE, MUST, (9,), 1, lambda size: zeros(1 << 30)),
        "a chunk of a few bytes that inflates to 1 GiB", ""),
    "filter-nested-bomb": (
        filtered(DEFLATE, MUST, (9,), 2, nested_deflate),
        "1 GiB in 4 KB, deflated twice", ""),
    "type-string": (typed(lambda: np.dtype("S8")), "strings as weights", ""),
    "type-vlen": (typed(lambda: h5py.string_dtype()), "strings of variable length", ""),
    "type-opaque": (typed(lambda: np.dtype("V4096")), "opaque data", ""),
    "type-compound": (typed(compound(1000)), "a type of 1,000 fields", ""),
    "type-nested": (typed(nested_types), "a type nested 200 deep", ""),
    "type-reference": (typed(lambda: h5py.ref_dtype), "references as weights", ""),
    "type-region": (typed(lambda: h5py.regionref_dtype), "region references as weights", ""),
    "type-enum": (typed(lambda: h5py.enum_dtype({"A\nEVIL-LINE": 1})), "an enumeration", ""),
    "type-array": (typed(lambda: np.dtype(("f4", (64, 64, 16)))), "arrays as elements", ""),
    "type-complex": (typed(lambda: np.dtype("c16")), "complex numbers", ""),
    "type-float-odd": (
        typed(odd_float(4, 32, (31, 30, 1, 0, 30))), "floats with an exponent of one bit", ""),
    "type-float-large": (
        typed(odd_float(1024, 8192, (8191, 8000, 191, 0, 8000))),
        "floating point numbers of 1 KiB", ""),
    "shape-4-tib": (
        shaped((2**20, 2**20)), "CVE-2026-0897: 4 TiB in a small file", ""),
    "shape-4-tib-chunked": (
        shaped((2**20, 2**20), None, (1, 2**20)), "CVE-2026-0897 in chunks", ""),
    "shape-filled": (
        shaped((2**14, 2**14), None, (64, 64), 1.0), "1 GiB of one value", ""),
    "shape-overflow": (shaped((2**62, 2**3), None, (1, 1)), "a shape whose product is 2**65", ""),
    "shape-product-0": (
        shaped((2**32, 2**32), None, (1, 1)), "a shape whose product is 2**64", ""),
    "shape-empty": (shaped((0, 4)), "no elements", ""),
    "shape-rank-32": (shaped((1,) * 32), "32 dimensions", ""),
    "shape-chunk-4-gib": (
        shaped((2**30,), (h5py.h5s.UNLIMITED,), (2**30 - 1,)), "chunks of almost 4 GiB", ""),
    "group-instead": (group_instead, "a group instead of a dataset", ""),
    "type-instead": (type_instead, "a datatype instead of a dataset", ""),
    "missing": (missing, "a missing dataset", ""),
    "nan": (numbers(np.nan), "NaN", ""),
    "infinite": (numbers(np.inf), "infinite numbers", ""),
}


def data_set(trick):
    """A data set for `train --data`, whose training pictures are evil."""
    made = Image()
    file = made.file
    trick(made, file, "x_train", (4, 4), np.dtype("u1"))
    file["y_train"] = np.zeros(4, "u1")
    file["x_test"] = np.zeros((2, 4), "u1")
    file["y_test"] = np.zeros(2, "u1")
    return made.finish()


def add(files):
    for name, (trick, why, told) in {**LEADING, **UNUSUAL}.items():
        leads = name in LEADING
        kind = "hdf5: leads elsewhere" if leads else "hdf5: unusual storage"
        # Filters without effect may be ignored.
        loads = "0,65" if name in ("filter-plugin", "filter-shuffle-size") else "65"
        files.add(
            kind, f"{name}.model.h5", "hdf5", models.whole_model(trick), why, loads, told=told
        )
        files.add(
            kind, f"{name}.keras", "model",
            models.archive(models.weights_file(trick)), why + ", in an archive", loads, told=told,
            more={"model": "0,65"},
        )
        if leads or name.startswith(("filter-bomb", "shape-4", "filter-nested")):
            files.add(
                kind, f"{name}.sealed.h5", "hdf5", models.checkpoint(trick),
                why + ", with a valid seal", loads, told=told,
            )
            # The accumulators are read by no program but `train --resume`.
            files.add(
                kind, f"{name}.run.h5", "hdf5", models.run(trick), why + ", in a run", "0,65",
                told=told, more={"resume": "65", "diff": "0,1,65"},
            )
            files.add(
                kind, f"{name}.data.h5", "data", data_set(trick), why + ", as training data",
            )
