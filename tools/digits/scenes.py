"""The test kinds that show one digit of MNIST as somebody could have written it."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import photo
from fontlist import choose
from ink import smooth_noise, strokes, texture_of

# Every kind's picture is drawn on a canvas larger than what the camera sees of it.
KINDS = {}


def kind(name, **options):
    """Registers a function (rng, digit) -> picture under the name of its kind."""

    def register(function):
        KINDS[name] = (function, options)
        return function

    return register


def pen(rng, digit, height, weight=None, angle=0.0, colour=None, style=None):
    """A digit in a pen's ink: coverage and colour."""
    ink, name = photo.ink_colour(rng, colour)
    weight = weight or rng.uniform(0.5, 1.15)
    style = style or ("pencil" if name == "pencil" else rng.choice(["ballpoint", "felt", "even"]))
    alpha = strokes(rng, digit, height, weight, rng.uniform(0.8, 1.6), 0.1, angle)
    return texture_of(rng, alpha, style), ink


def written(rng, canvas, digit, height, centre, **options):
    """Writes a digit around a point (x, y) of the canvas."""
    alpha, ink = pen(rng, digit, height, **options)
    top, left = (int(c - n / 2) for c, n in zip(centre[::-1], alpha.shape))
    photo.lay(canvas, alpha, ink, top, left)
    return left, top, alpha.shape[1], alpha.shape[0]


def view(rng, low=240, high=420):
    """Height and width of a picture."""
    height = int(rng.uniform(low, high))
    return height, int(height * rng.choice([1.0, 0.75, 1.33, rng.uniform(0.8, 1.25)]))


