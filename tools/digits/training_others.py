"""Pictures without a digit for training, each a function (rng, images) -> form, or None if it
failed. `images` are MNIST's training digits. No code or parameter is shared with the test kinds
where another way of drawing was possible; fonts are those for training."""

import functools

import cv2
import numpy as np
from PIL import ImageFont

import form
import mnist
import photo
from fontlist import choose, families, pick
from ink import character, smooth_noise, strokes
from training_digits import rough, sheared

# Characters that are no digits and look like none. O, o, D, Q, I, l, i, S, s, Z, z, B, b, g, q and
# the like are left out, because they would teach that digits are none.
LETTERS = "acdefhkmnprtuvwxACEFGHKLMNPRTUVWXYjJyGT"
MORE = "äöüéñçÄÖÜÅÆæđłŁĦŦŊŋþагджикмнптфцшщюяГДЖИКЛМНПФЦЧШЩЫЮЯαγεηκλμνπρσφχψωΓΔΛΞΠΣΦΨΩ"
SIGNS = '+-=×÷%&@#$€£¥*~<>^_§¶{}"«»†‡•…‰±√∞≈≠≤≥∂∑∏∫←↑→↓↔◊■□▲▼◆★☆✓✗♠♣♥♦♪'
KANJI = "月火水木金土山川田人中大小上下左右学校先生年花車雨空あいうえおかきくけこさしすせそアイウエオカキクケ"


def glyph(text, height=60):
    """A function that draws one of the characters of a text in a font that has it."""

    def draw(rng, images):
        for _ in range(20):
            one = str(pick(rng, list(text)))
            _, path = choose(rng, "training", ("printed", "handwriting"))
            if has(path, one):
                alpha = character(path, one, rng.uniform(20, 2 * height), rng.normal(0, 8))
                if rng.random() < 0.5:
                    alpha = sheared(rng, alpha)
                return form.of_ink(rough(rng, alpha) if rng.random() < 0.4 else alpha)
        return None

    return draw


@functools.cache
def has(path, text):
    """Whether a font has a character of its own for a text, and no replacement."""
    face = ImageFont.truetype(path, 40)
    own, missing = face.getmask(text), face.getmask("\uffff")
    return own.getbbox() is not None and bytes(own) != bytes(missing)


def kanji(rng, images):
    path = pick(
        rng,
        [
            f
            for n, files in families("training", "handwriting")
            for f in files
            if n in ("SetoFont", "YOzN", "Yusei Magic")
        ],
    )
    one = str(pick(rng, list(KANJI)))
    if not has(path, one):
        return None
    return form.of_ink(character(path, one, rng.uniform(40, 90), rng.normal(0, 6)))


def word(rng, images):
    """Two to eight letters of a training font."""
    n = int(rng.integers(2, 9))
    letters = "abcdefghijklmnopqrstuvwxyz" if rng.random() < 0.7 else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    text = "".join(str(pick(rng, list(letters))) for _ in range(n))
    _, path = choose(rng, "training", ("printed", "handwriting"), "0123456789")
    if not all(has(path, c) for c in text):
        return None
    alpha = character(path, text, rng.uniform(20, 60), rng.normal(0, 4))
    return form.of_ink(alpha)


def digits_beside(rng, images):
    """Two to four digits in one form, apart or touching."""
    count = int(rng.choice([2, 3, 4], p=[0.6, 0.25, 0.15]))
    printed = rng.random() < 0.3
    if printed:
        _, path = choose(rng, "training", ("printed", "handwriting", "segments"))
    weight, parts = rng.uniform(0.4, 1.3), []
    for _ in range(count):
        if printed:
            parts.append(character(path, str(int(rng.integers(10))), 50))
        else:
            image = images[int(rng.integers(len(images)))]
            parts.append(strokes(rng, image, rng.uniform(38, 55), weight, 1.5))
    down = rng.random() < 0.15
    return form.of_ink(joined(rng, parts, down))


