"""Digits for training, each a function (rng, digit) -> form of 28 x 28, or None if it failed.
`digit` is a training digit of MNIST, and for fonts only its label is used."""

import cv2
import numpy as np

import form
import photo
from fontlist import choose
from ink import character, smooth_noise, strokes


def plain(rng, digit, label):
    """Another pen, slant and angle."""
    height = rng.uniform(30, 90)
    weight = np.exp(rng.uniform(np.log(0.3), np.log(1.6)))
    alpha = strokes(rng, digit, height, weight, rng.uniform(0.8, 3), 0.15, rng.normal(0, 12))
    return form.of_ink(sheared(rng, alpha) ** rng.uniform(0.6, 1.3))


def sheared(rng, alpha, slant=0.25, stretch=0.2):
    """Coverage slanted and stretched."""
    height, width = alpha.shape
    slope, wide = rng.uniform(-slant, slant), np.exp(rng.uniform(-stretch, stretch))
    out_width = int(width * wide + abs(slope) * height) + 2
    matrix = np.float32([[wide, slope, max(0, -slope * height)], [0, 1, 0]])
    return cv2.warpAffine(alpha, matrix, (out_width, height), flags=cv2.INTER_LINEAR)


def font(*kinds):
    def draw(rng, digit, label):
        _, path = choose(rng, "training", kinds)
        alpha = character(path, str(label), rng.uniform(20, 110), rng.normal(0, 5))
        if rng.random() < 0.5:
            alpha = sheared(rng, alpha, 0.15, 0.25)
        if rng.random() < 0.4:
            alpha = rough(rng, alpha)
        return form.of_ink(alpha)

    return draw


def rough(rng, alpha):
    """Printed or copied badly: thicker or thinner, blurred, with a ragged edge."""
    alpha = np.pad(alpha, 6)
    size = max(alpha.shape) / 40
    soft = cv2.GaussianBlur(alpha, (0, 0), max(0.3, size * rng.uniform(0.3, 1.2)))
    noise = smooth_noise(rng, *alpha.shape, max(1.5, size * 2), 2)
    level = rng.uniform(0.3, 0.62)
    return np.clip((soft - level + 0.12 * noise) * rng.uniform(2, 8) + 0.5, 0, 1)


# Which of the segments a to g are lit; 6, 7 and 9 have two usual forms.
SEGMENTS = {
    0: ["abcdef"], 1: ["bc", "ef"], 2: ["abged"], 3: ["abgcd"], 4: ["fgbc"], 5: ["afgcd"],
    6: ["afgedc", "fgedc"], 7: ["abc", "fabc"], 8: ["abcdefg"], 9: ["abcdfg", "abcfg"],
}  # fmt: skip
ENDS = {
    "a": ((0, 0), (1, 0)), "b": ((1, 0), (1, 1)), "c": ((1, 1), (1, 2)), "d": ((0, 2), (1, 2)),
    "e": ((0, 1), (0, 2)), "f": ((0, 0), (0, 1)), "g": ((0, 1), (1, 1)),
}  # fmt: skip


def segments(rng, digit, label):
    """A display of seven segments with any width, gap, slant and glow."""
    side = 40
    lit = SEGMENTS[label][0 if rng.random() < 0.7 else -1]
    thick, gap = side * rng.uniform(0.1, 0.34), side * rng.uniform(-0.05, 0.14)
    aspect = rng.uniform(0.75, 1.3)
    canvas = np.zeros((2 * side + 60, int(aspect * side) + 60, 3), np.float32)
    for name in lit:
        (x0, y0), (x1, y1) = ENDS[name]
        a = np.array([x0 * side * aspect, y0 * side], float)
        b = np.array([x1 * side * aspect, y1 * side], float)
        along = (b - a) / np.linalg.norm(b - a)
        inset = gap + thick * rng.choice([0.0, 0.5])
        a, b = a + along * inset + 30, b - along * inset + 30
        bar(canvas, a, b, along, thick)
    alpha = cv2.GaussianBlur(canvas[..., 0], (0, 0), rng.uniform(0.4, 2.5))
    if rng.random() < 0.6:
        alpha = sheared(rng, alpha, 0.2, 0)
    return form.of_ink(alpha)


