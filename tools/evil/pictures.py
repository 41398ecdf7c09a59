"""PNG and JPEG files that are small but ask for much, or whose structure is wrong."""

import io
import struct
import zlib

import numpy as np
import zips
from collection import LINE
from deflated import zeros
from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, data=b"", length=None, checksum=None):
    body = kind + data
    size = len(data) if length is None else length
    value = zlib.crc32(body) if checksum is None else checksum
    return struct.pack(">I", size) + body + struct.pack(">I", value)


def header(width=28, height=28, depth=8, color=0, compression=0, filtering=0, interlace=0):
    fields = (width, height, depth, color, compression, filtering, interlace)
    return chunk(b"IHDR", struct.pack(">IIBBBBB", *fields))


# A one.
ROWS = bytes(29 * 4) + (bytes(13) + b"\xff" * 3 + bytes(13)) * 20 + bytes(29 * 4)
IDAT = chunk(b"IDAT", zlib.compress(ROWS))
END = chunk(b"IEND")


def png(*chunks, head=None, data=IDAT, end=END):
    return SIGNATURE + (head or header()) + b"".join(chunks) + data + end


def png_of(width, height, bits, depth=8, color=0, interlace=0):
    """A picture of zeros with the right amount of data."""
    row = 1 + (width * bits + 7) // 8
    return png(
        head=header(width, height, depth, color, interlace=interlace),
        data=chunk(b"IDAT", zeros(row * height)),
    )


def exif(entries, endless=False):
    data = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries))
    for tag, kind, count, value in entries:
        data += struct.pack("<HHII", tag, kind, count, value)
    return data + struct.pack("<I", 8 if endless else 0)


