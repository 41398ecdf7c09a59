"""The test kinds that show no single digit. Each function is (rng, ...) -> picture."""

import pathlib

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import photo
import scenes
from fontlist import choose, has_all, pick
from ink import character, smooth_noise, tight

KINDS = {}

# Letters that a person could read as a digit: they are counted apart.
LOOKALIKES = "OoDQIlijJZzSsGbBgqyT"
LETTERS = [c for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in LOOKALIKES]
SYMBOLS = "+×÷=%&@#$€£?*~<>^§¶{}√∞≠≤≥±∑∏∂Ω★♥♠♣♦→←↑↓☺✓✗☀☂☎♪♫©®™¿"
WORDS = """the and paper table window garden letter number school morning water people house
friend music river green yellow summer winter coffee bread market street train bicycle mountain
hello thanks total price page left right open closed please entry exit sale fresh north
east""".split()


def kind(name, **options):
    def register(function):
        KINDS[name] = (function, options)
        return function

    return register


def on_paper(rng, alpha, size=None, colour=None, tilt=0.02, ground=None):
    """Ink in the middle of a sheet as a camera sees it; `alpha` already has its size."""
    height, width = alpha.shape
    margin = max(height, width) * rng.uniform(0.12, 0.5)
    size = size or (int(height + 2 * margin), int(width + 2 * margin))
    tall, wide, box = scenes.room(size, 1.5)
    canvas = ground(tall, wide) if ground else photo.paper(rng, tall, wide)
    colour = colour if colour is not None else photo.ink_colour(rng)[0]
    x, y = scenes.spot(rng, box, 0.03)
    photo.lay(canvas, alpha, colour, int(y - height / 2), int(x - width / 2))
    picture = photo.shoot(rng, canvas, box, size, tilt, rng.uniform(-3, 3))
    return scenes.taken(rng, picture)


def letter(rng, characters):
    text = str(pick(rng, list(characters)))
    _, font = choose(rng, "test", ("printed", "handwriting"), "0123456789" + text)
    alpha = character(font, text, rng.uniform(90, 220), rng.uniform(-8, 8))
    return on_paper(rng, alpha), {"text": text, "font": pathlib.Path(font).stem}


@kind("letters-like-digits")
def lookalikes(rng):
    return letter(rng, LOOKALIKES)


@kind("letters")
def letters(rng):
    return letter(rng, LETTERS)


@kind("symbols")
def symbols(rng):
    while True:
        text = str(pick(rng, list(SYMBOLS)))
        # DejaVu has all of them; others have the common ones.
        if rng.random() < 0.5:
            font = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
        else:
            font = choose(rng, "test", ("printed", "handwriting"))[1]
        if has_all(font, "8" + text) and drawn_apart(font, text):
            alpha = character(font, text, rng.uniform(90, 220), rng.uniform(-8, 8))
            return on_paper(rng, alpha), {"text": text, "font": pathlib.Path(font).stem}


def drawn_apart(font, text):
    """Whether a font has a character: an unknown one is drawn as its replacement."""
    face = ImageFont.truetype(font, 40)
    return bytes(face.getmask(text)) != bytes(face.getmask("\uffff"))


def curve(rng, points, steps=40):
    """A smooth curve through points (Catmull-Rom)."""
    p = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    out = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:]):
        out.append(
            0.5
            * (
                2 * b
                + (c - a) * t
                + (2 * a - 5 * b + 4 * c - d) * t**2
                + (3 * b - 3 * c + d - a) * t**3
            )
        )
    return np.concatenate(out)


def drawn(lines, width, side):
    """Coverage of polylines in a square of `side`, drawn four times larger and reduced."""
    image = np.zeros((4 * side, 4 * side), np.uint8)
    for points in lines:
        p = (np.asarray(points) * 4 * 16).astype(np.int32)
        cv2.polylines(image, [p], False, 255, max(1, int(4 * width)), cv2.LINE_AA, shift=4)
    small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    return tight(small.astype(np.float32) / 255)


