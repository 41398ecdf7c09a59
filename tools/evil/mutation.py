"""Mutants of files: changes at random places, and of the fields that say how long something is.

Checksums, seals and the containers of what is changed are made right in about half of the mutants,
so that changes get past the first check."""

import functools
import gzip
import io
import json
import re
import struct
import zipfile
import zlib

import zips
from hdf5_bytes import checksummed_blocks, lookup3, sealed

INTERESTING = (
    0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 511, 512, 1000, 1024, 4096,
    32767, 32768, 65535, 65536, 2**20, 2**24, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1, 2**32,
    2**40, 2**53, 2**62, 2**63 - 1, 2**63, 2**64 - 16, 2**64 - 2, 2**64 - 1,
)
LARGEST = 1 << 20


# Anywhere.


def put(data, at, new):
    return data[:at] + new + data[at + len(new) :]


def number(random, size, old, length):
    """A number for a field: interesting, near the old one, or near the length of the file."""
    choice = random.randrange(4)
    if choice == 0:
        value = old + random.choice((-16, -8, -4, -2, -1, 1, 2, 4, 8, 16))
    elif choice == 1:
        value = random.choice((length - 1, length, length + 1, 2 * old, old // 2, old ^ 0x80))
    elif choice == 2:
        value = random.getrandbits(8 * size)
    else:
        value = random.choice(INTERESTING)
    return value % (1 << 8 * size)


def replace_number(random, data, at, size, order):
    old = int.from_bytes(data[at : at + size], order)
    return put(data, at, number(random, size, old, len(data)).to_bytes(size, order))


def bits(random, data):
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 4, 16))):
        changed[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(changed)


def some_bytes(random, data):
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        new = random.choice((0, 1, 127, 128, 254, 255, random.randrange(256)))
        changed[random.randrange(len(data))] = new
    return bytes(changed)


def any_number(random, data):
    size = random.choice((2, 4, 4, 8, 8))
    if len(data) < size:
        return some_bytes(random, data)
    at = random.randrange(len(data) - size + 1)
    if random.random() < 0.7:
        at -= at % min(size, 4)
    return replace_number(random, data, at, size, random.choice(("little", "little", "big")))


def block(random, data):
    size = min(random.choice((1, 4, 16, 64, 256, 1024, 4096)), max(1, len(data) // 2))
    return random.randrange(len(data) - size + 1), size


def fill(random, data):
    at, size = block(random, data)
    return put(data, at, random.choice((b"\0", b"\0", b"\xff", b"A")) * size)


def swap(random, data):
    first, size = block(random, data)
    second = random.randrange(len(data) - size + 1)
    changed = put(data, first, data[second : second + size])
    return put(changed, second, data[first : first + size])


def copy(random, data):
    at, size = block(random, data)
    return put(data, random.randrange(len(data) - size + 1), data[at : at + size])


def repeat(random, data):
    at, size = block(random, data)
    count = random.choice((1, 1, 2, 16, 256))
    more = data[at : at + size] * min(count, LARGEST // size)
    return data[: at + size] + more + data[at + size :]


def remove(random, data):
    at, size = block(random, data)
    return data[:at] + data[at + size :]


def truncate(random, data):
    last = random.random() < 0.5
    return data[: -random.randrange(1, 65)] if last else data[: random.randrange(len(data))]


def extend(random, data):
    count = random.choice((1, 7, 64, 4096, 65536))
    return data + random.choice((
        bytes(count), b"\xff" * count, random.randbytes(min(count, 4096)), data[:count], data,
    ))


ANYWHERE = (
    bits, bits, some_bytes, some_bytes, any_number, any_number, fill, swap, copy, repeat, remove,
    truncate, extend,
)


def anywhere(random, data):
    return random.choice(ANYWHERE)(random, data) if data else random.randbytes(8)


# PNG and JPEG.


def png_chunks(data):
    at = 8
    while at + 12 <= len(data):
        size = struct.unpack_from(">I", data, at)[0]
        if size > len(data) - at - 12:
            return
        yield at, size
        at += size + 12


def png(random, data):
    """Chunks that are changed, longer or shorter than they say, moved, repeated or removed."""
    chunks = list(png_chunks(data))
    if not chunks:
        return anywhere(random, data)
    at, size = random.choice(chunks)
    whole = data[at : at + size + 12]
    choice = random.randrange(8)
    if choice == 0:
        return replace_number(random, data, at, 4, "big")
    if choice == 1:
        place = random.choice(chunks)[0]
        return data[:place] + whole * random.choice((1, 1, 2, 1000)) + data[place:]
    if choice == 2:
        return data[:at] + data[at + size + 12 :]
    if choice == 3:
        return put(data, at + 4, random.choice((
            b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP", b"eXIf", b"abcd", b"zTXt",
        )))
    body = whole[8:-4]
    if choice == 4 and whole[4:8] == b"IHDR":
        field, length = random.choice(((0, 4), (4, 4), (8, 1), (9, 1), (10, 1), (11, 1), (12, 1)))
        body = replace_number(random, body, field, length, "big")
    elif choice <= 6 and whole[4:8] == b"IDAT":
        try:
            body = zlib.compress(anywhere(random, zlib.decompress(body)))
        except zlib.error:
            body = anywhere(random, body)
    elif body:
        body = anywhere(random, body)
    new = whole[4:8] + body
    checksum = zlib.crc32(new) if random.random() < 0.9 else random.getrandbits(32)
    new = struct.pack(">I", len(body)) + new + struct.pack(">I", checksum)
    return data[:at] + new + data[at + size + 12 :]


def repair_png(data):
    """Makes the checksum of each chunk right."""
    changed = bytearray(data)
    for at, size in png_chunks(data):
        struct.pack_into(">I", changed, at + 8 + size, zlib.crc32(data[at + 4 : at + 8 + size]))
    return bytes(changed)


def jpeg_segments(data):
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        size = struct.unpack_from(">H", data, at + 2)[0]
        yield at, size
        if data[at + 1] == 0xDA:
            return
        at += size + 2


def jpeg(random, data):
    """Segments that are changed, longer or shorter than they say, repeated or removed."""
    segments = list(jpeg_segments(data))
    if not segments:
        return anywhere(random, data)
    at, size = random.choice(segments)
    whole = data[at : at + size + 2]
    choice = random.randrange(7)
    if choice == 0:
        return replace_number(random, data, at + 2, 2, "big")
    if choice == 1:
        place = random.choice(segments)[0]
        return data[:place] + whole * random.choice((1, 1, 2, 1000)) + data[place:]
    if choice == 2:
        return data[:at] + data[at + size + 2 :]
    if choice == 3:
        return put(data, at + 1, bytes([random.choice((
            0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC9, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD, 0xE1, 0xE2, 0xEE,
            0xFE, 0xD0, 0, 0xFF,
        ))]))
    if choice == 4 and whole[1] in (0xC0, 0xC1, 0xC2):
        field, length = random.choice(((4, 1), (5, 2), (7, 2), (9, 1), (11, 1), (12, 1)))
        return put(data, at, replace_number(random, whole, field, length, "big"))
    if choice == 5:  # The coded pixels.
        start = segments[-1][0] + segments[-1][1] + 2
        return data[:start] + anywhere(random, data[start:])
    body = anywhere(random, whole[4:])[:65533]
    return data[:at] + whole[:2] + struct.pack(">H", len(body) + 2) + body + data[at + size + 2 :]


# Data sets.


def idx(random, data):
    """The type, the number of dimensions and each dimension."""
    rank = data[3] if len(data) > 3 else 0
    fields = [(2, 1), (3, 1), *((4 + 4 * index, 4) for index in range(min(rank, 8)))]
    fields = [(at, size) for at, size in fields if at + size <= len(data)]
    if not fields:
        return anywhere(random, data)
    for _ in range(random.choice((1, 1, 2, 3))):
        data = replace_number(random, data, *random.choice(fields), "big")
    return data


def npy(random, data):
    """The length and the text of the header."""
    if len(data) < 12 or random.random() < 0.2:
        return anywhere(random, data)
    if random.random() < 0.25:
        return replace_number(random, data, 8, 2, "little")
    size = struct.unpack_from("<H", data, 8)[0]
    header = text(random, data[10 : 10 + size])
    if random.random() < 0.8:
        data = put(data, 8, struct.pack("<H", min(len(header), 65535)))
    return data[:10] + header + data[10 + size :]


def text(random, data):
    """A number, a word or a part of JSON, or of what looks like it, replaced."""
    choice = random.randrange(5)
    if choice == 0:
        return anywhere(random, data)
    pattern = rb"-?\d[\d.e+-]*" if choice <= 2 else rb"[\"'][^\"']*[\"']"
    places = list(re.finditer(pattern, data))
    if not places:
        return anywhere(random, data)
    place = random.choice(places)
    if choice <= 2:
        new = random.choice((
            str(random.choice(INTERESTING)), str(-random.choice(INTERESTING)), "1e308", "1e999",
            "0.5", "NaN", "null", "true", "[]", "{}", '"x"', "-0", "9" * 400, str(2**64 + 1),
        )).encode()
    else:
        new = random.choice((
            random.choice(places)[0], random.choice(places)[0], b'""', b'"\\u0000"', b"null",
            b'"\\ud800"', b'"../../x"', b'"' + b"n" * 5000 + b'"', b"[[]]", b'"\\u001b[31m"',
            b'"Lambda"', b'"relu"',
        ))
    return data[: place.start()] + new + data[place.end() :]


def structure(random, data):
    """JSON with a value removed, repeated, or put in place of another one."""
    try:
        root = json.loads(data)
    except ValueError:
        return text(random, data)
    places = []

    def walk(value):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in list(items):
            places.append((value, key))
            if isinstance(one, (dict, list)):
                walk(one)

    if isinstance(root, (dict, list)):
        walk(root)
    if not places:
        return text(random, data)
    holder, key = random.choice(places)
    other_holder, other_key = random.choice(places)
    # As text, because a value could become part of itself.
    value, other = json.dumps(holder[key]), json.dumps(other_holder[other_key])
    choice = random.randrange(4)
    if choice == 0:
        del holder[key]
    elif choice == 1 and isinstance(holder, list):
        for _ in range(random.choice((1, 2, 100))):
            holder.insert(key, json.loads(value))
    elif choice == 2:
        for _ in range(random.choice((1, 1, 50))):
            value = f"[{value}]"
        holder[key] = json.loads(value)
    else:
        holder[key] = json.loads(other)
    return json.dumps(root).encode()


def safetensors(random, data):
    """The length of the header and its content."""
    if len(data) < 8 or random.random() < 0.2:
        return anywhere(random, data)
    if random.random() < 0.2:
        return replace_number(random, data, 0, 8, "little")
    size = struct.unpack_from("<Q", data, 0)[0]
    header = random.choice((text, structure))(random, data[8 : 8 + size])
    return struct.pack("<Q", len(header)) + header + data[8 + size :]


# HDF5.


SIGNATURES = (
    b"\x89HDF\r\n\x1a\n", b"OHDR", b"OCHK", b"TREE", b"SNOD", b"HEAP", b"GCOL", b"BTHD", b"BTLF",
    b"BTIN", b"FRHP", b"FHDB", b"FHIB", b"EAHD", b"EAIB", b"FAHD", b"FADB", b"FSHD", b"SMTB",
)
UNCHECKED = (b"TREE", b"SNOD", b"HEAP", b"GCOL")


@functools.cache
def checksummed_size(block):
    """How many bytes of a block come before its checksum; None if it has none."""
    if block[:4] in UNCHECKED:
        return None
    return next((end for start, end in checksummed_blocks(block, block[:4]) if start == 0), None)


def header_1_places(data):
    """Object headers of version 1, by what they look like."""
    for found in re.finditer(rb"\x01\0[\x01-\x40]\0[\x01-\x10]\0\0\0", data, re.DOTALL):
        if found.start() % 8 == 0:
            yield found.start()


def hdf5(random, data):
    """A field of a superblock, an object header, a tree or a heap."""
    places = [
        (found.start(), 100) for sign in SIGNATURES for found in re.finditer(re.escape(sign), data)
    ]
    places += [(at, 200) for at in header_1_places(data)]
    choice = random.randrange(6)
    if choice == 0 or not places:
        found = re.search(rb'\{"[^\0]*\}', data)
        if found and random.random() < 0.8:
            # JSON of the same length, so that nothing else moves.
            new = random.choice((text, structure))(random, found[0])
            new = new.ljust(len(found[0]))[: len(found[0])]
            return put(data, found.start(), new)
        return anywhere(random, data)
    if choice == 1:  # The superblock.
        places = [(0, 100)]
    at, size = random.choice(places)
    size = min(size, len(data) - at)
    checksummed = checksummed_size(data[at : at + 1024])
    if checksummed:
        size = checksummed
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        length = random.choice((1, 1, 2, 4, 8))
        if size <= length + 4:
            break
        offset = random.randrange(4, size - length)
        if random.random() < 0.7:
            offset -= offset % min(length, 4)
        data = replace_number(random, data, at + offset, length, "little")
    if checksummed and random.random() < 0.9:
        end = at + checksummed
        data = put(data, end, struct.pack("<I", lookup3(data[at:end])))
    return data


def unsealed(data):
    """The bytes that a seal protects."""
    at = data.rfind(b"CAIRSEAL")
    return data[: struct.unpack_from("<Q", data, at + 16)[0]] if at >= 0 else None


# Archives.


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [
            (one.filename, archive.read(one), one.compress_type == 8)
            for one in archive.infolist()
        ]


def zip_members(random, data):
    """An archive with a member changed, repeated, removed or renamed, and all else right."""
    try:
        parts = [list(part) for part in members(data)]
    except Exception:
        return anywhere(random, data)
    part = random.choice(parts)
    choice = random.randrange(10)
    if choice == 0:
        parts.remove(part)
    elif choice == 1:
        parts.append(part)
    elif choice == 2:
        part[0] = anywhere(random, part[0].encode())[:1000]
    elif choice == 3:
        part[2] = not part[2]
    else:
        part[1] = change(random, form_of(part[0]), part[1])
    return zips.archive(*(
        zips.Member(name, content, deflated=packed) for name, content, packed in parts
    ))


ZIP_FIELDS = {
    b"PK\3\4": ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)),
    b"PK\1\2": (
        (4, 2), (6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2),
        (34, 2), (38, 4), (42, 4),
    ),
    b"PK\5\6": ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
    b"PK\6\6": ((4, 8), (24, 8), (32, 8), (40, 8), (48, 8)),
    b"PK\6\7": ((4, 4), (8, 8), (16, 4)),
    b"PK\7\x08": ((4, 4), (8, 4), (12, 4)),
}


def zip_fields(random, data):
    """A field of the headers of an archive."""
    places = [
        (found.start() + at, size)
        for sign, fields in ZIP_FIELDS.items()
        for found in re.finditer(re.escape(sign), data)
        for at, size in fields
        if found.start() + at + size <= len(data)
    ]
    if not places:
        return anywhere(random, data)
    for _ in range(random.choice((1, 1, 2, 3))):
        data = replace_number(random, data, *random.choice(places), "little")
    return data


def archive(random, data):
    return random.choice((zip_members, zip_members, zip_fields))(random, data)


def gzipped(random, data):
    """What a .gz contains, changed as an IDX file."""
    try:
        content = gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return anywhere(random, data)
    return gzip.compress(change(random, "idx", content), mtime=0)


STRUCTURED = {
    "h5": hdf5, "keras": archive, "npz": archive, "safetensors": safetensors, "json": structure,
    "idx": idx, "gz": gzipped, "png": png, "jpg": jpeg, "npy": npy,
}


def form_of(name):
    return next(
        (form for form in STRUCTURED if name.endswith(f".{form}")), "h5"
    )


def change(random, form, data):
    """A change of a file of a form."""
    if random.random() < 0.5:
        return STRUCTURED[form](random, data)
    if form == "json":
        return text(random, data)
    return anywhere(random, data)


def mutate(random, form, data):
    """A mutant of a file."""
    for _ in range(8):
        new = data
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            content = unsealed(new) if form == "h5" and random.random() < 0.6 else None
            if content is None:
                new = change(random, form, new) if new else random.randbytes(4)
            else:
                new = sealed(change(random, form, content), random.choice((1, 1, None)))
        if form == "png" and random.random() < 0.5:
            new = repair_png(new)
        if new != data:
            break
    return new