def pngs():
    text = b"Comment\0"
    deflated = zeros(100 << 20)
    yield "text-2-gib", png(chunk(b"tEXt", text, length=2**31 - 1)), "a text of 2 GiB", "65"
    yield "text-4-gib", png(chunk(b"tEXt", text, length=2**32 - 1)), "a text of 4 GiB", "65"
    yield "length-idat", png(data=chunk(b"IDAT", b"x", length=2**31 - 1)), "IDAT of 2 GiB", "65"
    yield "text-bomb", png(chunk(b"zTXt", text + b"\0" + deflated)), "100 MiB of text", "0"
    yield "text-bombs", png(*[chunk(b"zTXt", text + b"\0" + deflated)] * 20), "20 text bombs", "0"
    yield "itext-bomb", png(
        chunk(b"iTXt", text + b"\1\0en\0\0" + deflated)), "100 MiB of international text", "0"
    yield "profile-bomb", png(chunk(b"iCCP", b"p\0\0" + deflated)), "a profile of 100 MiB", "0"
    yield "data-bomb", png(data=chunk(b"IDAT", zeros(200 << 20))), "200 MiB of pixels", "0,65"
    yield "data-bomb-1-gib", png(data=chunk(b"IDAT", zeros(1 << 30))), "1 GiB of pixels", "0,65"
    for width, height in [
        (2**31 - 1, 2**31 - 1), (2**31 - 1, 1), (1, 2**31 - 1), (65535, 65535), (0, 28),
        (28, 0), (2**32 - 1, 2**32 - 1),
    ]:
        yield f"size-{width}x{height}", png(head=header(width, height)), "declared size", "65"
    # As large as allowed, or nearly so.
    for name, content in [
        ("gray-1-16000", png_of(16000, 16000, 1, 1)),
        ("gray-8-16000", png_of(16000, 16000, 8)),
        ("gray-16-8000", png_of(8000, 8000, 16, 16)),
        ("color-8-9000", png_of(9000, 9000, 24, 8, 2)),
        ("alpha-16-5000", png_of(5000, 5000, 64, 16, 6)),
        ("wide", png_of(10**6, 200, 8)),
        ("tall", png_of(20, 10**7, 8)),
        ("interlaced-4000", png(
            head=header(4000, 4000, 8, 0, interlace=1), data=chunk(b"IDAT", zeros(16100000)))),
        ("interlaced-12000", png(
            head=header(12000, 12000, 8, 6, interlace=1),
            data=chunk(b"IDAT", zeros(600 << 20)))),
    ]:
        yield f"large-{name}", content, f"a large picture: {name}", "0,65"
    for depth in 0, 3, 7, 32, 255:
        yield f"depth-{depth}", png(head=header(depth=depth)), f"a depth of {depth}", "65"
    for color in 1, 5, 7, 255:
        yield f"color-{color}", png(head=header(color=color)), f"colour type {color}", "65"
    yield "depth-palette", png(head=header(depth=16, color=3)), "a palette of 16 bits", "65"
    yield "compression", png(head=header(compression=1)), "another compression", "65"
    yield "filtering", png(head=header(filtering=1)), "another filtering", "65"
    yield "interlace", png(head=header(interlace=2)), "another interlacing", "65"
    yield "filter-type", png(data=chunk(b"IDAT", zlib.compress(b"\xff" * len(ROWS)))), \
        "a filter of a row that is not there", "65"
    yield "palette-missing", png(head=header(color=3)), "no palette", "65"
    yield "palette-large", png(
        chunk(b"PLTE", bytes(3 * 300)), head=header(color=3)), "a palette of 300", "65"
    yield "palette-odd", png(chunk(b"PLTE", bytes(7)), head=header(color=3)), "7 bytes", "65"
    yield "palette-index", png(
        chunk(b"PLTE", bytes(3)), head=header(color=3),
        data=chunk(b"IDAT", zlib.compress((b"\0" + b"\xff" * 28) * 28))), "index 255 of 1", "0,65"
    yield "palette-twice", png(*[chunk(b"PLTE", bytes(9))] * 2, head=header(color=3)), \
        "two palettes", "0,65"
    yield "palette-late", SIGNATURE + header(color=3) + IDAT + chunk(b"PLTE", bytes(9)) + END, \
        "a palette after the pixels", "65"
    yield "transparency-long", png(
        chunk(b"PLTE", bytes(9)), chunk(b"tRNS", bytes(256)), head=header(color=3)), \
        "256 transparencies of 3 colours", "0,65"
    yield "transparency-short", png(chunk(b"tRNS", b"\0")), "half a transparency", "0,65"
    yield "headers", png(header(9999, 9999)), "a second header", "65"
    yield "header-late", SIGNATURE + chunk(b"tEXt", b"a\0b") + header() + IDAT + END, \
        "the header comes second", "65"
    yield "header-short", SIGNATURE + chunk(b"IHDR", bytes(12)) + IDAT + END, "12 bytes", "65"
    yield "header-long", SIGNATURE + chunk(b"IHDR", bytes(14)) + IDAT + END, "14 bytes", "65"
    yield "checksum-header", SIGNATURE + header()[:-4] + bytes(4) + IDAT + END, "CRC", "65"
    yield "checksum-data", png(data=IDAT[:-4] + bytes(4)), "CRC of the pixels", "65"
    yield "checksum-text", png(chunk(b"tEXt", b"a\0b", checksum=1)), "CRC of a text", "0,65"
    yield "adler", png(data=chunk(b"IDAT", zlib.compress(ROWS)[:-4] + bytes(4))), \
        "checksum of zlib", "0,65"
    yield "window", png(data=chunk(b"IDAT", b"\xf8" + zlib.compress(ROWS)[1:])), "window", "65"
    yield "dictionary", png(data=chunk(b"IDAT", b"\x78\xbb" + zlib.compress(ROWS)[2:])), \
        "a preset dictionary", "65"
    yield "no-data", png(data=b""), "no pixels", "65"
    yield "empty-data", png(data=chunk(b"IDAT")), "no bytes of pixels", "65"
    yield "few-data", png(data=chunk(b"IDAT", zlib.compress(bytes(29)))), "one row", "65"
    yield "no-end", png(end=b""), "no IEND", "0,65"
    yield "many-data", png(data=b"".join(
        chunk(b"IDAT", bytes([byte])) for byte in zlib.compress(ROWS))), "IDATs of a byte", "0"
    yield "empty-chunks", png(data=chunk(b"IDAT") * 60000 + IDAT), "60,000 empty IDATs", "0,65"
    yield "chunks-200000", png(chunk(b"teSt") * 200000), "200,000 chunks", "0,65"
    yield "interrupted", png(
        data=chunk(b"IDAT", zlib.compress(ROWS)[:5]) + chunk(b"tEXt", b"a\0b")
        + chunk(b"IDAT", zlib.compress(ROWS)[5:])), "pixels around a text", "65"
    yield "critical", png(chunk(b"EVIL", b"x")), "an unknown critical chunk", "65"
    yield "chunk-name", png(chunk(b"\x1b[2J", b"x")), "a name of control characters", "65"
    yield "chunk-name-2", png(chunk(b"\n\x9b\xe2\x80", b"x")), "a name that is no name", "65"
    yield "text-controls", png(
        chunk(b"tEXt", f"Title\0\x1b[31m\n{LINE}".encode())), "controls in a text", "0"
    yield "gamma-0", png(chunk(b"gAMA", bytes(4))), "a gamma of 0", "0,65"
    yield "chromaticities", png(chunk(b"cHRM", bytes(32))), "chromaticities of 0", "0,65"
    yield "significant-bits", png(chunk(b"sBIT", b"\xff")), "255 significant bits", "0,65"
    yield "exif-endless", png(
        chunk(b"eXIf", exif([(0x112, 3, 1, 6)], True))), "directories in a circle", "0,65"
    yield "exif-orientation", png(chunk(b"eXIf", exif([(0x112, 3, 1, 99)]))), "orientation", "0"
    yield "exif-count", png(
        chunk(b"eXIf", exif([(0x112, 3, 2**32 - 1, 2**32 - 1)]))), "2**32 values", "0,65"
    yield "animation", png(
        chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)),
        *[chunk(b"fcTL", bytes(26))] * 1000), "2**31 pictures", "0,65"
    yield "trailing", png() + bytes(1 << 20), "zeros after the end", "0,65"
    yield "twice", png() + png(), "two pictures", "0,65"
    yield "archive", png() + zips.archive(("config.json", b"{}")), "an archive behind", "0,65"
    whole = png()
    for size in 0, 4, 8, 20, 33, 50, len(whole) - 12, len(whole) - 1:
        yield f"truncated-{size}", whole[:size], f"only {size} bytes", \
            "0,65" if size > 60 else "65"