@kind("scribbles")
def scribbles(rng):
    side = int(rng.uniform(140, 260))
    style = str(rng.choice(["curve", "hatch", "spiral", "zigzag", "cross-out"]))
    if style == "curve":
        lines = [curve(rng, rng.uniform(0.08, 0.92, (int(rng.integers(7, 16)), 2)) * side)]
    elif style == "hatch":
        n = int(rng.integers(8, 18))
        x = np.repeat(np.linspace(0.1, 0.9, n), 2) + rng.uniform(-0.03, 0.03, 2 * n)
        y = np.tile([0.15, 0.85, 0.85, 0.15], n)[: 2 * n] + rng.uniform(-0.1, 0.1, 2 * n)
        points = np.stack([x, y], 1) * side
        lines = [curve(rng, points if rng.random() < 0.5 else points[:, ::-1], 8)]
    elif style == "spiral":
        t = np.linspace(0, 2 * np.pi * rng.uniform(3, 7), 300)
        r = 0.45 * t / t[-1] * (1 + 0.1 * np.sin(t * rng.uniform(0.3, 0.9)))
        lines = [
            np.stack([0.5 + r * np.cos(t), 0.5 + r * np.sin(t) * rng.uniform(0.6, 1)], 1) * side
        ]
    elif style == "zigzag":
        n = int(rng.integers(6, 14))
        lines = [
            np.stack(
                [
                    np.linspace(0.06, 0.94, n),
                    0.5 + 0.35 * (-1.0) ** np.arange(n) * rng.uniform(0.5, 1, n),
                ],
                1,
            )
            * side
        ]
    else:
        lines = [
            curve(rng, rng.uniform(0.15, 0.85, (5, 2)) * side)
            for _ in range(int(rng.integers(3, 7)))
        ]
    alpha = drawn(lines, side * rng.uniform(0.012, 0.05), side)
    return on_paper(rng, alpha), {"style": style}


@kind("noise-only", extension="png")
def noise_only(rng):
    height, width = scenes.view(rng, 80, 240)
    style = str(rng.choice(["white", "coarse", "salt", "clouds", "static"]))
    if style == "white":
        gray = rng.normal(rng.uniform(0.3, 0.7), rng.uniform(0.08, 0.3), (height, width, 1))
    elif style == "coarse":
        gray = cv2.GaussianBlur(rng.standard_normal((height, width)), (0, 0), rng.uniform(1, 6))
        gray = (0.5 + 0.2 * gray / gray.std())[..., None]
    elif style == "salt":
        gray = np.where(
            rng.random((height, width, 1)) < rng.uniform(0.01, 0.2), rng.uniform(0, 0.2), 0.95
        )
    elif style == "clouds":
        gray = 0.5 + 0.3 * smooth_noise(rng, height, width, rng.uniform(15, 80), 4)[..., None]
    else:
        gray = rng.random((height, width, 3))
    return np.broadcast_to(gray, (height, width, 3)).astype(np.float32), {"style": style}


@kind("clothes", extension="png")
def clothes(rng, image):
    """Fashion-MNIST as it is, or enlarged and dark on light."""
    if rng.random() < 0.5:
        return np.repeat(image[..., None], 3, 2).astype(np.float32) / 255, {"style": "as it is"}
    times = int(rng.integers(4, 10))
    large = cv2.resize(
        image.astype(np.float32) / 255, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC
    )
    return np.repeat(1 - np.clip(large, 0, 1)[..., None], 3, 2), {"style": "enlarged, dark"}


def photographs():
    """Real photographs that scikit-image and scikit-learn bring with them."""
    import skimage
    import sklearn.datasets

    folder = pathlib.Path(skimage.__file__).parent / "data"
    names = [
        "astronaut.png",
        "brick.png",
        "camera.png",
        "chelsea.png",
        "coffee.png",
        "grass.png",
        "gravel.png",
        "motorcycle_left.png",
        "rocket.jpg",
        "retina.jpg",
        "ihc.png",
        "cell.png",
        "hubble_deep_field.jpg",
        "moon.png",
    ]
    found = [folder / n for n in names if (folder / n).exists()]
    more = pathlib.Path(sklearn.datasets.__file__).parent / "images"
    return found + sorted(more.glob("*.jpg"))


