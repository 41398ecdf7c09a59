"""Digits of MNIST and characters of fonts as strokes of a pen: coverage with smooth outlines.

A digit of 28 x 28 becomes a signed distance to its outline, which is enlarged to any size. The
outline is smooth at that size, instead of the blocks or the blur that an enlarged picture has, and
an offset of the distance makes the pen thicker or thinner without breaking the line.
"""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from skimage.morphology import skeletonize

# Points of the distance field for each pixel of MNIST.
FINE = 6


def smooth_noise(rng, height, width, cell, octaves=1):
    """Noise of about -1 to 1 that changes within about `cell` pixels."""
    total = np.zeros((height, width), np.float32)
    weight = 1.0
    for _ in range(octaves):
        rows, columns = (max(2, int(np.ceil(n / max(cell, 1))) + 1) for n in (height, width))
        grid = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
        total += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        weight, cell = weight / 2, cell / 2
    return total


def signed_distance(mask):
    """Distance to the outline of a mask: positive inside, in pixels."""
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
    outside = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5)
    return inside - outside


def outline(digit):
    """The distance field of a digit of MNIST and of its centre line, in pixels of MNIST."""
    side = 28 * FINE
    large = cv2.resize(digit.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    large = cv2.GaussianBlur(large, (0, 0), 0.42 * FINE)
    mask = (large > 0.42 * min(255, large.max())).astype(np.uint8)
    distance = cv2.GaussianBlur(signed_distance(mask), (0, 0), 0.25 * FINE)
    line = skeletonize(mask > 0)
    half_width = float(np.median(distance[line])) if line.any() else 1.0
    to_line = cv2.distanceTransform(1 - line.astype(np.uint8), cv2.DIST_L2, 5)
    return distance / FINE, to_line / FINE, half_width / FINE


def tight(alpha):
    """Cuts off what is empty around the strokes."""
    rows, columns = np.nonzero(alpha.max(1) > 0.02)[0], np.nonzero(alpha.max(0) > 0.02)[0]
    if not len(rows):
        return alpha
    return alpha[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def strokes(rng, digit, height, weight=1.0, softness=0.9, wobble=0.1, angle=0.0):
    """Coverage of a digit whose box of 20 pixels becomes `height` pixels; cropped to its ink.

    `weight` multiplies the width of the pen, `softness` is the width of its edge in pixels,
    `wobble` how far the outline strays, in pixels of MNIST, `angle` in degrees clockwise.
    """
    distance, to_line, half_width = outline(digit)
    offset = half_width * (weight - 1)
    field = distance + offset
    if weight < 1:
        field = np.maximum(field, half_width * weight * 0.9 - to_line)
    scale = height / 20
    side = int(np.ceil(30 * scale)) if angle == 0 else int(np.ceil(42 * scale))
    turn = cv2.getRotationMatrix2D((14 * FINE - 0.5, 14 * FINE - 0.5), -angle, scale / FINE)
    turn[:, 2] += side / 2 - 14 * FINE
    field = cv2.warpAffine(
        field.astype(np.float32),
        turn,
        (side, side),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=-20,
    )
    field = field + wobble * min(1, weight) * smooth_noise(rng, side, side, 2.5 * scale, 2)
    return tight(np.clip(field * scale / softness + 0.5, 0, 1).astype(np.float32))


def character(font, text, height, angle=0.0):
    """Coverage of a text in a font file; `height` is that of the font's digit 8."""
    probe = ImageFont.truetype(font, 200)
    box = probe.getbbox("8")
    size = max(6, round(200 * height / max(1, box[3] - box[1])))
    face = ImageFont.truetype(font, size)
    left, top, right, bottom = face.getbbox(text)
    pad = 4
    image = Image.new("L", (max(1, right - left) + 2 * pad, max(1, bottom - top) + 2 * pad))
    ImageDraw.Draw(image).text((pad - left, pad - top), text, font=face, fill=255)
    if angle:
        image = image.rotate(-angle, Image.Resampling.BICUBIC, expand=True)
    return tight(np.asarray(image, np.float32) / 255)


def texture_of(rng, alpha, pen):
    """Gives the coverage the grain of a pen: ballpoint, pencil, felt, chalk or even."""
    height, width = alpha.shape
    if pen == "pencil":
        grain = 0.55 + 0.5 * rng.random((height, width), np.float32)
        return np.clip(alpha * cv2.GaussianBlur(grain, (0, 0), 0.6), 0, 1) * 0.9
    if pen == "ballpoint":
        return alpha * np.clip(0.93 + 0.1 * smooth_noise(rng, height, width, height / 6), 0, 1)
    if pen == "chalk":
        grain = smooth_noise(rng, height, width, max(1.5, height / 60), 2)
        return alpha * np.clip(0.8 + 0.5 * grain, 0.15, 1)
    if pen == "felt":
        return alpha * np.clip(0.93 + 0.1 * smooth_noise(rng, height, width, height / 3), 0, 1)
    return alpha