def jpeg(width=28, height=28, mode="L", **options):
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((height, width) + ((3,) if mode == "RGB" else ()), "u1")).save(
        buffer, "JPEG", **options
    )
    return buffer.getvalue()


def segment(marker, data=b"", length=None):
    size = len(data) + 2 if length is None else length
    return bytes([0xFF, marker]) + struct.pack(">H", size) + data


def sized(data, width, height, marker=None):
    """The picture with another size in its frame header."""
    for frame in 0xC0, 0xC2:
        at = data.find(bytes([0xFF, frame]))
        if at > 0:
            break
    changed = bytearray(data)
    struct.pack_into(">HH", changed, at + 5, height, width)
    if marker:
        changed[at + 1] = marker
    return bytes(changed)


def after_start(data, *segments):
    return data[:2] + b"".join(segments) + data[2:]


def scans(data, count):
    """A progressive picture whose last scan is repeated."""
    at = data.rindex(b"\xff\xda")
    return data[:at] + data[at:-2] * count + data[-2:]


def jpegs():
    plain = jpeg()
    color = jpeg(64, 64, "RGB")
    progressive = jpeg(64, 64, "RGB", progressive=True)
    yield "size-65535", sized(plain, 65535, 65535), "65535 x 65535", "65"
    yield "size-16000", sized(plain, 16000, 16000), "16000 x 16000 and no data", "0,65"
    yield "size-16000-color", sized(color, 16000, 16000), "16000 x 16000 in colour", "0,65"
    yield "size-65535x1", sized(plain, 65535, 1), "65535 x 1", "0,65"
    yield "size-0", sized(plain, 0, 28), "a width of 0", "65"
    yield "height-0", sized(plain, 28, 0), "a height of 0", "65"
    yield "progressive-16000", sized(progressive, 16000, 16000), "progressive, large", "0,65"
    yield "progressive-8000", sized(progressive, 8000, 8000), "progressive, large", "0,65"
    yield "scans-100000", scans(progressive, 100000), "100,000 scans", "0,65"
    yield "scans-2000-of-2000", sized(scans(progressive, 2000), 2000, 2000), \
        "2,000 scans of 2000 x 2000", "0,65"
    yield "scans-500-of-6000", sized(scans(progressive, 500), 6000, 6000), \
        "500 scans of 6000 x 6000", "0,65"
    for name, marker in [
        ("extended", 0xC1), ("lossless", 0xC3), ("differential", 0xC5), ("arithmetic", 0xC9),
        ("arithmetic-progressive", 0xCA), ("reserved", 0xC8),
    ]:
        yield f"frame-{name}", sized(plain, 28, 28, marker), f"frame: {name}", "0,65"
    at = plain.index(b"\xff\xc0")
    for name, offset, value in [
        ("precision-12", 4, 12), ("precision-0", 4, 0), ("components-0", 9, 0),
        ("components-255", 9, 255), ("sampling-0", 11, 0), ("sampling-255", 11, 255),
        ("sampling-44", 11, 0x44), ("table-255", 12, 255), ("length-0", 3, 0),
    ]:
        changed = bytearray(plain)
        changed[at + offset] = value
        yield f"frame-{name}", bytes(changed), f"frame header: {name}", "0,65"
    for name, marker in ("quantization", 0xDB), ("huffman", 0xC4), ("scan", 0xDA):
        at = plain.index(bytes([0xFF, marker]))
        size = struct.unpack_from(">H", plain, at + 2)[0]
        yield f"without-{name}", plain[:at] + plain[at + 2 + size :], f"without {name}", "0,65"
        changed = bytearray(plain)
        changed[at + 4 : at + 2 + size] = b"\xff" * (size - 2)
        yield f"full-{name}", bytes(changed), f"{name}: all bytes 255", "0,65"
        changed[at + 4 : at + 2 + size] = bytes(size - 2)
        yield f"zero-{name}", bytes(changed), f"{name}: all bytes 0", "0,65"
    yield "tables-many", after_start(
        plain, *[segment(0xDB, b"\0" + b"\1" * 64)] * 30000), "30,000 tables", "0,65"
    yield "restart", after_start(plain, segment(0xDD, b"\0\1")), "restarts", "0,65"
    yield "restarts", plain[:-2] + b"\xff\xd0" * 500000 + plain[-2:], "500,000 restarts", "0,65"
    yield "fill", plain[:2] + b"\xff" * 1000000 + plain[2:], "a million fill bytes", "0,65"
    yield "segments", after_start(plain, *[segment(0xE5, bytes(1))] * 200000), \
        "200,000 segments", "0,65"
    yield "segments-large", after_start(plain, *[segment(0xE5, bytes(65000))] * 40), \
        "2.6 MB of segments", "0,65"
    yield "segment-beyond", after_start(plain, segment(0xE5, b"", 65535)), "beyond", "65"
    yield "segment-0", after_start(plain, segment(0xE5, b"", 0)), "a length of 0", "65"
    yield "comment", after_start(
        plain, segment(0xFE, f"\x1b[31m\n{LINE}\u202e".encode())), "controls", "0,65"
    for name, data in [
        ("endless", exif([(0x112, 3, 1, 6)], True)), ("orientation", exif([(0x112, 3, 1, 99)])),
        ("count", exif([(0x112, 3, 2**32 - 1, 2**32 - 1)])),
        ("offset", b"II*\0\xff\xff\xff\xff"), ("entries", b"MM\0*\0\0\0\x08\xff\xff"),
        ("many", exif([(0x112, 3, 1, index % 8 + 1) for index in range(5000)])),
        ("thumbnail", exif([(0x201, 4, 1, 0), (0x202, 4, 1, 2**32 - 1)]) + plain),
    ]:
        yield f"exif-{name}", after_start(plain, segment(0xE1, b"Exif\0\0" + data)), \
            f"Exif: {name}", "0,65"
    yield "profile", after_start(
        plain, *(segment(0xE2, b"ICC_PROFILE\0" + bytes([index, 255]) + bytes(60000))
                 for index in range(1, 40))), "parts of a profile", "0,65"
    yield "adobe", after_start(plain, segment(0xEE, b"Adobe\0d\0\0\0\0\xff")), "Adobe", "0,65"
    yield "trailing", plain + bytes(1 << 20), "zeros after the end", "0,65"
    yield "twice", plain + plain, "two pictures", "0,65"
    yield "no-end", plain[:-2], "no end", "0,65"
    for size in 2, 3, 20, 160, len(plain) - 5:
        yield f"truncated-{size}", plain[:size], f"only {size} bytes", "0,65"


