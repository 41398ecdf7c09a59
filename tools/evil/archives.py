"""Archives (.keras) with members that are too large, ambiguous, damaged, or named to escape."""

import gzip
import json
import struct

import models
from collection import LINE
from zips import Member, archive, bomb

CONFIG = json.dumps(models.tiny()).encode()


def base(*more, without=(), weights=None, first=(), **options):
    members = [
        Member("metadata.json", models.metadata()), Member("config.json", CONFIG),
        Member("model.weights.h5", weights or models.weights_file()),
    ]
    members = [one for one in members if one.name.decode() not in without]
    return archive(*first, *members, *more, **options)


def zip64(size=None, stored=None, offset=None):
    fields = [value for value in (size, stored, offset) if value is not None]
    return struct.pack("<HH", 1, 8 * len(fields)) + struct.pack(f"<{len(fields)}Q", *fields)


def zip64_end(data, count, size, offset, locator=None):
    """The archive with an end record of 64 bits."""
    end = len(data) - 22
    record = struct.pack(
        "<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, size, offset
    )
    place = struct.pack("<IIQI", 0x07064B50, 0, end if locator is None else locator, 1)
    last = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    return data[:end] + record + place + last


def overlapping():
    """Members whose data are the headers and the data of the next ones (a quoted bomb)."""
    data = base(bomb("big", 64 << 20))
    end = data.rindex(b"PK\5\6")
    start = struct.unpack_from("<I", data, end + 16)[0]
    central = data[start:end]
    last = central[central.rindex(b"PK\1\2") :]
    count = 200
    more = b"".join(last.replace(b"big", f"b{index:02x}".encode()[:3]) for index in range(count))
    central += more
    return data[:start] + central + struct.pack(
        "<IHHHHIIH", 0x06054B50, 0, 0, 4 + count, 4 + count, len(central), start, 0
    )


def many_ends(data):
    """Comments that look like other end records."""
    fake = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0, 0, 0, 0, 0)
    return data[:-2] + struct.pack("<H", 22 * 2900) + fake * 2900


