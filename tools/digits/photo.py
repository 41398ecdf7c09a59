"""Papers, light and cameras: float pictures [height, width, 3] of 0 to 1 in linear steps."""

import io

import cv2
import numpy as np
from PIL import Image

from ink import smooth_noise


def paper(rng, height, width, tone=None, grain=0.006):
    """A sheet of nearly white paper, slightly tinted and mottled."""
    tone = tone if tone is not None else rng.uniform(0.8, 0.97)
    tint = 1 - rng.uniform(0, 0.035, 3) * np.array([0.3, 0.5, 1.0])
    mottle = 1 + grain * smooth_noise(rng, height, width, 5, 2)
    return (tone * mottle[..., None] * tint).astype(np.float32)


def ink_colour(rng, kind=None):
    """A colour of pens: black, blue, pencil, red, green."""
    kind = kind or rng.choice(
        ["black", "blue", "pencil", "red", "green"], p=[0.4, 0.35, 0.1, 0.1, 0.05]
    )
    base = {
        "black": (0.1, 0.1, 0.11),
        "blue": (0.1, 0.17, 0.5),
        "pencil": (0.32, 0.32, 0.34),
        "red": (0.7, 0.12, 0.14),
        "green": (0.1, 0.42, 0.2),
    }[kind]
    return np.clip(np.array(base) + rng.uniform(-0.05, 0.07, 3), 0, 1), kind


def lay(picture, alpha, colour, top, left):
    """Paints ink with its coverage onto a picture; parts beyond the edges are lost."""
    height, width = picture.shape[:2]
    t, l = max(0, top), max(0, left)
    b, r = min(height, top + alpha.shape[0]), min(width, left + alpha.shape[1])
    if b <= t or r <= l:
        return
    a = alpha[t - top : b - top, l - left : r - left, None]
    picture[t:b, l:r] = picture[t:b, l:r] * (1 - a) + np.asarray(colour, np.float32) * a


def line(picture, start, end, width, colour, strength=1.0):
    """An anti-aliased straight line; points are (x, y)."""
    (x0, y0), (x1, y1) = start, end
    height, wide = picture.shape[:2]
    reach = int(width + 2)
    t, b = max(0, int(min(y0, y1)) - reach), min(height, int(max(y0, y1)) + reach + 1)
    l, r = max(0, int(min(x0, x1)) - reach), min(wide, int(max(x0, x1)) + reach + 1)
    if b <= t or r <= l:
        return
    y, x = np.mgrid[t:b, l:r].astype(np.float32)
    dx, dy = x1 - x0, y1 - y0
    along = np.clip(((x - x0) * dx + (y - y0) * dy) / max(1e-6, dx * dx + dy * dy), 0, 1)
    distance = np.hypot(x - x0 - along * dx, y - y0 - along * dy)
    alpha = np.clip(width / 2 - distance + 0.5, 0, min(1, width)) * strength
    lay(picture, alpha.astype(np.float32), colour, t, l)


def rules(rng, picture, spacing, strength=None, margin=True):
    """Lines of a writing pad."""
    height, width = picture.shape[:2]
    colour = rng.choice([(0.45, 0.6, 0.8), (0.5, 0.55, 0.65), (0.6, 0.62, 0.62), (0.55, 0.5, 0.72)])
    strength = strength or rng.uniform(0.35, 0.9)
    thick = max(0.8, spacing * rng.uniform(0.02, 0.05))
    y = rng.uniform(0, spacing)
    while y < height:
        line(picture, (0, y), (width, y), thick, colour, strength)
        y += spacing
    if margin and rng.random() < 0.3:
        x = rng.choice([rng.uniform(0.03, 0.2), rng.uniform(0.85, 0.97)]) * width
        line(picture, (x, 0), (x, height), thick, (0.85, 0.45, 0.45), strength)
    return spacing


def squares(rng, picture, spacing, strength=None):
    """Squared paper."""
    height, width = picture.shape[:2]
    colour = rng.choice([(0.45, 0.6, 0.8), (0.5, 0.55, 0.65), (0.6, 0.62, 0.62), (0.5, 0.7, 0.6)])
    strength = strength or rng.uniform(0.35, 0.85)
    thick = max(0.8, spacing * rng.uniform(0.025, 0.05))
    for extent, across in ((height, True), (width, False)):
        at = rng.uniform(0, spacing)
        while at < extent:
            if across:
                line(picture, (0, at), (width, at), thick, colour, strength)
            else:
                line(picture, (at, 0), (at, height), thick, colour, strength)
            at += spacing


def gradient(rng, height, width, low):
    """Light that falls from 1 to `low` across the picture."""
    turn = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    ramp = (x / width - 0.5) * np.cos(turn) + (y / height - 0.5) * np.sin(turn)
    ramp = (ramp - ramp.min()) / (ramp.max() - ramp.min())
    return low + (1 - low) * ramp ** rng.uniform(0.7, 1.6)