def joined(rng, parts, down=False):
    """Strokes beside each other, or below each other."""
    if down:
        parts = [p.T for p in parts]
    tall = max(p.shape[0] for p in parts) + 12
    gap = rng.uniform(-4, 16)
    canvas = np.zeros(
        (tall, int(sum(p.shape[1] for p in parts) + 20 * len(parts) + 20)), np.float32
    )
    at = 4
    for p in parts:
        top = int(rng.uniform(0, tall - p.shape[0] + 1))
        region = canvas[top : top + p.shape[0], at : at + p.shape[1]]
        np.maximum(region, p[:, : region.shape[1]], out=region)
        at = max(0, int(at + p.shape[1] + gap))
    return canvas.T if down else canvas


def part(rng, images):
    """A piece of a digit: what does not look like a 0 or a 1 of its own."""
    alpha = strokes(rng, images[int(rng.integers(len(images)))], 70, rng.uniform(0.5, 1.3), 1.5)
    tall, wide = alpha.shape
    share = rng.uniform(0.2, 0.42)
    if rng.random() < 0.5:
        h = int(tall * share)
        piece = alpha[:h] if rng.random() < 0.5 else alpha[-h:]
    else:
        w = max(2, int(wide * share))
        piece = alpha[:, :w] if rng.random() < 0.5 else alpha[:, -w:]
    mask = (piece > 0.5).astype(np.uint8)
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    if len(rows) < 5 or len(columns) < 5:
        return None
    if np.ptp(rows) > 1.4 * np.ptp(columns) or np.ptp(columns) > 4 * np.ptp(rows):
        return None
    holes = cv2.connectedComponents(1 - np.pad(mask, 1), connectivity=4)[0] - 2
    return None if holes > 0 else form.of_ink(piece)


def walk(rng, images):
    """A pen that wanders with momentum, long enough not to be a digit."""
    steps = int(rng.integers(150, 500))
    turn = np.cumsum(rng.normal(0, rng.uniform(0.05, 0.35), steps) + rng.normal(0, 0.05))
    # Enough turns that it is neither a 0 nor a 6.
    if np.abs(np.diff(turn)).sum() < 25:
        return None
    speed = np.abs(1 + 0.5 * np.sin(np.arange(steps) * rng.uniform(0.02, 0.2)))
    points = np.cumsum(
        np.stack([np.cos(turn), np.sin(turn) * rng.uniform(0.5, 1)], 1) * speed[:, None], 0
    )
    points = (points - points.min(0)) / np.ptp(points, 0).max() * 80 + 5
    if np.ptp(points, 0).min() < 25:
        return None
    return form.of_ink(painted(rng, [points]))


