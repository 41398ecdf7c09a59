"""HDF5 files in memory, with bytes patched that h5py cannot write, checksums and seals."""

import hashlib
import re
import struct

import h5py


class Image:
    """A file that is being built: `file` is h5py's, and patches are made at the end."""

    def __init__(self, libver=("earliest", "v110"), **options):
        self.file = h5py.File(
            "evil", "w", driver="core", backing_store=False, libver=libver, **options
        )
        self.patches = []

    def patch(self, old, new):
        """Replaces bytes that occur once."""
        assert len(new) <= len(old), (len(old), len(new))
        self.patches.append((old, new))

    def finish(self):
        self.file.flush()
        data = self.file.id.get_file_image()
        self.file.close()
        for old, new in self.patches:
            assert data.count(old) == 1, data.count(old)
            at = data.index(old)
            data = data[:at] + new + data[at + len(new) :]
        return data


def image(build, libver=("earliest", "v110"), **options):
    """The bytes of the file that `build` makes of an h5py file."""
    made = Image(libver, **options)
    build(made.file)
    return made.finish()


def creation():
    """Creation properties of a dataset, without the time, so that files are always the same."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_obj_track_times(False)
    return properties


def rotate(x, count):
    return ((x << count) | (x >> (32 - count))) & 0xFFFFFFFF


def lookup3(key):
    """The checksum of HDF5's metadata: Bob Jenkins' lookup3."""
    mask = 0xFFFFFFFF
    a = b = c = (0xDEADBEEF + len(key)) & mask
    while len(key) > 12:
        x, y, z = struct.unpack_from("<III", key)
        a, b, c = (a + x) & mask, (b + y) & mask, (c + z) & mask
        for shift in (4, 6, 8, 16, 19, 4):
            a = (a - c) & mask ^ rotate(c, shift)
            c = (c + b) & mask
            a, b, c = b, c, a
        key = key[12:]
    if not key:
        return c
    x, y, z = struct.unpack("<III", key.ljust(12, b"\0"))
    a, b, c = (a + x) & mask, (b + y) & mask, (c + z) & mask
    c = ((c ^ b) - rotate(b, 14)) & mask
    a = ((a ^ c) - rotate(c, 11)) & mask
    b = ((b ^ a) - rotate(a, 25)) & mask
    c = ((c ^ b) - rotate(b, 16)) & mask
    a = ((a ^ c) - rotate(c, 4)) & mask
    b = ((b ^ a) - rotate(a, 14)) & mask
    c = ((c ^ b) - rotate(b, 24)) & mask
    return c


def checksummed_blocks(data, signature):
    """The ranges of the blocks with a signature whose checksum follows them."""
    for match in re.finditer(re.escape(signature), data):
        start = match.start()
        for end in range(start + 8, min(start + 1024, len(data) - 4)):
            if struct.unpack_from("<I", data, end)[0] == lookup3(data[start:end]):
                yield start, end
                break


def damage(data, signature, occurrence, offset, new):
    """Replaces bytes of a checksummed block, and makes its checksum right."""
    start, end = list(checksummed_blocks(data, signature))[occurrence]
    changed = bytearray(data)
    changed[start + offset : start + offset + len(new)] = new
    struct.pack_into("<I", changed, end, lookup3(bytes(changed[start:end])))
    return bytes(changed)


def replace(data, signature, occurrence, offset, new):
    """Replaces bytes of a block without a checksum."""
    places = [match.start() for match in re.finditer(re.escape(signature), data)]
    changed = bytearray(data)
    start = places[occurrence] + offset
    changed[start : start + len(new)] = new
    return bytes(changed)


def sealed(data, step=None, *, version=1, piece=16384, size=None, tail=bytes(64)):
    """The file with a valid seal as the guide FileFormat describes it, or a forged one."""
    digests = b"".join(
        hashlib.sha256(data[start : start + 16384]).digest()
        for start in range(0, len(data), 16384)
    )
    head = struct.pack(
        "<8sIIQQ", b"CAIRSEAL", version, piece, len(data) if size is None else size,
        2**64 - 1 if step is None else step,
    )
    return data + digests + head + hashlib.sha256(head + digests).digest() + tail


# Layout messages, which replace that of a contiguous dataset without an address.


def compact(size):
    return struct.pack("<BBH", 3, 0, size) + bytes(size)


def chunked(shape, item):
    return struct.pack("<BBBq", 3, 2, len(shape) + 1, -1) + struct.pack(
        f"<{len(shape) + 1}I", *shape, item
    )


def virtual():
    return struct.pack("<BBqI", 4, 3, -1, 0)