@kind("photographs")
def photograph(rng):
    path = pick(rng, photographs())
    image = np.asarray(Image.open(path).convert("RGB")).astype(np.float32) / 255
    height, width = image.shape[:2]
    side = rng.uniform(0.3, 1.0)
    tall, wide = int(height * side), int(width * min(1, side * rng.uniform(0.8, 1.25)))
    top, left = int(rng.uniform(0, height - tall + 1)), int(rng.uniform(0, width - wide + 1))
    part = image[top : top + tall, left : left + wide]
    scale = rng.uniform(150, 400) / max(part.shape[:2])
    size = max(8, int(part.shape[1] * scale)), max(8, int(part.shape[0] * scale))
    part = cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        part = part[:, ::-1]
    return photo.develop(rng, part), {"source": path.stem}


@kind("scenes")
def scene(rng):
    """Drawn landscapes, rooms and heaps of things with light and noise."""
    height, width = scenes.view(rng, 180, 320)
    style = str(rng.choice(["landscape", "room", "things", "lights", "bricks"]))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if style == "landscape":
        sky = rng.uniform(0.5, 1, 3) * [0.8, 0.9, 1]
        picture = sky * (0.7 + 0.3 * y / height)[..., None]
        cx, cy, r = (
            rng.uniform(0, width),
            rng.uniform(0, height * 0.4),
            width * rng.uniform(0.03, 0.08),
        )
        sun = np.clip(r - np.hypot(x - cx, y - cy), 0, 1)[..., None]
        picture = picture * (1 - sun) + np.array([1, 0.95, 0.7]) * sun
        for n in range(int(rng.integers(2, 5))):
            ridge = (
                height * (0.4 + 0.15 * n)
                + height * 0.15 * smooth_noise(rng, 2, width, width / 4, 4)[0]
            )
            ground = np.clip(y - ridge[None], 0, 1)[..., None]
            colour = rng.uniform(0.1, 0.6, 3) * [0.7, 1, 0.6]
            rough = 1 + 0.2 * smooth_noise(rng, height, width, 6, 3)[..., None]
            picture = picture * (1 - ground) + colour * rough * ground
    elif style == "room":
        image = np.zeros((height, width, 3), np.float32)
        vx, vy = width * rng.uniform(0.35, 0.65), height * rng.uniform(0.35, 0.6)
        back = 0.25 * width
        corners = [(0, 0), (width, 0), (width, height), (0, height)]
        inner = [
            (vx - back, vy - back),
            (vx + back, vy - back),
            (vx + back, vy + back),
            (vx - back, vy + back),
        ]
        for n in range(4):
            quad = np.array(
                [corners[n], corners[(n + 1) % 4], inner[(n + 1) % 4], inner[n]], np.int32
            )
            cv2.fillPoly(
                image, [quad], tuple(float(v) for v in rng.uniform(0.3, 0.9, 3)), cv2.LINE_AA
            )
        cv2.fillPoly(
            image, [np.array(inner, np.int32)], tuple(float(v) for v in rng.uniform(0.5, 0.95, 3))
        )
        for _ in range(int(rng.integers(2, 6))):
            a = rng.uniform(0, 0.8, 2) * [width, height]
            b = a + rng.uniform(0.1, 0.3, 2) * [width, height]
            cv2.rectangle(
                image,
                a.astype(int).tolist(),
                b.astype(int).tolist(),
                tuple(float(v) for v in rng.uniform(0.05, 0.9, 3)),
                -1,
            )
        picture = image
    elif style == "things":
        picture = photo.wood(rng, height, width) * rng.uniform(1, 3)
        for _ in range(int(rng.integers(5, 15))):
            cx, cy = rng.uniform(0, width), rng.uniform(0, height)
            a, b = rng.uniform(0.05, 0.25, 2) * width
            turn = rng.uniform(0, np.pi)
            u = ((x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)) / a
            v = (-(x - cx) * np.sin(turn) + (y - cy) * np.cos(turn)) / b
            inside = (u * u + v * v if rng.random() < 0.6 else np.maximum(np.abs(u), np.abs(v))) < 1
            light = np.clip(1.1 - 0.5 * np.hypot(u + 0.3, v + 0.4), 0.2, 1.2)[..., None]
            picture = np.where(inside[..., None], rng.uniform(0.1, 0.95, 3) * light, picture)
    elif style == "lights":
        picture = np.zeros((height, width, 3)) + rng.uniform(0, 0.1, 3)
        for _ in range(int(rng.integers(10, 40))):
            r = width * rng.uniform(0.02, 0.08)
            spot = np.clip(
                r - np.hypot(x - rng.uniform(0, width), y - rng.uniform(0, height)), 0, 1
            )
            picture = picture + spot[..., None] * rng.uniform(0.1, 0.6, 3)
    else:
        tall, wide = rng.uniform(14, 40), rng.uniform(35, 90)
        row = np.floor(y / tall)
        u, v = (x + (row % 2) * wide / 2) % wide, y % tall
        joint = (np.minimum(u, v) < rng.uniform(1.5, 4))[..., None]
        tone = (
            0.8
            + 0.4 * np.sin(row * 12.9 + np.floor((x + (row % 2) * wide / 2) / wide) * 78.2) * 0.4
        )
        rough = 1 + 0.15 * smooth_noise(rng, height, width, 4, 2)
        picture = np.where(
            joint, rng.uniform(0.5, 0.9, 3), rng.uniform(0.2, 0.7, 3) * (tone * rough)[..., None]
        )
    return scenes.taken(rng, picture.astype(np.float32), noise=0.015), {"style": style}