def add(files):
    kind = "archives"
    weights = models.weights_file()
    metadata = models.metadata()
    evil = json.dumps(models.tiny(models.layer("Lambda", "l", function=["evil_code"]))).encode()

    def put(name, content, why, loads="65", told=""):
        files.add(kind, f"zip-{name}.keras", "model", content, why, loads, told=told)

    for name, path in [
        ("parent", "../evil"), ("deep-parent", "a/../../../evil"), ("absolute", "/tmp/evil"),
        ("backslash", "..\\evil"), ("drive", "C:\\evil"), ("zero", "config.json\0.txt"),
        ("line-feed", f"a\n{LINE}"), ("escape", "\x1b[2J\x1b]0;x\x07"), ("bidi", "a\u202egnp.exe"),
        ("empty", ""), ("long", "n" * 65535), ("not-utf-8", b"\xff\xfe\x9b31m"),
        ("assets", "assets/../../evil"), ("folder", "folder/"), ("tilde", "~/.profile"),
        ("dot", "./config.json"),
    ]:
        refused = name in ("parent", "deep-parent", "absolute", "assets")
        put(f"name-{name}", base(Member(path, b"evil", flags=0x800)), f"a member named {name}",
            "65" if refused else "0,65")
    for name in "config.json", "metadata.json", "model.weights.h5":
        short = name.split(".")[0]
        put(f"duplicate-{short}", base(Member(name, evil)), f"{name} twice")
        put(f"without-{short}", base(without=[name]), f"no {name}",
            "0,65" if short == "metadata" else "65")
        put(f"folder-{short}", base(Member(name + "/", b""), without=[name]), f"{name} is a folder",
            "0,65" if short == "metadata" else "65")
        put(f"empty-{short}", base(Member(name, b""), without=[name]), f"an empty {name}",
            "0,65" if short == "metadata" else "65")
    put("duplicate-case", base(Member("CONFIG.JSON", evil)), "another CONFIG.JSON", "0,65")
    put("bomb-config", base(bomb("config.json", 1 << 30, CONFIG, b" "), without=["config.json"]),
        "a config of 1 GiB in 1 MB")
    put("bomb-config-100", base(
        bomb("config.json", 100 << 20, CONFIG, b" "), without=["config.json"]),
        "a config of 100 MiB", "0,65")
    put("bomb-metadata", base(bomb("metadata.json", 1 << 30, metadata, b" "),
                              without=["metadata.json"]), "metadata of 1 GiB", "0,65")
    for size, label in (600 << 20, "600-mib"), (2 << 30, "2-gib"):
        put(f"bomb-weights-{label}", base(
            bomb("model.weights.h5", size, weights), without=["model.weights.h5"]),
            f"weights of {label} of zeros", "0,65")
    put("bomb-zeros", base(bomb("model.weights.h5", 1 << 30), without=["model.weights.h5"]),
        "1 GiB of zeros as weights")
    put("bomb-unused", base(bomb("assets/x", 3 << 30)), "3 GiB in a member that nobody needs",
        "0,65")
    put("bombs-many", base(*(bomb(f"assets/{index}", 100 << 20) for index in range(20))),
        "20 members of 100 MiB", "0,65")
    put("overlapping", overlapping(), "200 members that share 64 MiB of data")
    put("same-offset", base(Member("x", b"", offset=0)), "two members at one place")
    for name, fields in [
        ("size-less", {"size": 10}), ("size-more", {"size": 1 << 20}),
        ("size-huge", {"size": 2**32 - 2}), ("stored-more", {"stored": 1 << 20}),
        ("stored-huge", {"stored": 2**32 - 2}), ("crc", {"crc": 1}), ("encrypted", {"flags": 1}),
        ("strong", {"flags": 0x41}), ("masked", {"flags": 0x2000}), ("patched", {"flags": 0x20}),
        ("bzip2", {"method": 12}), ("lzma", {"method": 14}), ("zstd", {"method": 93}),
        ("method-99", {"method": 99}), ("implode", {"method": 6}), ("deflate64", {"method": 9}),
        ("deflate-garbage", {"method": 8}), ("offset", {"offset": 2**32 - 2}),
        ("offset-inside", {"offset": 30}),
        ("zip64-size", {"size": 2**32 - 1, "extra": zip64(size=2**63)}),
        ("zip64-largest", {"size": 2**32 - 1, "stored": 2**32 - 1,
                           "extra": zip64(2**64 - 1, 2**64 - 1)}),
        ("zip64-missing", {"size": 2**32 - 1}),
        ("extra-truncated", {"extra": b"\1\0\xff\xff\0\0"}),
        ("extra-long", {"extra": b"x" * 65000}),
    ]:
        for member, content in ("config", CONFIG), ("weights", weights):
            path = "config.json" if member == "config" else "model.weights.h5"
            loads = "0,65" if name in ("extra-long", "extra-truncated", "patched") else "65"
            put(f"{name}-{member}", base(Member(path, content, **fields), without=[path]),
                f"{path}: {name}", loads)
    put("local-name", base(Member("config.json", CONFIG, local={"name": b"other.json!"}),
                           without=["config.json"]), "another name in the local header")
    put("local-sizes", base(Member("config.json", CONFIG, local={"stored": 5, "size": 5}),
                            without=["config.json"]), "other sizes in the local header")
    put("local-method", base(Member("config.json", CONFIG, local={"method": 8}),
                             without=["config.json"]), "another method in the local header")
    put("symlink", base(Member("assets/link", b"/etc/passwd", attributes=0o120777 << 16)),
        "a symbolic link")
    put("symlink-config", base(Member("config.json", b"/etc/passwd", attributes=0o120777 << 16),
                               without=["config.json"]), "the config is a symbolic link")
    put("device", base(Member("assets/device", b"", attributes=0o020666 << 16)),
        "a device", "0,65")
    put("members-60000", base(*(Member(f"a{index}", b"") for index in range(60000))),
        "60,000 members", "0,65")
    put("count-less", base(here=1, count=1), "one member in the end record")
    put("count-more", base(here=9, count=9), "nine members in the end record")
    put("count-huge", base(here=65535, count=65535), "65,535 members in the end record")
    put("central-size", base(size=2**32 - 2), "a directory of 4 GiB")
    put("central-offset", base(offset=2**32 - 2), "a directory beyond the end")
    put("central-itself", base(offset=0), "a directory at the start")
    put("disks", base(disk=3, start=7), "parts of several disks")
    plain = base()
    put("zip64-count", zip64_end(plain, 2**63, 2**63, 2**63), "2**63 members")
    put("zip64-overflow", zip64_end(plain, 3, 2**64 - 1, 2**64 - 1), "sizes that overflow")
    put("zip64-locator", zip64_end(plain, 3, 100, 0, 2**64 - 1), "a locator beyond the end")
    put("zip64-loop", zip64_end(plain, 3, 100, 0, len(plain)), "a locator to itself")
    put("many-ends", many_ends(plain), "2,900 end records in the comment", "0,65")
    put("comment", base(comment=f"\x1b[31m\n{LINE}\u202e".encode()), "controls in the comment",
        "0,65")
    put("prefix", b"#!/bin/sh\necho evil\n" + plain, "a script before the archive", "0,65")
    put("prefix-hdf5", archive(
        ("metadata.json", metadata), ("config.json", CONFIG), ("model.weights.h5", weights),
        prefix=models.whole_model()), "an HDF5 file that is also an archive", "0,65")
    put("suffix", plain + bytes(70000), "zeros after the archive", "0,65")
    for size in 1, 22, 100, len(plain) // 2, len(plain) - 1:
        put(f"truncated-{size}", plain[:size], f"only {size} bytes")
    put("gzip", gzip.compress(plain, mtime=0), "a gzip of an archive")
    put("nested", archive(("model.keras", plain)), "an archive in an archive")
    put("weights-zip", base(weights=plain), "an archive as weights")
    put("weights-npz", archive(
        ("metadata.json", metadata), ("config.json", CONFIG),
        ("model.weights.npz", archive(("x.npy", b"\x93NUMPY\1\0")))), "weights as .npz")
    put("weights-pickle", base(weights=b"\x80\x04cos\nsystem\nX\x09\0\0\0evil_code\x85R."),
        "a pickle as weights")
    put("weights-json", archive(
        ("metadata.json", metadata), ("config.json", CONFIG),
        ("model.weights.json", b'{"metadata":{},"weight_map":{"/a":["../../etc/passwd"]}}')),
        "sharded weights elsewhere")
    put("metadata-evil", base(
        Member("metadata.json", json.dumps({
            "keras_version": f"\x1b[31m\n{LINE}\u202e" + "9" * 100000, "date_saved": LINE,
        }).encode()), without=["metadata.json"]), "controls in the version of Keras", "0,65")
    put("only-end", struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0, 0, 0, 0, 0), "no members")