def bar(canvas, a, b, along, thick):
    """A bar from a to b, with pointed ends."""
    across = np.array([-along[1], along[0]]) * thick / 2
    tip = along * thick / 2
    points = [a - tip, a + across, b + across, b + tip, b - across, a - across]
    cv2.fillPoly(canvas, [np.int32(np.array(points) * 16)], (1, 1, 1), cv2.LINE_AA, 4)


def coarse(rng, digit, label):
    """Few pixels: the digit on a grid of 6 to 12, as an old scanner or a small picture has it."""
    if rng.random() < 0.25:
        _, path = choose(rng, "training", ("printed", "handwriting"))
        alpha = character(path, str(label), 60)
    else:
        weight = rng.uniform(0.6, 1.4)
        alpha = sheared(rng, strokes(rng, digit, 64, weight, 1, 0.15, rng.normal(0, 8)))
    rows = int(rng.integers(7, 13))
    columns = max(2, round(rows * alpha.shape[1] / alpha.shape[0] * rng.uniform(0.8, 1.3)))
    small = cv2.resize(alpha, (columns, rows), interpolation=cv2.INTER_AREA)
    small = np.clip(small * rng.uniform(0.9, 1.5), 0, 1)
    if rng.random() < 0.5:
        small = np.round(small * 16) / 16
    times = int(rng.integers(4, 12))
    how = [cv2.INTER_NEAREST, cv2.INTER_CUBIC, cv2.INTER_LINEAR][int(rng.integers(3))]
    small = np.pad(small, 1)
    large = np.clip(cv2.resize(small, None, fx=times, fy=times, interpolation=how), 0, 1)
    if rng.random() < 0.5:
        large = np.where(large > rng.uniform(0.02, 0.3), large, 0)
    return form.of_ink(large)


def photographed(rng, digit, label):
    """Written on paper, seen by a camera under some light, and prepared with changing strength."""
    side = int(rng.uniform(70, 170))
    canvas = photo.paper(rng, side, side, rng.uniform(0.5, 0.95), rng.uniform(0, 0.02))
    weight = np.exp(rng.uniform(np.log(0.3), np.log(1.5)))
    height = side * rng.uniform(0.3, 0.62)
    alpha = strokes(rng, digit, height, weight, rng.uniform(0.8, 2.5), 0.12, rng.normal(0, 13))
    alpha = sheared(rng, alpha, 0.12, 0.1)
    ink = np.full(3, rng.uniform(0.0, 0.35))
    top, left = ((side - n) / 2 * rng.uniform(0.7, 1.3) for n in alpha.shape)
    photo.lay(canvas, alpha * rng.uniform(0.35, 1), ink, int(top), int(left))
    picture = photo.shoot(rng, canvas, (0, 0, side, side), (side, side), rng.uniform(0, 0.1))
    light = photo.gradient(rng, side, side, rng.uniform(0.4, 1))
    picture = photo.defocus(picture * light[..., None], rng.uniform(0.2, 0.03 * side))
    picture = photo.sensor(rng, picture, rng.uniform(0, 0.05))
    if rng.random() < 0.5:
        picture = photo.jpeg(picture, rng.uniform(15, 90))
    return like(form.of_photo(rng, picture), form.of_ink(alpha))


def like(seen, clean, least=0.82):
    """What is seen, unless the preparation lost the digit."""
    return seen if seen is not None and form.alike(seen, clean) >= least else None