@kind("screenshots", extension="png")
def screenshot(rng):
    width, height = int(rng.uniform(280, 520)), int(rng.uniform(220, 420))
    style = str(rng.choice(["terminal", "document", "chart", "table", "desktop"]))
    dark = style == "terminal" or rng.random() < 0.3
    back, front = ((24, 26, 30), (210, 215, 220)) if dark else ((252, 252, 252), (30, 30, 30))
    image = Image.new("RGB", (width, height), back)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, 24), fill=(70, 70, 75) if dark else (226, 228, 232))
    _, font = choose(rng, "test", ("printed",))
    text = ImageFont.truetype(font, int(rng.uniform(10, 16)))
    colours = [tuple(int(v) for v in rng.integers(40, 230, 3)) for _ in range(6)]

    def words(n):
        return " ".join(str(pick(rng, WORDS)) for _ in range(n))

    draw.text((8, 5), words(2), (240, 240, 240) if dark else (40, 40, 40), text)
    if style in ("terminal", "document"):
        for n, y in enumerate(range(32, height - 12, 18)):
            indent = 8 + 14 * int(rng.integers(0, 3)) if style == "terminal" else 12
            fill = pick(rng, colours) if style == "terminal" and rng.random() < 0.4 else front
            draw.text((indent, y), words(int(rng.integers(1, 8))), fill, text)
    elif style == "chart":
        draw.line((40, 40, 40, height - 30, width - 20, height - 30), fill=front, width=2)
        n = int(rng.integers(4, 10))
        for k in range(n):
            x = 50 + k * (width - 80) / n
            y = rng.uniform(50, height - 50)
            draw.rectangle((x, y, x + (width - 80) / n * 0.7, height - 31), fill=pick(rng, colours))
    elif style == "table":
        for y in range(34, height, 24):
            draw.line((0, y, width, y), fill=(150, 150, 150))
            for x in range(10, width, 90):
                draw.text((x, y + 5), words(1), front, text)
        for x in range(4, width, 90):
            draw.line((x, 34, x, height), fill=(150, 150, 150))
    else:
        draw.rectangle((0, 0, width, height), fill=pick(rng, colours))
        for n in range(int(rng.integers(3, 9))):
            x, y = 20 + (n % 3) * 80, 20 + (n // 3) * 80
            draw.rounded_rectangle(
                (x, y, x + 42, y + 42), 8, fill=pick(rng, colours), outline=front
            )
            draw.text((x - 5, y + 48), words(1), (255, 255, 255), text)
        draw.rectangle((0, height - 24, width, height), fill=(40, 40, 44))
        draw.text((width - 120, height - 20), words(2), (230, 230, 230), text)
    return np.asarray(image).astype(np.float32) / 255, {"style": style}


@kind("words")
def word(rng):
    text = str(pick(rng, WORDS))
    if rng.random() < 0.3:
        text = text.upper() if rng.random() < 0.5 else text.capitalize()
    if rng.random() < 0.2:
        text += " " + str(pick(rng, WORDS))
    _, font = choose(
        rng, "test", ("printed", "handwriting"), "".join(sorted(set(text + "8") - {" "}))
    )
    alpha = character(font, text, rng.uniform(35, 80), rng.uniform(-4, 4))
    return on_paper(rng, alpha), {"text": text}


@kind("shapes")
def shape(rng):
    """Plain figures; no outlined circle and no lone upright line, which are a 0 and a 1."""
    side = int(rng.uniform(120, 240))
    names = [
        "triangle",
        "square",
        "star",
        "arrow",
        "heart",
        "cross",
        "pentagon",
        "disc",
        "wave",
        "house",
        "level line",
        "diamond",
        "crescent",
        "cube",
        "grid",
    ]
    name = str(rng.choice(names))
    filled = rng.random() < 0.4
    c, r = side / 2, side * 0.42
    a = rng.uniform(-0.3, 0.3)

    def polygon(n, inner=1.0, start=-np.pi / 2):
        t = start + a + np.arange(n) * 2 * np.pi / n
        radius = np.where(np.arange(n) % 2, inner, 1.0) * r
        return np.stack([c + radius * np.cos(t), c + radius * np.sin(t)], 1)

    t = np.linspace(0, 2 * np.pi, 80)
    lines = {
        "triangle": lambda: [polygon(3)],
        "square": lambda: [polygon(4, start=-np.pi / 4)],
        "diamond": lambda: [polygon(4) * [0.6, 1]],
        "pentagon": lambda: [polygon(int(rng.integers(5, 7)))],
        "star": lambda: [polygon(10, 0.42)],
        "heart": lambda: [
            np.stack(
                [
                    c + r * np.sin(t) ** 3,
                    c
                    - r
                    / 16
                    * (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)),
                ],
                1,
            )
        ],
        "arrow": lambda: [
            np.array(
                [
                    [0.1, 0.42],
                    [0.6, 0.42],
                    [0.6, 0.25],
                    [0.92, 0.5],
                    [0.6, 0.75],
                    [0.6, 0.58],
                    [0.1, 0.58],
                ]
            )
            * side
        ],
        "cross": lambda: [
            np.array([[0.12, 0.12], [0.88, 0.88]]) * side,
            np.array([[0.88, 0.12], [0.12, 0.88]]) * side,
        ],
        "disc": lambda: [np.stack([c + r * np.cos(t), c + r * np.sin(t)], 1)],
        "wave": lambda: [
            np.stack(
                [np.linspace(0.05, 0.95, 80) * side, c + r * 0.4 * np.sin(t * rng.uniform(1.5, 4))],
                1,
            )
        ],
        "house": lambda: [
            np.array([[0.2, 0.9], [0.2, 0.45], [0.5, 0.1], [0.8, 0.45], [0.8, 0.9], [0.2, 0.9]])
            * side,
            np.array([[0.42, 0.9], [0.42, 0.6], [0.58, 0.6], [0.58, 0.9]]) * side,
        ],
        "level line": lambda: [
            np.array([[0.05, 0.5], [0.95, 0.5 + rng.uniform(-0.1, 0.1)]]) * side
        ],
        "crescent": lambda: [
            np.concatenate(
                [
                    np.stack([c + r * np.cos(t[:40] + 1), c + r * np.sin(t[:40] + 1)], 1),
                    np.stack(
                        [
                            c + 0.35 * r + r * 0.75 * np.cos(t[39::-1] + 1),
                            c + r * 0.8 * np.sin(t[39::-1] + 1),
                        ],
                        1,
                    ),
                ]
            )
        ],
        "cube": lambda: [
            np.array(p) * side
            for p in (
                [
                    [0.1, 0.35],
                    [0.6, 0.35],
                    [0.6, 0.9],
                    [0.1, 0.9],
                    [0.1, 0.35],
                    [0.35, 0.12],
                    [0.88, 0.12],
                    [0.6, 0.35],
                ],
                [[0.88, 0.12], [0.88, 0.65], [0.6, 0.9]],
            )
        ],
        "grid": lambda: [
            np.array(p) * side
            for n in (0.1, 0.37, 0.63, 0.9)
            for p in ([[n, 0.1], [n, 0.9]], [[0.1, n], [0.9, n]])
        ],
    }[name]()
    closed = name in (
        "triangle",
        "square",
        "diamond",
        "pentagon",
        "star",
        "heart",
        "arrow",
        "disc",
        "crescent",
    )
    if closed:
        lines = [np.concatenate([p, p[:2]]) for p in lines]
    if name in ("disc", "crescent") or (closed and filled):
        image = np.zeros((4 * side, 4 * side), np.uint8)
        cv2.fillPoly(image, [(lines[0] * 4).astype(np.int32)], 255, cv2.LINE_AA)
        alpha = tight(
            cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        )
    else:
        alpha = drawn(lines, side * rng.uniform(0.02, 0.08), side)
    return on_paper(rng, alpha), {"style": name + (", filled" if filled and closed else "")}


