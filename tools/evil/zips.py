"""Zip archives, member by member, with every field free."""

import struct
import zlib

import deflated


class Member:
    """A member; `local` replaces fields of its local header, `fields` those of both headers."""

    def __init__(self, name, content, *, deflated=False, local=None, compressed=None, **fields):
        self.name = name if isinstance(name, bytes) else name.encode()
        if compressed is None:
            compressed = deflate(content) if deflated else content
        self.data = compressed
        self.fields = {
            "version": 20, "flags": 0, "method": 8 if deflated else 0, "crc": zlib.crc32(content),
            "stored": len(self.data), "size": len(content), "attributes": 0, "extra": b"",
            "made": 0x0314, "offset": None, **fields,
        }
        self.local = {**self.fields, "name": self.name, **(local or {})}


def deflate(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def bomb(name, count, first=b"", byte=b"\0", **fields):
    """A member of `first` and then equal bytes."""
    return Member(
        name, b"", compressed=deflated.raw(count, first, byte), method=8,
        crc=deflated.checksum(zlib.crc32, count, first, byte), size=count, **fields,
    )


def local_header(member):
    f = member.local
    return struct.pack(
        "<IHHHHHIIIHH", 0x04034B50, f["version"], f["flags"], f["method"], 0, 0x21, f["crc"],
        f["stored"], f["size"], len(f["name"]), len(f["extra"]),
    ) + f["name"] + f["extra"]


def central_header(member, offset):
    f = member.fields
    return struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, f["made"], f["version"], f["flags"], f["method"], 0,
        0x21, f["crc"], f["stored"], f["size"], len(member.name), len(f["extra"]), 0, 0, 0,
        f["attributes"], offset if f["offset"] is None else f["offset"],
    ) + member.name + f["extra"]


def archive(*members, prefix=b"", comment=b"", **end):
    """An archive; `end` replaces fields of its end record."""
    data, central = prefix, b""
    for member in members:
        if not isinstance(member, Member):
            member = Member(*member)
        central += central_header(member, len(data))
        data += local_header(member) + member.data
    fields = {
        "disk": 0, "start": 0, "here": len(members), "count": len(members),
        "size": len(central), "offset": len(data), **end,
    }
    return data + central + struct.pack(
        "<IHHHHIIH", 0x06054B50, fields["disk"], fields["start"], fields["here"] & 0xFFFF,
        fields["count"] & 0xFFFF, fields["size"], fields["offset"], len(comment),
    ) + comment