def remnants(rng, digit, label):
    """A digit with what the preparation may leave: parts of rules, specks, gaps, hollow strokes."""
    height = rng.uniform(40, 80)
    alpha = strokes(rng, digit, height, rng.uniform(0.4, 1.4), 1.5, 0.15, rng.normal(0, 10))
    clean = form.of_ink(alpha)
    alpha = np.pad(alpha, int(height * rng.uniform(0.02, 0.2)))
    tall, wide = alpha.shape
    canvas = np.repeat(alpha[..., None], 3, 2).copy()
    chance = rng.random()
    if chance < 0.4:
        for _ in range(int(rng.integers(1, 3))):
            ends = rng.uniform(0, 1, (2, 2)) * [wide, tall]
            if rng.random() < 0.6:
                ends[1, 1] = ends[0, 1] + rng.uniform(-2, 2)
            width, strength = height * rng.uniform(0.015, 0.05), rng.uniform(0.2, 0.9)
            photo.line(canvas, tuple(ends[0]), tuple(ends[1]), width, (1, 1, 1), strength)
        alpha = canvas[..., 0]
    elif chance < 0.6:
        spots = smooth_noise(rng, tall, wide, rng.uniform(1.5, 5)) > rng.uniform(0.8, 1.1)
        alpha = np.maximum(alpha, spots * rng.uniform(0.3, 1))
    elif chance < 0.8:
        gaps = smooth_noise(rng, tall, wide, height * rng.uniform(0.06, 0.2))
        alpha = alpha * np.clip((gaps + rng.uniform(0.35, 0.9)) * 4, 0, 1)
    else:
        inner = cv2.erode(
            alpha.astype(np.float32), np.ones((3, 3)), iterations=int(rng.integers(1, 4))
        )
        alpha = np.clip(alpha - inner, 0, 1)
    return like(form.of_ink(np.asarray(alpha, np.float32)), clean, 0.72)


def cut(rng, digit, label):
    """A digit whose edge is missing."""
    alpha = strokes(rng, digit, rng.uniform(40, 80), rng.uniform(0.5, 1.3), 1.5, 0.1)
    tall, wide = alpha.shape
    part = rng.uniform(0.02, 0.1)
    side = int(rng.integers(4))
    t, b, l, r = 0, tall, 0, wide
    if side == 0:
        t = int(part * tall)
    elif side == 1:
        b = int((1 - part) * tall)
    elif side == 2:
        l = int(part * wide)
    else:
        r = int(np.ceil((1 - part) * wide))
    return form.of_ink(alpha[t:b, l:r])


def degraded(rng, digit, label):
    """A picture of 28 x 28 that suffered, as it is: grains, veils, scratches and bands."""
    x = np.clip(digit / 255.0 * rng.uniform(0.8, 1.1), 0, 1).astype(np.float32)
    chosen = rng.choice(5, 1 if rng.random() < 0.7 else 2, replace=False)
    for how in sorted(chosen):
        x = [grained, veiled, scratched, banded, washed][how](rng, x)
    return np.round(np.clip(x, 0, 1) * 255).astype(np.uint8)


def grained(rng, x):
    """Noise of three sorts: of the sensor, of few photons, of dead pixels."""
    sort = int(rng.integers(3))
    if sort == 0:
        return x + rng.normal(0, rng.uniform(0.05, 0.35), x.shape)
    if sort == 1:
        photons = rng.uniform(1.5, 10)
        return rng.poisson(np.clip(x, 0, 1) * photons) / photons
    dead = rng.random(x.shape) < rng.uniform(0.02, 0.22)
    return np.where(dead, rng.random(x.shape) < rng.uniform(0.3, 1), x)


def veiled(rng, x):
    """A light cloud between digit and camera, or light that falls on all of it."""
    cloud = smooth_noise(rng, *x.shape, rng.uniform(3, 30), int(rng.integers(1, 4)))
    veil = np.clip(rng.uniform(0.1, 0.9) + rng.uniform(0, 0.4) * cloud, 0, 2)
    return x * rng.uniform(0.4, 1) + veil if rng.random() < 0.5 else x + veil * (1 - x)