def painted(rng, lines, width=None):
    canvas = np.zeros((90, 90), np.uint8)
    width = width or int(rng.integers(1, 8))
    for p in lines:
        cv2.polylines(canvas, [np.int32(np.asarray(p) * 16)], False, 255, width, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(canvas.astype(np.float32) / 255, (0, 0), rng.uniform(0.3, 1.5))


def lissajous(rng, images):
    """Loops of two frequencies, at least five crossings."""
    a, b = rng.permutation([2, 3, 4, 5, 6, 7])[:2]
    t = np.linspace(0, 2 * np.pi * rng.uniform(0.6, 1), 400)
    decay = np.exp(-t * rng.uniform(0, 0.2))
    points = (
        45 + 38 * np.stack([np.sin(a * t + rng.uniform(0, 3)), np.sin(b * t)], 1) * decay[:, None]
    )
    return form.of_ink(painted(rng, [points]))


def sticks(rng, images):
    """Straight strokes that cross or stand beside each other, hatching and bar codes."""
    n = int(rng.integers(3, 14))
    chance = rng.random()
    if chance < 0.4:
        lines = [rng.uniform(8, 82, (2, 2)) for _ in range(n)]
    elif chance < 0.7:
        x = np.linspace(8, 82, n) + rng.normal(0, 1.5, n)
        lines = [
            np.array([[v, rng.uniform(8, 20)], [v + rng.normal(0, 4), rng.uniform(65, 82)]])
            for v in x
        ]
    else:
        x = np.linspace(8, 82, n)
        y = np.where(np.arange(n) % 2, rng.uniform(55, 80), rng.uniform(10, 35)) + rng.normal(
            0, 5, n
        )
        lines = [np.stack([x, y], 1)]
    if rng.random() < 0.4:
        lines = [p[:, ::-1] for p in lines]
    return form.of_ink(painted(rng, lines))


def figure(rng, images):
    """Polygons with corners, filled or not, alone or in twos, and level bars."""
    lines, filled = [], rng.random() < 0.45
    canvas = np.zeros((90, 90), np.uint8)
    for _ in range(1 if rng.random() < 0.6 else 2):
        n = int(rng.integers(3, 8))
        t = np.sort(rng.uniform(0, 2 * np.pi, n))
        radius = rng.uniform(18, 40, n)
        p = 45 + np.stack([np.cos(t), np.sin(t)], 1) * radius[:, None] * [1, rng.uniform(0.6, 1)]
        if np.ptp(p, 0).min() < 28:
            return None
        # An outline of many corners is nearly a 0.
        if not filled and n > 5:
            p = p[::2]
        lines.append(np.concatenate([p, p[:1]]))
        if filled:
            cv2.fillPoly(canvas, [np.int32(p * 16)], 255, cv2.LINE_AA, 4)
    if filled:
        return form.of_ink(cv2.GaussianBlur(canvas.astype(np.float32) / 255, (0, 0), 0.7))
    return form.of_ink(painted(rng, lines))


def flat(rng, images):
    """A level or slanted bar, a dot, an arc that lies down: wider than high."""
    wide, tall = rng.uniform(40, 85), rng.uniform(1, 24)
    t = np.linspace(0, 1, 40)
    waves = rng.choice([0.0, 0.5, 1.0, 2.0])
    points = np.stack([2 + t * wide, 45 + tall * np.sin(t * np.pi * waves + rng.uniform(0, 3))], 1)
    if rng.random() < 0.2:
        canvas = np.zeros((90, 90), np.uint8)
        cv2.ellipse(
            canvas,
            (45, 45),
            (int(rng.integers(14, 40)), int(rng.integers(14, 30))),
            float(rng.uniform(0, 180)),
            0,
            360,
            255,
            -1,
            cv2.LINE_AA,
        )
        return form.of_ink(canvas.astype(np.float32) / 255)
    return form.of_ink(painted(rng, [points]))


def blobs(rng, images):
    """Thresholded clouds: shadows, stains, fur."""
    side = int(rng.uniform(30, 90))
    field = smooth_noise(rng, side, side, side / rng.uniform(2, 14), int(rng.integers(1, 4)))
    level = np.quantile(field, rng.uniform(0.3, 0.92))
    return form.of_ink(np.clip((field - level) * rng.uniform(1, 12), 0, 1))


def grains(rng, images):
    """Noise of any density, hard or soft, all over."""
    side = int(rng.uniform(20, 80))
    if rng.random() < 0.5:
        field = (rng.random((side, side)) < rng.uniform(0.01, 0.6)) * rng.uniform(
            0.2, 1, (side, side)
        )
    else:
        field = np.clip(rng.normal(rng.uniform(-0.5, 0.5), rng.uniform(0.2, 1), (side, side)), 0, 1)
    return form.of_ink(cv2.GaussianBlur(field.astype(np.float32), (0, 0), rng.uniform(0.1, 1.5)))


def pattern(rng, images):
    """Tiles, checks, grids, frames and waves."""
    y, x = np.mgrid[0:80, 0:80].astype(np.float32)
    a = rng.uniform(0, np.pi)
    u, v = x * np.cos(a) + y * np.sin(a), -x * np.sin(a) + y * np.cos(a)
    p, q = rng.uniform(6, 40, 2)
    style = int(rng.integers(5))
    if style == 0:
        f = np.sin(2 * np.pi * u / p) * np.sin(2 * np.pi * v / q)
    elif style == 1:
        f = np.maximum(np.cos(2 * np.pi * u / p), np.cos(2 * np.pi * v / q)) - rng.uniform(
            0.7, 0.95
        )
    elif style == 2:
        f = np.sin(2 * np.pi * np.hypot(x - rng.uniform(0, 80), y - rng.uniform(0, 80)) / p)
    elif style == 3:
        f = np.cos(2 * np.pi * u / p) - rng.uniform(-0.5, 0.9)
    else:
        points = rng.uniform(0, 80, (int(rng.integers(6, 25)), 2))
        d = np.sort(np.hypot(x[..., None] - points[:, 0], y[..., None] - points[:, 1]), 2)
        f = rng.uniform(1, 5) - (d[..., 1] - d[..., 0])
    return form.of_ink(np.clip(f * rng.uniform(0.7, 6), 0, 1))


def seen(rng, images):
    """Whatever a camera may point at, through the preparation: surfaces, edges, heaps of boxes."""
    side = int(rng.uniform(50, 110))
    picture = np.full((side, side), rng.uniform(0.2, 0.9), np.float32)
    picture += smooth_noise(rng, side, side, side / rng.uniform(1.5, 10), 4) * rng.uniform(
        0.02, 0.3
    )
    for _ in range(int(rng.integers(0, 12))):
        quad = rng.uniform(0, side, 2) + rng.normal(0, side / 5, (4, 2))
        cv2.fillConvexPoly(
            picture, np.int32(cv2.convexHull(np.float32(quad))[:, 0]), float(rng.uniform(0, 1))
        )
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 2)) * photo.vignette(
        rng, side, side, rng.uniform(0.3, 1)
    )
    picture = picture + rng.normal(0, rng.uniform(0, 0.08), picture.shape)
    return form.of_photo(rng, np.clip(picture, 0, 1).astype(np.float32))