def room(size, factor=1.8):
    """A canvas' size and the box in its middle that the camera sees."""
    height, width = size
    tall, wide = int(height * factor), int(width * factor)
    return tall, wide, ((wide - width) // 2, (tall - height) // 2, width, height)


def spot(rng, box, spread=0.12):
    """A point near the middle of a box."""
    x, y, width, height = box
    dx, dy = rng.uniform(-spread, spread, 2)
    return x + width * (0.5 + dx), y + height * (0.5 + dy)


def sheet(rng, digit, share=None, prepare=None, tilt=0.0, angle=0.0, size=None, **options):
    """A digit on paper as a camera sees it. `prepare(canvas, digit's height)` draws on the paper
    before the digit is written."""
    size = size or view(rng)
    tall, wide, box = room(size)
    canvas = photo.paper(rng, tall, wide)
    height = min(size) * (share or rng.uniform(0.35, 0.65))
    if prepare:
        prepare(canvas, height)
    written(rng, canvas, digit, height, spot(rng, box), **options)
    return photo.shoot(rng, canvas, box, size, tilt, angle)


def taken(rng, picture, blur=0.6, noise=0.008, light=None):
    """The ordinary end of a photo: some light, blur, noise and development."""
    height, width = picture.shape[:2]
    light = light if light is not None else photo.gradient(rng, height, width, rng.uniform(0.88, 1))
    picture = photo.defocus(picture * light[..., None], blur)
    return photo.develop(rng, photo.sensor(rng, picture, noise))


@kind("clean")
def clean(rng, digit):
    return taken(rng, sheet(rng, digit))


@kind("perspective")
def perspective(rng, digit):
    return taken(rng, sheet(rng, digit, tilt=rng.uniform(0.05, 0.14), angle=rng.uniform(-5, 5)))


@kind("lined-paper")
def lined_paper(rng, digit):
    def prepare(canvas, height):
        photo.rules(rng, canvas, height / rng.uniform(0.8, 2.6))

    return taken(rng, sheet(rng, digit, prepare=prepare, tilt=0.02, angle=rng.uniform(-4, 4)))


@kind("squared-paper")
def squared_paper(rng, digit):
    def prepare(canvas, height):
        photo.squares(rng, canvas, height / rng.uniform(0.9, 3.2))

    return taken(rng, sheet(rng, digit, prepare=prepare, tilt=0.02, angle=rng.uniform(-4, 4)))


def cells(rng, canvas, centre, side, aspect, count, thick, colour):
    """A row of cells around the one at a point; a pair of lines for each."""
    wide = side * aspect
    x, y = centre
    for n in range(-count[0], count[1] + 2):
        at = x + (n - 0.5) * wide
        photo.line(canvas, (at, y - side / 2), (at, y + side / 2), thick, colour)
    left, right = x - (count[0] + 0.5) * wide, x + (count[1] + 0.5) * wide
    for at in (y - side / 2, y + side / 2):
        photo.line(canvas, (left, at), (right, at), thick, colour)


@kind("framed-cell")
def framed_cell(rng, digit):
    """A form's box around the digit, whole in the picture; sometimes with empty neighbours."""
    size = view(rng, 200, 360)
    tall, wide, box = room(size)
    canvas = photo.paper(rng, tall, wide)
    side = min(size) * rng.uniform(0.6, 0.88)
    centre = spot(rng, box, 0.03)
    colour = rng.choice([(0.1, 0.1, 0.1), (0.25, 0.25, 0.3), (0.3, 0.45, 0.6), (0.6, 0.3, 0.25)])
    count = rng.integers(0, 2, 2) if rng.random() < 0.4 else (0, 0)
    aspect = rng.uniform(0.75, 1.1)
    cells(
        rng, canvas, centre, side, aspect, count, max(1, side * rng.uniform(0.008, 0.035)), colour
    )
    height = side * rng.uniform(0.45, 0.72)
    at = (centre[0] + side * rng.uniform(-0.05, 0.05), centre[1] + side * rng.uniform(-0.05, 0.05))
    written(rng, canvas, digit, height, at)
    return taken(rng, photo.shoot(rng, canvas, box, size, 0.02, rng.uniform(-3, 3)))


@kind("sudoku-cell")
def sudoku_cell(rng, digit):
    """A cell of a grid, cropped roughly: lines run through the picture near its edges."""
    side = rng.uniform(120, 260)
    over = rng.uniform(0.98, 1.25)
    size = (int(side * over), int(side * over * rng.uniform(0.92, 1.08)))
    tall, wide, box = room(size, 2.4)
    canvas = photo.paper(rng, tall, wide)
    centre = np.array([wide / 2, tall / 2]) + rng.uniform(-0.07, 0.07, 2) * side
    colour = rng.choice([(0.08, 0.08, 0.08), (0.3, 0.3, 0.3), (0.2, 0.25, 0.4)])
    thin, thick = side * rng.uniform(0.01, 0.02), side * rng.uniform(0.03, 0.055)
    first = rng.integers(0, 3, 2)
    for axis in (0, 1):
        for n in range(-2, 4):
            width = thick if (n + first[axis]) % 3 == 0 else thin
            at = centre[axis] + (n - 0.5) * side
            ends = [(at, 0), (at, tall)] if axis == 0 else [(0, at), (wide, at)]
            photo.line(canvas, *ends, width, colour)
    written(rng, canvas, digit, side * rng.uniform(0.5, 0.75), centre)
    return taken(rng, photo.shoot(rng, canvas, box, size, 0.02, rng.uniform(-3, 3)))


@kind("hard-shadow")
def hard_shadow(rng, digit):
    picture = sheet(rng, digit)
    height, width = picture.shape[:2]
    light = photo.shadow(rng, height, width, rng.uniform(0.35, 0.65), rng.uniform(0.5, 6))
    return taken(rng, picture, light=light)


@kind("gradient-light")
def gradient_light(rng, digit):
    picture = sheet(rng, digit)
    return taken(
        rng, picture, light=photo.gradient(rng, *picture.shape[:2], rng.uniform(0.25, 0.55))
    )


@kind("vignette")
def vignette(rng, digit):
    picture = sheet(rng, digit)
    return taken(rng, picture, light=photo.vignette(rng, *picture.shape[:2], rng.uniform(0.1, 0.5)))


@kind("whiteboard-glare")
def whiteboard(rng, digit):
    size = view(rng)
    tall, wide, box = room(size)
    canvas = photo.paper(rng, tall, wide, rng.uniform(0.72, 0.85), 0.002)
    smears = np.clip(smooth_noise(rng, tall, wide, wide / 8, 2), 0, 1) * rng.uniform(0, 0.08)
    canvas -= smears[..., None]
    colour = rng.choice(["black", "blue", "red", "green"])
    written(
        rng,
        canvas,
        digit,
        min(size) * rng.uniform(0.35, 0.65),
        spot(rng, box),
        weight=rng.uniform(0.5, 1.0),
        colour=colour,
        style="felt",
    )
    picture = photo.shoot(rng, canvas, box, size, 0.05)
    light = photo.gradient(rng, *size, rng.uniform(0.6, 0.95))
    bright = photo.glare(rng, *size)[..., None]
    picture = picture * light[..., None]
    picture = picture + bright * (1.02 - picture) * rng.uniform(0.5, 0.95)
    return photo.develop(rng, photo.sensor(rng, photo.defocus(picture, 0.7), 0.008))


@kind("dark-table")
def dark_table(rng, digit):
    """A sheet or card that does not fill the picture."""
    size = view(rng)
    height, width = size
    picture = photo.wood(rng, height, width)
    tall, wide = int(height * rng.uniform(0.6, 0.85)), int(width * rng.uniform(0.6, 0.85))
    card = photo.paper(rng, tall, wide)
    written(
        rng,
        card,
        digit,
        min(tall, wide) * rng.uniform(0.4, 0.7),
        spot(rng, (0, 0, wide, tall), 0.08),
    )
    # The card's corners in the picture, turned; some cards leave it on one side.
    a = np.radians(rng.uniform(-12, 12))
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    centre = np.array([width, height]) * (0.5 + rng.uniform(-0.13, 0.13, 2))
    square = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]]) - [wide / 2, tall / 2]
    target = (square @ turn.T + centre + rng.uniform(-0.03, 0.03, (4, 2)) * width).astype(
        np.float32
    )
    source = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    alpha = cv2.warpPerspective(np.ones((tall, wide), np.float32), matrix, (width, height))
    cast = cv2.GaussianBlur(alpha, (0, 0), width * 0.015)
    picture *= 1 - 0.5 * np.roll(cast, (4, 4), (0, 1))[..., None]
    card = cv2.warpPerspective(card, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    picture = picture * (1 - alpha[..., None]) + card * alpha[..., None]
    return taken(rng, picture)


@kind("blackboard")
def blackboard(rng, digit):
    size = view(rng)
    tall, wide, box = room(size)
    base = np.array(rng.choice([(0.12, 0.2, 0.16), (0.13, 0.13, 0.14), (0.16, 0.24, 0.2)]))
    dust = np.clip(smooth_noise(rng, tall, wide, wide / 5, 3), 0, 2) * rng.uniform(0.01, 0.06)
    canvas = (base + dust[..., None]).astype(np.float32)
    alpha = strokes(rng, digit, min(size) * rng.uniform(0.35, 0.65), rng.uniform(0.6, 1.1), 2, 0.25)
    alpha = texture_of(rng, alpha, "chalk")
    x, y = spot(rng, box)
    photo.lay(
        canvas,
        alpha,
        np.array((0.9, 0.9, 0.86)),
        int(y - alpha.shape[0] / 2),
        int(x - alpha.shape[1] / 2),
    )
    return taken(rng, photo.shoot(rng, canvas, box, size, 0.04))


@kind("neighbour-at-edge", neighbours=2)
def neighbour_at_edge(rng, digit, neighbours):
    """Part of the digits beside it, as if it had been cut out of a number."""
    size = view(rng, 220, 380)
    tall, wide, box = room(size)
    canvas = photo.paper(rng, tall, wide)
    height = min(size) * rng.uniform(0.45, 0.65)
    weight, colour = rng.uniform(0.5, 1.1), photo.ink_colour(rng)[1]
    x, y, width, _ = box
    centre = spot(rng, box, 0.05)
    written(rng, canvas, digit, height, centre, weight=weight, colour=colour)
    sides = [(-1,), (1,), (-1, 1)][int(rng.integers(3))]
    for side, other in zip(sides, neighbours):
        alpha, ink = pen(rng, other, height, weight, colour=colour)
        seen = rng.uniform(0.12, 0.5) * alpha.shape[1]
        left = x + width - seen if side > 0 else x + seen - alpha.shape[1]
        photo.lay(
            canvas,
            alpha,
            ink,
            int(centre[1] - height / 2 + rng.uniform(-0.1, 0.1) * height),
            int(left),
        )
    return taken(rng, photo.shoot(rng, canvas, box, size))


@kind("drawing-window", extension="png")
def drawing_window(rng, digit):
    """A window of a drawing program: title bar, tools, canvas with the digit, perhaps a status."""
    width, height = int(rng.uniform(360, 640)), int(rng.uniform(320, 520))
    dark = rng.random() < 0.3
    face = (52, 52, 56) if dark else tuple(int(v) for v in rng.integers(215, 246, 3).clip(0, 255))
    if not dark:
        face = (face[0],) * 3
    image = Image.new("RGB", (width, height), face)
    draw = ImageDraw.Draw(image)
    bar = int(rng.uniform(22, 34))
    title = [(240, 240, 240), (225, 230, 240), (45, 45, 50), (60, 100, 180)][int(rng.integers(4))]
    draw.rectangle((0, 0, width, bar), fill=title)
    text = (20, 20, 20) if sum(title) > 400 else (235, 235, 235)
    _, font = choose(rng, "test", ("printed",))
    face_of = ImageFont.truetype(font, bar // 2)
    draw.text(
        (8, bar // 4),
        str(rng.choice(["Paint", "untitled - Draw", "Drawing", "digit.png"])),
        text,
        face_of,
    )
    for n in range(3):
        x = width - 14 - n * 20
        draw.ellipse((x - 5, bar // 2 - 5, x + 5, bar // 2 + 5), outline=text)
    left, top, bottom = 0, bar, height
    ink = (200, 200, 200) if dark else (70, 70, 70)
    if rng.random() < 0.8:
        left = int(rng.uniform(30, 60))
        for n in range(int(rng.integers(4, 10))):
            y = bar + 8 + n * left * 0.8
            inner = (6, y, left - 6, y + left * 0.6)
            shape = int(rng.integers(4))
            if shape == 0:
                draw.rectangle(inner, outline=ink)
            elif shape == 1:
                draw.ellipse(inner, outline=ink)
            elif shape == 2:
                draw.line(inner, fill=ink, width=2)
            else:
                draw.rectangle(inner, fill=tuple(int(v) for v in rng.integers(0, 256, 3)))
    if rng.random() < 0.5:
        top += 26
        for n, word in enumerate(("File", "Edit", "View", "Image", "Help")):
            draw.text((left + 8 + n * 48, bar + 6), word, ink, ImageFont.truetype(font, 13))
    if rng.random() < 0.5:
        bottom -= 22
        draw.text(
            (8, bottom + 4), f"{width} x {height} px   100%", ink, ImageFont.truetype(font, 11)
        )
    gap = int(rng.choice([0, 0, 8]))
    box = (left + gap, top + gap, width - gap - 1, bottom - gap - 1)
    light = rng.random() < 0.8
    draw.rectangle(box, fill=(255, 255, 255) if light else (0, 0, 0), outline=(130, 130, 130))
    side = min(box[2] - box[0], box[3] - box[1])
    picture = np.asarray(image).astype(np.float32) / 255
    alpha = strokes(rng, digit, side * rng.uniform(0.4, 0.75), rng.uniform(0.5, 1.2), 0.8, 0.05)
    black = (0, 0, 0) if rng.random() < 0.75 else rng.uniform(0, 0.6, 3)
    colour = black if light else (1, 1, 1)
    x = (box[0] + box[2]) / 2 + rng.uniform(-0.08, 0.08) * side
    y = (box[1] + box[3]) / 2 + rng.uniform(-0.05, 0.05) * side
    photo.lay(picture, alpha, colour, int(y - alpha.shape[0] / 2), int(x - alpha.shape[1] / 2))
    return picture


@kind("phone-easy")
def phone_easy(rng, digit):
    """A phone's photo with a little of everything."""
    picture = sheet(rng, digit, tilt=0.05, angle=rng.uniform(-6, 6))
    size = picture.shape[:2]
    light = photo.gradient(rng, *size, rng.uniform(0.65, 0.95)) * photo.vignette(rng, *size, 0.85)
    picture = photo.defocus(picture * light[..., None], rng.uniform(0.5, 1.3))
    return photo.jpeg(
        photo.develop(rng, photo.sensor(rng, picture, 0.012), 0.1), rng.uniform(60, 90)
    )


@kind("phone-hard")
def phone_hard(rng, digit):
    """Several faults together: rules or squares, shadow, tilt, blur, noise, coarse JPEG."""

    def prepare(canvas, height):
        chance = rng.random()
        if chance < 0.35:
            photo.rules(rng, canvas, height / rng.uniform(0.8, 2.2), rng.uniform(0.25, 0.6))
        elif chance < 0.6:
            photo.squares(rng, canvas, height / rng.uniform(1, 2.8), rng.uniform(0.25, 0.6))
        elif chance < 0.8:
            canvas[:] = photo.creases(rng, canvas)

    share = rng.uniform(0.25, 0.55)
    picture = sheet(rng, digit, share, prepare, rng.uniform(0.04, 0.1), rng.uniform(-12, 12))
    size = picture.shape[:2]
    light = photo.shadow(rng, *size, rng.uniform(0.5, 0.8), rng.uniform(2, 25))
    light = light * photo.gradient(rng, *size, rng.uniform(0.55, 0.9))
    light = light * photo.vignette(rng, *size, rng.uniform(0.5, 0.9))
    picture = photo.defocus(picture * light[..., None], rng.uniform(0.5, 1.8))
    if rng.random() < 0.4:
        picture = photo.motion(rng, picture, rng.uniform(2, 7))
    picture = photo.develop(rng, photo.sensor(rng, picture, rng.uniform(0.01, 0.035)), 0.15, 0.3)
    return photo.jpeg(picture, rng.uniform(30, 80))


@kind("low-contrast")
def low_contrast(rng, digit):
    size = view(rng)
    tall, wide, box = room(size)
    canvas = photo.paper(rng, tall, wide, rng.uniform(0.4, 0.9), 0.003)
    alpha, _ = pen(rng, digit, min(size) * rng.uniform(0.35, 0.65), style="felt")
    alpha = alpha * rng.uniform(0.1, 0.22)
    x, y = spot(rng, box)
    photo.lay(
        canvas, alpha, (0.05, 0.05, 0.06), int(y - alpha.shape[0] / 2), int(x - alpha.shape[1] / 2)
    )
    return taken(rng, photo.shoot(rng, canvas, box, size), noise=0.004)


def on_colour(rng, digit, paper, ink):
    size = view(rng)
    tall, wide, box = room(size)
    canvas = photo.paper(rng, tall, wide, 1.0) * paper.astype(np.float32)
    alpha, _ = pen(rng, digit, min(size) * rng.uniform(0.35, 0.65), style="felt")
    x, y = spot(rng, box)
    photo.lay(canvas, alpha, ink, int(y - alpha.shape[0] / 2), int(x - alpha.shape[1] / 2))
    return photo.shoot(rng, canvas, box, size)


LUMA = np.array([0.299, 0.587, 0.114])


@kind("coloured-ink")
def coloured_ink(rng, digit):
    """Any colour on any other that a person tells from it."""
    while True:
        paper, ink = rng.uniform(0.05, 1, 3), rng.uniform(0.02, 0.95, 3)
        if abs((paper - ink) @ LUMA) > 0.22 and np.abs(paper - ink).max() > 0.3:
            return taken(rng, on_colour(rng, digit, paper, ink))


@kind("equal-brightness")
def equal_brightness(rng, digit):
    """Colours that differ in hue only: in gray the digit nearly vanishes."""
    while True:
        paper, ink = rng.uniform(0.15, 0.9, 3), rng.uniform(0.05, 0.95, 3)
        ink = ink + (paper - ink) @ LUMA + rng.uniform(-0.015, 0.015)
        if ink.min() > 0.02 and ink.max() < 0.98 and np.abs(paper - ink).max() > 0.35:
            light = np.ones((1, 1), np.float32)
            return taken(rng, on_colour(rng, digit, paper, ink), noise=0.004, light=light)


@kind("blur")
def blurred(rng, digit):
    picture = sheet(rng, digit)
    if rng.random() < 0.4:
        return taken(rng, photo.motion(rng, picture, rng.uniform(5, 14)))
    return taken(rng, picture, blur=rng.uniform(2, 5))


@kind("noise", extension="png")
def noisy(rng, digit):
    size = view(rng, 120, 220)
    return taken(rng, sheet(rng, digit, size=size), noise=rng.uniform(0.05, 0.14))


@kind("jpeg-coarse")
def jpeg_coarse(rng, digit):
    return photo.jpeg(taken(rng, sheet(rng, digit, size=view(rng, 100, 220))), rng.uniform(8, 25))


@kind("thick-pen")
def thick_pen(rng, digit):
    return taken(rng, sheet(rng, digit, weight=rng.uniform(1.35, 1.7), colour="black"))


@kind("thin-pen")
def thin_pen(rng, digit):
    return taken(rng, sheet(rng, digit, weight=rng.uniform(0.16, 0.32), style="ballpoint"))


@kind("small-on-page")
def small_on_page(rng, digit):
    size = view(rng, 400, 640)
    return taken(rng, sheet(rng, digit, rng.uniform(0.07, 0.14), size=size))


@kind("cut-at-border")
def cut_at_border(rng, digit):
    """The digit touches an edge of the picture, or a little of it is cut off."""
    size = view(rng)
    tall, wide, box = room(size)
    canvas = photo.paper(rng, tall, wide)
    height = min(size) * rng.uniform(0.5, 0.8)
    left, top, w, h = written(rng, canvas, digit, height, spot(rng, box, 0.05))
    cut = rng.uniform(-0.02, 0.08)
    side = int(rng.integers(4))
    x, y, width, tall_box = box
    if side == 0:
        x = left + cut * w
    elif side == 1:
        x = left + w * (1 - cut) - width
    elif side == 2:
        y = top + cut * h
    else:
        y = top + h * (1 - cut) - tall_box
    return taken(rng, photo.shoot(rng, canvas, (x, y, width, tall_box), size))


@kind("texture")
def texture(rng, digit):
    """Rough paper, cardboard or cloth."""

    def prepare(canvas, height):
        tall, wide = canvas.shape[:2]
        base = rng.uniform(0.6, 1.0, 3) * [1.0, 0.95, 0.85]
        rough = smooth_noise(rng, tall, wide, rng.uniform(2, 9), 3) * rng.uniform(0.015, 0.05)
        if rng.random() < 0.4:
            y, x = np.mgrid[0:tall, 0:wide]
            step = rng.uniform(4, 10)
            rough = rough + 0.04 * np.sin(2 * np.pi * x / step) * np.sin(2 * np.pi * y / step)
        canvas *= (base + rough[..., None]).astype(np.float32)

    return taken(rng, sheet(rng, digit, prepare=prepare, colour=rng.choice(["black", "blue"])))


@kind("creases")
def creased(rng, digit):
    def prepare(canvas, height):
        canvas[:] = photo.creases(rng, canvas)

    return taken(rng, sheet(rng, digit, prepare=prepare))


def turned(degrees):
    """The digit itself is turned on straight paper."""

    def draw(rng, digit):
        size = view(rng)
        tall, wide, box = room(size)
        canvas = photo.paper(rng, tall, wide)
        angle = degrees * rng.choice([-1, 1])
        height = min(size) * rng.uniform(0.35, 0.6)
        written(rng, canvas, digit, height, spot(rng, box), angle=angle)
        return taken(rng, photo.shoot(rng, canvas, box, size))

    return draw


for _degrees in (10, 20, 30):
    kind(f"rotated-{_degrees}")(turned(_degrees))


def number(rng, digits):
    """A number of several digits in a row, with a slight slope and spacing as by hand. Returns the
    picture; the digits never touch."""
    height = rng.uniform(50, 90)
    weight, colour = rng.uniform(0.5, 1.0), photo.ink_colour(rng)[1]
    gap = rng.uniform(0.1, 0.35)
    drawn = []
    for digit in digits:
        alpha, ink = pen(rng, digit, height * rng.uniform(0.9, 1.1), weight, colour=colour)
        drawn.append((alpha, ink))
    slope = rng.uniform(-0.06, 0.06)
    step = [0.0]
    for alpha, _ in drawn:
        step.append(step[-1] + alpha.shape[1] + height * (gap + rng.uniform(0, 0.12)))
    margin = height * rng.uniform(0.4, 1.2)
    width = int(step[-1] + 2 * margin)
    tall = int(height * 1.2 + 2 * margin + abs(slope) * width)
    size = (tall, width)
    canvas_tall, canvas_wide, box = room(size, 1.4)
    canvas = photo.paper(rng, canvas_tall, canvas_wide)
    chance = rng.random()
    if chance < 0.2:
        photo.rules(rng, canvas, height / rng.uniform(0.8, 2), margin=False)
    elif chance < 0.35:
        photo.squares(rng, canvas, height / rng.uniform(1, 2.5))
    x, y, _, _ = box
    for (alpha, ink), at in zip(drawn, step):
        base = y + tall / 2 + slope * (at - width / 2) + height * rng.uniform(-0.05, 0.05)
        photo.lay(canvas, alpha, ink, int(base - alpha.shape[0] / 2), int(x + margin + at))
    return taken(rng, photo.shoot(rng, canvas, box, size, 0.01))