def scratched(rng, x):
    """A line across the picture, as strong as a pen's: straight, bent, broken or of dots."""
    count = int(rng.integers(2, 14))
    along = np.linspace(rng.uniform(-2, 6), rng.uniform(22, 30), count)
    across = np.linspace(*rng.uniform(1, 27, 2), count) + rng.normal(0, rng.uniform(0, 3), count)
    points = np.stack([along, across], 1)
    if rng.random() < 0.25:
        points = points[:, ::-1]
    canvas = np.zeros((4 * 28, 4 * 28), np.uint8)
    gaps = rng.random() < 0.4
    for number, (a, b) in enumerate(zip(points, points[1:])):
        if not gaps or number % 2:
            ends = [np.int32(np.round(p * 64)) for p in (a, b)]
            width = int(rng.integers(3, 10))
            cv2.line(canvas, ends[0], ends[1], 255, width, cv2.LINE_AA, 4)
    line = cv2.resize(canvas, (28, 28), interpolation=cv2.INTER_AREA) / 255.0
    return np.maximum(x, line * rng.uniform(0.4, 1))


def banded(rng, x):
    """A band in which light and dark have changed places."""
    a, b = np.sort(rng.integers(0, 29, 2))
    x = x.T.copy() if rng.random() < 0.5 else x.copy()
    x[a:b] = 1 - x[a:b]
    if rng.random() < 0.5:
        x = 1 - x
    return x.T if rng.random() < 0.5 else x


def washed(rng, x):
    """Ink that ran: the pixels stray, or all of it trails to one side."""
    if rng.random() < 0.5:
        reach = rng.uniform(0.5, 1.3)
        rows, columns = np.indices(x.shape).astype(np.float32)
        stray = rng.normal(0, reach, (2, *x.shape)).astype(np.float32)
        x = cv2.remap(x.astype(np.float32), columns + stray[0], rows + stray[1], cv2.INTER_LINEAR)
        return cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 0.9))
    length, angle = rng.uniform(2, 8), rng.uniform(0, 2 * np.pi)
    kernel = np.zeros((17, 17), np.float32)
    end = (int(8 + length * np.cos(angle)), int(8 + length * np.sin(angle)))
    cv2.line(kernel, (8, 8), end, 1.0, 1, cv2.LINE_AA)
    return cv2.filter2D(x.astype(np.float32), -1, kernel / kernel.sum())


def outlined(rng, digit, label):
    """The outline of a digit instead of its strokes: hollow letters and edges."""
    if rng.random() < 0.4:
        large = strokes(rng, digit, 60, rng.uniform(0.8, 1.6), 1, 0.15, rng.normal(0, 8))
        large = np.pad(large, 6).astype(np.float32)
        width = int(rng.integers(3, 6))
        edge = cv2.morphologyEx(large, cv2.MORPH_GRADIENT, np.ones((width, width), np.uint8))
        return form.of_ink(np.clip(edge * rng.uniform(0.7, 1), 0, 1))
    soft = cv2.GaussianBlur(digit / np.float32(255), (0, 0), rng.uniform(0.5, 1.2))
    level = rng.uniform(0.2, 0.6)
    mask = (soft > level * soft.max()).astype(np.uint8)
    edge = mask - cv2.erode(mask, np.ones((3, 3), np.uint8) if rng.random() < 0.3 else None)
    if rng.random() < 0.2:
        edge = cv2.dilate(mask, None) - mask
    return (edge * int(rng.integers(170, 256))).astype(np.uint8)


# Name, function, number of digits.
SOURCES = [
    ("plain", plain, 8000),
    ("printed", font("printed"), 10000),
    ("handwriting fonts", font("handwriting"), 9000),
    ("segment fonts", font("segments"), 1000),
    ("segments", segments, 3500),
    ("coarse", coarse, 8000),
    ("photographed", photographed, 10000),
    ("remnants", remnants, 6000),
    ("cut", cut, 2500),
    ("degraded", degraded, 12000),
    ("outlined", outlined, 5000),
]