def paper_only(rng, images):
    """Empty paper: its rules, frames, folds and noise enlarged to a form."""
    side = int(rng.uniform(50, 120))
    canvas = photo.paper(rng, side, side, rng.uniform(0.3, 0.95), rng.uniform(0, 0.05))
    chance = rng.random()
    if chance < 0.25:
        for n in range(int(rng.integers(1, 6))):
            y = rng.uniform(0, side)
            photo.line(
                canvas, (0, y), (side, y + rng.normal(0, 2)), rng.uniform(0.8, 3), (0.2, 0.2, 0.3)
            )
    elif chance < 0.5:
        step = side / rng.uniform(2, 8)
        for n in np.arange(rng.uniform(0, step), side, step):
            photo.line(canvas, (0, n), (side, n), rng.uniform(0.8, 2), (0.3, 0.3, 0.4))
            photo.line(canvas, (n, 0), (n, side), rng.uniform(0.8, 2), (0.3, 0.3, 0.4))
    elif chance < 0.75:
        a, b = rng.uniform(5, side * 0.3, 2), side - rng.uniform(5, side * 0.3, 2)
        # A frame that is wide or has a part of another: a lone high one is a 0.
        b[1] = min(b[1], a[1] + (b[0] - a[0]) * rng.uniform(0.4, 1.0))
        corners = [(a[0], a[1]), (b[0], a[1]), (b[0], b[1]), (a[0], b[1]), (a[0], a[1])]
        for p, q in zip(corners, corners[1:]):
            photo.line(canvas, p, q, rng.uniform(0.8, 4), (0.1, 0.1, 0.1))
        photo.line(canvas, (b[0], a[1]), (side, a[1]), 1.5, (0.1, 0.1, 0.1))
    picture = canvas * photo.gradient(rng, side, side, rng.uniform(0.4, 1))[..., None]
    picture = photo.sensor(rng, picture, rng.uniform(0.005, 0.1))
    return form.of_photo(rng, np.clip(picture, 0, 1))


def clothes(rng, images):
    """Fashion-MNIST's training pictures, as they are, through the rule, or dark on light."""
    garments = garments_of()
    image = garments[int(rng.integers(len(garments)))]
    chance = rng.random()
    if chance < 0.4:
        return image
    if chance < 0.7:
        return form.of_ink(image / 255.0)
    return form.of_photo(rng, 1 - image.astype(np.float32) / 255)


@functools.cache
def garments_of():
    return mnist.read("train", mnist.FASHION)[0]