def vignette(rng, height, width, low):
    """Light that falls toward the corners to `low`."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    cy, cx = height * rng.uniform(0.42, 0.58), width * rng.uniform(0.42, 0.58)
    radius = np.hypot((x - cx) / width, (y - cy) / height) / 0.7071
    return 1 - (1 - low) * np.clip(radius, 0, 1.2) ** rng.uniform(1.6, 3.0)


def shadow(rng, height, width, depth, edge):
    """A shadow with a straight or bent edge across the picture: 1 in light, `depth` in shadow."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    turn = rng.uniform(0, 2 * np.pi)
    across = (x - width * rng.uniform(0.3, 0.7)) * np.cos(turn)
    across = across + (y - height * rng.uniform(0.3, 0.7)) * np.sin(turn)
    across += smooth_noise(rng, height, width, width / 2) * width * rng.uniform(0, 0.15)
    if rng.random() < 0.35:
        # The shadow of something long, such as an arm or a pen.
        across = np.abs(across) - width * rng.uniform(0.08, 0.2)
    return depth + (1 - depth) / (1 + np.exp(-across / max(0.3, edge)))


def glare(rng, height, width):
    """Bright reflections of lamps or windows, 0 to 1."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    out = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        cy, cx = rng.uniform(0, height), rng.uniform(0, width)
        turn = rng.uniform(0, np.pi)
        u = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)
        v = -(x - cx) * np.sin(turn) + (y - cy) * np.cos(turn)
        a, b = width * rng.uniform(0.1, 0.3), width * rng.uniform(0.05, 0.15)
        out = np.maximum(out, rng.uniform(0.3, 0.9) * np.exp(-((u / a) ** 2 + (v / b) ** 2)))
    return out


def creases(rng, picture):
    """Folds and crumples: lines where the light changes from one side to the other."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = np.ones((height, width), np.float32)
    for _ in range(int(rng.integers(2, 7))):
        turn = rng.uniform(0, np.pi)
        across = (x - rng.uniform(0, width)) * np.cos(turn) + (y - rng.uniform(0, height)) * np.sin(
            turn
        )
        across += smooth_noise(rng, height, width, width / 4) * width * 0.02
        slope, sharp = rng.uniform(0.03, 0.12), width * rng.uniform(0.02, 0.12)
        light += rng.choice([-1, 1]) * slope * np.sign(across) * np.exp(-np.abs(across) / sharp)
        light -= rng.uniform(0.02, 0.1) * np.exp(-((across / rng.uniform(0.8, 2.0)) ** 2))
    return picture * light[..., None]


def wood(rng, height, width):
    """A dark table."""
    base = np.array(
        rng.choice([(0.28, 0.17, 0.1), (0.2, 0.12, 0.08), (0.16, 0.16, 0.17), (0.35, 0.24, 0.15)])
    )
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    rings = np.sin((y + 20 * smooth_noise(rng, height, width, width / 3)) / rng.uniform(3, 12))
    veins = 1 + 0.12 * rings + 0.1 * smooth_noise(rng, height, width, 8, 2)
    return (base * veins[..., None]).astype(np.float32)


def corners(rng, height, width, amount):
    """The corners of a picture, each moved by up to `amount` of the size."""
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return square + rng.uniform(-amount, amount, (4, 2)).astype(np.float32) * [width, height]


def shoot(rng, canvas, box, size, tilt=0.0, angle=0.0):
    """What a camera sees of `box` (x, y, width, height of the canvas), as a picture of `size`
    (height, width). `tilt` moves the corners for a perspective, `angle` turns the camera."""
    x, y, wide, tall = box
    middle = np.array([x + wide / 2, y + tall / 2], np.float32)
    seen = corners(rng, tall, wide, tilt) + np.array([x, y], np.float32)
    a = np.radians(angle)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]], np.float32)
    seen = ((seen - middle) @ turn.T + middle).astype(np.float32)
    height, width = size
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(seen, target)
    if wide > 1.3 * width:
        sigma = 0.4 * wide / width
        canvas = cv2.GaussianBlur(canvas, (0, 0), sigma)
    return cv2.warpPerspective(
        canvas, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )


def defocus(picture, sigma):
    return cv2.GaussianBlur(picture, (0, 0), sigma) if sigma > 0.2 else picture


def motion(rng, picture, length):
    """A picture shaken along a line of `length` pixels."""
    side = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((side, side), np.float32)
    a, middle = rng.uniform(0, np.pi), side // 2
    dx, dy = np.cos(a) * length / 2, np.sin(a) * length / 2
    for t in np.linspace(-1, 1, 8 * side):
        kernel[int(round(middle + t * dy)), int(round(middle + t * dx))] += 1
    return cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)


def sensor(rng, picture, sigma):
    """Noise of a sensor: more in bright parts, with some of it in coarse coloured grains."""
    height, width = picture.shape[:2]
    fine = rng.standard_normal((height, width, 3), np.float32)
    coarse = cv2.GaussianBlur(rng.standard_normal((height, width, 3), np.float32), (0, 0), 1.2) * 2
    return picture + sigma * (0.6 + 0.6 * np.sqrt(np.clip(picture, 0, 1))) * (
        0.8 * fine + 0.4 * coarse
    )


def develop(rng, picture, cast=0.06, exposure=0.12):
    """Colour of the light and exposure."""
    gain = (1 + rng.uniform(-cast, cast, 3)) * (1 + rng.uniform(-exposure, exposure / 2))
    return np.clip(picture * gain, 0, 1) ** rng.uniform(0.88, 1.15)


def bytes_of(picture):
    return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)


def jpeg(picture, quality):
    """A picture after JPEG at a quality, as bytes [height, width, 3]."""
    file = io.BytesIO()
    Image.fromarray(bytes_of(picture)).save(file, "JPEG", quality=int(quality))
    return np.asarray(Image.open(file)).astype(np.float32) / 255