def other_pictures():
    yield "empty.png", b"", "empty"
    yield "text.png", b"not a picture\x1b[31m\n" + LINE.encode(), "a text"
    bitmap = struct.pack("<IHHIIiiHH", 100, 0, 0, 54, 40, 2**31 - 1, 1, 1, 24)
    yield "bmp.png", b"BM" + bitmap, "BMP"
    yield "gif.png", b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(20), "GIF"
    yield "tiff.png", b"II*\0\x08\0\0\0" + bytes(40), "TIFF"
    yield "webp.png", b"RIFF\xff\xff\xff\xffWEBPVP8X" + b"\xff" * 20, "WebP"
    yield "svg.png", b'<svg xmlns="x"><image href="file:///etc/passwd"/></svg>', "SVG"
    yield "zeros.png", bytes(1 << 20), "zeros"


def add(files):
    for name, content, why, codes in pngs():
        files.add("pictures: PNG", f"png-{name}.png", "picture", content, why, codes)
    for name, content, why, codes in jpegs():
        files.add("pictures: JPEG", f"jpeg-{name}.jpg", "picture", content, why, codes)
    for name, content, why in other_pictures():
        files.add("pictures: other", f"picture-{name}", "picture", content, why)
    good = png()
    for name, content in [
        ("bomb", png(chunk(b"tEXt", b"a\0", length=2**31 - 1))),
        ("large", png_of(9000, 9000, 24, 8, 2)), ("truncated", good[:50]),
        ("jpeg", scans(jpeg(64, 64, "RGB", progressive=True), 100000)),
    ]:
        folder = {f"{side}/{index}.png": good for side in "ab" for index in range(4)}
        folder["a/evil.png"] = content
        files.add("pictures: folders", f"pictures-{name}", "pictures", folder,
                  f"a folder of pictures with one that is evil: {name}", "0,65")
    sides = "a\x1b[31m", "b\u202e"
    folder = {f"{side}/{index}.png": good for side in sides for index in range(4)}
    folder[f"b\u202e/x\n{LINE}.png"] = good[:50]
    files.add("pictures: folders", "pictures-names", "pictures", folder, "names", "0,65")