def leaves(rng):
    """Things of all sizes that hide each other, as in photographs: the dead leaves model. Source:
    A. Lee et al., "Occlusion Models for Natural Images", 2001; that networks learn from it:
    M. Baradad et al., "Learning to See by Looking at Noise", 2021."""
    height, width = (int(n) for n in rng.uniform(120, 320, 2))
    ground = smooth_noise(rng, height, width, rng.uniform(20, 200), 5)
    picture = np.clip(rng.uniform(0, 1, 3) + 0.25 * ground[..., None], 0, 1).astype(np.float32)
    smallest, largest = rng.uniform(0.01, 0.06), rng.uniform(0.1, 0.6)
    spread = rng.uniform(0.05, 0.5)
    tone = rng.uniform(0, 1, 3)
    for _ in range(int(np.exp(rng.uniform(np.log(5), np.log(400))))):
        # Areas by a power law, so that the picture has the same statistics at any distance.
        u = rng.random()
        radius = (smallest**-2 * (1 - u) + largest**-2 * u) ** -0.5 * min(height, width)
        centre = rng.uniform(0, 1, 2) * [width, height]
        colour = np.clip(tone + rng.normal(0, spread, 3), 0, 1)
        mask = leaf(rng, (height, width), centre, radius)
        shade = 1 + rng.uniform(0, 0.5) * smooth_noise(rng, height, width, radius * 2)
        texture = shade if radius > 12 else np.ones_like(shade)
        picture += mask[..., None] * (colour * texture[..., None] - picture)
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 2))
    picture = picture * photo.vignette(rng, height, width, rng.uniform(0.4, 1))[..., None]
    return np.clip(picture + rng.normal(0, rng.uniform(0, 0.04), picture.shape), 0, 1)


def leaf(rng, size, centre, radius):
    """Coverage of an ellipse, a box, a star or a stalk."""
    mask = np.zeros(size, np.uint8)
    # Few stalks: one alone is a 1.
    shape = int(rng.choice(4, p=[0.3, 0.25, 0.33, 0.12]))
    if shape == 0:
        axes = (int(radius) + 1, int(radius * rng.uniform(0.3, 1)) + 1)
        at = (int(centre[0]), int(centre[1]))
        cv2.ellipse(mask, at, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
        return mask / np.float32(255)
    if shape == 3:
        a = rng.uniform(0, 2 * np.pi)
        bend = rng.normal(0, 0.6)
        steps = np.linspace(-1, 1, 12)[:, None] * radius * 2
        turn = a + bend * steps[:, 0] / (2 * radius)
        points = centre + steps * np.stack([np.cos(turn), np.sin(turn)], 1)
        width = max(1, int(radius * rng.uniform(0.05, 0.4)))
        cv2.polylines(mask, [np.int32(points * 16)], False, 255, width, cv2.LINE_AA, 4)
        return mask / np.float32(255)
    count = 4 if shape == 1 else int(rng.integers(3, 11))
    angles = rng.uniform(0, 2 * np.pi) + np.linspace(0, 2 * np.pi, count, endpoint=False)
    reach = radius * (rng.uniform(0.4, 1.3, count) if shape == 2 else np.ones(count))
    points = centre + reach[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
    cv2.fillPoly(mask, [np.int32(points * 16)], 255, cv2.LINE_AA, 4)
    return mask / np.float32(255)


SOURCES = [
    ("letters", glyph(LETTERS), 9000),
    ("other letters", glyph(MORE), 4000),
    ("signs", glyph(SIGNS), 6000),
    ("kanji", kanji, 2000),
    ("words", word, 5000),
    ("digits beside each other", digits_beside, 9000),
    ("parts", part, 2500),
    ("walks", walk, 4000),
    ("loops", lissajous, 1500),
    ("sticks", sticks, 3000),
    ("figures", figure, 3500),
    ("flat", flat, 1500),
    ("blobs", blobs, 3500),
    ("grains", grains, 2500),
    ("patterns", pattern, 2500),
    ("seen", seen, 3500),
    ("paper", paper_only, 3000),
    ("clothes", clothes, 5000),
]
