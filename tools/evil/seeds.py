"""Small harmless files of every form, of which mutants are made."""

import dataclasses
import gzip
import io
import json

import data_sets
import models
import numpy as np
import pictures
import zips
from hdf5_bytes import image, sealed
from PIL import Image
from programs import ROOT

FIXTURES = ROOT / "Tests/CheckpointsTests/Fixtures"

# The programs that are given a file of each form.
WHOLE = ("inspect", "verify", "stats", "predict", "to-keras", "init", "model")
SHOWN = ("inspect", "raw", "verify", "stats")
WEIGHTS = ("inspect", "verify", "stats", "weights", "init")
RUN = ("inspect", "verify", "stats", "predict", "to-h5", "resume")
PICTURE = ("picture", "pictures")
IDX = ("picture", "idx-folder")
ARCHITECTURE = ("architecture", "model")
DATA = ("data",)


@dataclasses.dataclass
class Seed:
    name: str
    suffix: str
    programs: tuple
    content: bytes
    weight: int = 4  # How often mutants are made of it, compared with others.


def images():
    """16 pictures of 6 x 6 pixels in two classes, and 8 for tests."""
    labels = np.arange(16) % 2
    pixels = (np.arange(16 * 36) * 37 % 101).astype("u1").reshape(16, 6, 6)
    for index, label in enumerate(labels):
        pixels[index, 2 + label] = 255
    return pixels, labels.astype("u1")


def data_arrays():
    pixels, labels = images()
    return {"x_train": pixels, "y_train": labels, "x_test": pixels[:8], "y_test": labels[:8]}


def data_set(compressed=False):
    """The pictures as .npz."""
    members = [(f"{name}.npy", models.array(value)) for name, value in data_arrays().items()]
    return zips.archive(
        *(zips.Member(name, content, deflated=compressed) for name, content in members)
    )


def data_file():
    """The pictures as HDF5."""

    def build(file):
        for name, value in data_arrays().items():
            file.create_dataset(name, data=value)

    return image(build)


# By this a run recognises data_set().
DATA_SHA256 = "2f64a1d3a5f08bb0d9aa95afc4012845f372803b736e41058efae4e724046b01"


def run():
    return models.run(
        data=DATA_SHA256, shape=(6, 6, 1), classes=2,
        settings={"classes": 2, "image_shape": [6, 6, 1]},
    )


def fixture(path):
    return (FIXTURES / path).read_bytes()


def tiny_safetensors():
    weights = {"dense/kernel": np.zeros(models.SHAPE), "dense/bias": np.zeros(4)}
    return models.safetensors(weights, {"config": json.dumps(models.tiny())})


def drawn(mode="L", size=(12, 9)):
    pixels = (np.arange(size[0] * size[1] * 4) * 53 % 251).astype("u1")
    bands = {"L": 1, "RGB": 3, "RGBA": 4, "LA": 2, "CMYK": 4, "P": 1}[mode]
    shape = size[::-1] if bands == 1 else (*size[::-1], bands)
    picture = Image.fromarray(pixels[: int(np.prod(shape))].reshape(shape).copy(), {
        "P": "L"}.get(mode, mode))
    return picture.convert("P") if mode == "P" else picture


def encoded(form, mode="L", **options):
    buffer = io.BytesIO()
    drawn(mode).save(buffer, form, **options)
    return buffer.getvalue()


def interlaced():
    return (ROOT / "Tests/ImagesTests/Fixtures/gray-16-trns-interlaced.png").read_bytes()


def png_with_chunks():
    """A PNG with chunks beside the necessary ones."""
    return pictures.png(
        pictures.chunk(b"gAMA", b"\0\0\xb1\x8f"), pictures.chunk(b"tEXt", b"Comment\0text"),
        pictures.chunk(b"pHYs", b"\0\0\x0b\x13\0\0\x0b\x13\1"), pictures.chunk(b"bKGD", b"\0\1"),
        pictures.chunk(b"tRNS", b"\0\xff"),
    )


def exif_jpeg():
    plain = encoded("JPEG")
    exif = pictures.exif([(0x112, 3, 1, 6)])
    return pictures.after_start(plain, pictures.segment(0xE1, b"Exif\0\0" + exif))


def seeds():
    """All seeds, always the same."""
    pixels, _ = images()
    idx = data_sets.idx(pixels.shape, pixels.tobytes())
    small = fixture("forms/small.h5")
    return [
        Seed("run-sealed", "h5", RUN, run(), 12),
        Seed("checkpoint-sealed", "h5", WHOLE, models.checkpoint(), 6),
        Seed("checkpoint-unsealed", "h5", WHOLE, models.checkpoint(seals=False), 6),
        Seed("keras-3-h5", "h5", WHOLE, small, 8),
        Seed("keras-3-h5-sealed", "h5", WHOLE, sealed(small), 4),
        Seed("keras-2-h5", "h5", WHOLE, fixture("options/keras2_inference.h5"), 6),
        Seed("keras-2-weights", "h5", WEIGHTS, fixture("forms/small_2_13.weights.h5"), 6),
        Seed("keras-3-weights", "h5", WEIGHTS, fixture("forms/small.weights.h5"), 4),
        Seed("latest-weights", "h5", WEIGHTS, fixture("forms/small_latest.weights.h5"), 6),
        Seed("tiny-h5", "h5", WHOLE, models.whole_model(), 6),
        Seed("keras", "keras", WHOLE, fixture("forms/small.keras"), 6),
        Seed("keras-deflated", "keras", WHOLE, fixture("forms/small_deflated.keras"), 4),
        Seed("keras-zip64", "keras", WHOLE, fixture("forms/small_zip64.keras"), 4),
        Seed("keras-streamed", "keras", WHOLE, fixture("forms/small_streamed.keras"), 4),
        Seed("safetensors", "safetensors", WHOLE, tiny_safetensors(), 6),
        Seed("safetensors-plain", "safetensors", SHOWN, fixture("formats/plain.safetensors")),
        Seed("config", "json", ARCHITECTURE, json.dumps(models.tiny()).encode()),
        Seed("npz", "npz", DATA, data_set(), 6),
        Seed("npz-deflated", "npz", DATA, data_set(True), 4),
        Seed("data-h5", "h5", DATA, data_file(), 4),
        Seed("idx", "idx", IDX, idx),
        Seed("idx-gz", "gz", IDX, gzip.compress(idx, mtime=0)),
        Seed("png-gray", "png", PICTURE, pictures.png(), 6),
        Seed("png-chunks", "png", PICTURE, png_with_chunks(), 6),
        Seed("png-rgba", "png", PICTURE, encoded("PNG", "RGBA"), 6),
        Seed("png-palette", "png", PICTURE, encoded("PNG", "P"), 6),
        Seed("png-interlaced", "png", PICTURE, interlaced(), 6),
        Seed("jpeg-gray", "jpg", PICTURE, encoded("JPEG"), 6),
        Seed("jpeg-color", "jpg", PICTURE, encoded("JPEG", "RGB"), 6),
        Seed("jpeg-progressive", "jpg", PICTURE, encoded("JPEG", "RGB", progressive=True), 6),
        Seed("jpeg-cmyk", "jpg", PICTURE, encoded("JPEG", "CMYK")),
        Seed("jpeg-exif", "jpg", PICTURE, exif_jpeg()),
    ]
