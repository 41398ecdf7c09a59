"""Many equal bytes in deflated form, made from one block that is repeated."""

import functools
import struct
import zlib

BLOCK = 1 << 20


@functools.cache
def raw(count, first=b"", byte=b"\0"):
    """`first` and then equal bytes, `count` in all, as raw deflate."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(byte * BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)
    blocks, rest = divmod(count - len(first), BLOCK)
    return head + block * blocks + packer.compress(byte * rest) + packer.flush()


@functools.cache
def checksum(function, count, first=b"", byte=b"\0"):
    """zlib.crc32 or zlib.adler32 of the content."""
    blocks, rest = divmod(count - len(first), BLOCK)
    value, block = function(first), byte * BLOCK
    for _ in range(blocks):
        value = function(block, value)
    return function(byte * rest, value)


def zeros(count):
    """Zeros in the format of zlib."""
    return b"\x78\xda" + raw(count) + struct.pack(">I", checksum(zlib.adler32, count))


def gzipped(count, first=b""):
    """A .gz of `first` and zeros."""
    end = struct.pack("<II", checksum(zlib.crc32, count, first), count & 0xFFFFFFFF)
    return b"\x1f\x8b\x08\0\0\0\0\0\2\xff" + raw(count, first) + end