@kind("blank")
def blank(rng):
    height, width = scenes.view(rng, 160, 320)
    style = str(
        rng.choice(
            [
                "sheet",
                "noisy",
                "vignette",
                "shadow",
                "lined",
                "squared",
                "creased",
                "blackboard",
                "table",
            ]
        )
    )
    picture = photo.paper(rng, height, width)
    if style == "lined":
        photo.rules(rng, picture, height / rng.uniform(4, 14))
    elif style == "squared":
        photo.squares(rng, picture, height / rng.uniform(6, 20))
    elif style == "creased":
        picture = photo.creases(rng, picture)
    elif style == "blackboard":
        picture = picture * 0.2 + 0.05 * smooth_noise(rng, height, width, width / 5, 3)[..., None]
    elif style == "table":
        picture = photo.wood(rng, height, width)
    light = photo.gradient(rng, height, width, rng.uniform(0.7, 1))
    if style == "vignette":
        light = photo.vignette(rng, height, width, rng.uniform(0.3, 0.8))
    elif style == "shadow":
        light = photo.shadow(rng, height, width, rng.uniform(0.4, 0.8), rng.uniform(1, 20))
    noise = rng.uniform(0.03, 0.1) if style == "noisy" else 0.008
    return scenes.taken(rng, picture, noise=noise, light=light), {"style": style}


@kind("several-digits", digits=True)
def several(rng, digits):
    """Two to five digits of MNIST side by side or in a heap; none is alone."""
    if rng.random() < 0.6:
        return scenes.number(rng, digits), {"style": "row"}
    size = scenes.view(rng, 260, 420)
    tall, wide, box = scenes.room(size, 1.3)
    canvas = photo.paper(rng, tall, wide)
    height, colour = min(size) * rng.uniform(0.2, 0.3), photo.ink_colour(rng)[1]
    places = rng.permutation(9)[: len(digits)]
    for digit, place in zip(digits, places):
        x = box[0] + box[2] * (place % 3 + 0.5 + rng.uniform(-0.1, 0.1)) / 3
        y = box[1] + box[3] * (place // 3 + 0.5 + rng.uniform(-0.1, 0.1)) / 3
        scenes.written(rng, canvas, digit, height, (x, y), colour=colour)
    return scenes.taken(rng, photo.shoot(rng, canvas, box, size)), {"style": "scattered"}
