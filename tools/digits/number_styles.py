"""Pictures of numbers: rows of digits of MNIST or of fonts on paper.

Each style is a function (rng, source) -> (picture, lines); `source(rng)` returns an image of MNIST
and its label, and lines are the texts of the rows from top to bottom.
"""

import cv2
import numpy as np

import photo
import scenes
from fontlist import choose
from ink import character, strokes, texture_of

STYLES = {}


def style(name):
    def register(function):
        STYLES[name] = function
        return function

    return register


def length(rng, low=2, high=8):
    return int(rng.integers(low, high + 1))


def handwritten(rng, source, count, height, only=None, spread=0.1):
    """Coverages of digits by one pen, their labels, and the pen's colour."""
    weight, colour = rng.uniform(0.5, 1.0), photo.ink_colour(rng)[0]
    drawn, text = [], ""
    while len(drawn) < count:
        image, label = source(rng)
        if only and str(label) not in only and rng.random() < 0.8:
            continue
        tall = height * rng.uniform(1 - spread, 1 + spread)
        alpha = strokes(rng, image, tall, weight, rng.uniform(0.8, 1.6), 0.1)
        drawn.append(texture_of(rng, alpha, rng.choice(["ballpoint", "felt", "even"])))
        text += str(label)
    return drawn, text, colour


def printed(rng, count, height):
    """Coverages of digits of a font, each cropped to its ink, with its offset above the line."""
    _, path = choose(rng, "test", ("printed",))
    text = "".join(str(rng.integers(10)) for _ in range(count))
    return [character(path, c, height) for c in text], text


def wide(drawn, gaps):
    return sum(a.shape[1] for a in drawn) + sum(gaps)


def row(rng, canvas, drawn, colour, x, y, gaps, slope=0.0, jitter=0.05):
    """Writes digits from x on, centred on the line through (x, y)."""
    at = x
    for alpha, gap in zip(drawn, [*gaps, 0]):
        base = y + slope * (at - x) + alpha.shape[0] * rng.uniform(-jitter, jitter)
        photo.lay(canvas, alpha, colour, int(base - alpha.shape[0] / 2), int(at))
        at += alpha.shape[1] + gap


def spaced(rng, count, height, low=0.12, high=0.45):
    return [height * rng.uniform(low, high) for _ in range(count - 1)]


class Page:
    """A canvas of paper, larger than what the camera sees of it."""

    def __init__(self, rng, width, height, ground=None):
        self.rng, self.size = rng, (int(height), int(width))
        tall, wide, self.box = scenes.room(self.size, 1.4)
        self.canvas = photo.paper(rng, tall, wide, ground)
        self.x, self.y = self.box[:2]

    def shot(self, tilt=0.01, angle=0.0, **options):
        seen = photo.shoot(self.rng, self.canvas, self.box, self.size, tilt, angle)
        return scenes.taken(self.rng, seen, **options)


def one(rng, drawn, colour, height, gaps, prepare=None, margin=None, slope=None, **options):
    """A picture of one number; `prepare(page, x, y, wide)` draws on the paper before."""
    margin = height * (rng.uniform(0.4, 1.2) if margin is None else margin)
    slope = rng.uniform(-0.05, 0.05) if slope is None else slope
    across = wide(drawn, gaps)
    tallest = max(max(a.shape[0] for a in drawn), height)
    page = Page(
        rng, across + 2 * margin, tallest * 1.1 + 2 * margin + abs(slope) * across,
        options.pop("ground", None),
    )
    x, y = page.x + margin, page.y + page.size[0] / 2 - slope * across / 2
    if prepare:
        prepare(page, x, y, across)
    row(rng, page.canvas, drawn, colour, x, y, gaps, slope, options.pop("jitter", 0.05))
    return page.shot(**options)


@style("rows")
def rows(rng, source):
    found = [source(rng) for _ in range(length(rng))]
    text = "".join(str(label) for _, label in found)
    return scenes.number(rng, [image for image, _ in found]), [text]


@style("touching")
def touching(rng, source):
    """Some digits touch or overlap their neighbours slightly."""
    height, count = rng.uniform(50, 90), length(rng, 2, 6)
    drawn, text, colour = handwritten(rng, source, count, height)
    gaps = []
    for left, right in zip(drawn, drawn[1:]):
        if rng.random() < 0.5:
            gaps.append(height * rng.uniform(0.1, 0.3))
        else:
            gaps.append(contact(left, right) - height * rng.uniform(0.0, 0.06))
    return one(rng, drawn, colour, height, gaps, jitter=0), [text]


def contact(left, right):
    """The gap at which two coverages that are centred on a line touch."""
    tall = max(left.shape[0], right.shape[0])

    def centred(alpha):
        top = (tall - alpha.shape[0]) // 2
        return np.pad(alpha, ((top, tall - alpha.shape[0] - top), (0, 0))) > 0.4

    a, b = centred(left), centred(right)
    near = cv2.dilate(b.astype(np.uint8), np.ones((5, 1), np.uint8)) > 0
    rights = np.where(a.any(1), a.shape[1] - np.argmax(a[:, ::-1], 1), -1000)
    lefts = np.where(near.any(1), np.argmax(near, 1), 1000)
    return float(np.max(rights - lefts) - a.shape[1])


@style("lines")
def lines(rng, source):
    """Two to five lines of digits."""
    height, count = rng.uniform(35, 70), length(rng, 2, 5)
    found = [handwritten(rng, source, length(rng), height) for _ in range(count)]
    gaps = [spaced(rng, len(drawn), height) for drawn, _, _ in found]
    pitch, margin = height * rng.uniform(1.35, 2.2), height * rng.uniform(0.5, 1.2)
    across = max(wide(drawn, g) for (drawn, _, _), g in zip(found, gaps))
    slope = rng.uniform(-0.03, 0.03)
    page = Page(rng, across * 1.1 + 2 * margin, pitch * count + 2 * margin)
    if rng.random() < 0.3:
        photo.rules(rng, page.canvas, pitch * rng.choice([0.5, 1.0]), margin=False)
    for n, ((drawn, _, _), g) in enumerate(zip(found, gaps)):
        x = page.x + margin + rng.uniform(0, 0.1) * across
        row(
            rng, page.canvas, drawn, found[0][2], x, page.y + margin + pitch * (n + 0.5), g, slope
        )
    return page.shot(), [text for _, text, _ in found]


@style("on-rules")
def on_rules(rng, source):
    """The digits stand on a rule, or are crossed by rules."""
    height, count = rng.uniform(50, 90), length(rng)
    drawn, text, colour = handwritten(rng, source, count, height)

    def prepare(page, x, y, across):
        photo.rules(rng, page.canvas, height / rng.uniform(0.7, 2.4), margin=rng.random() < 0.3)

    return one(rng, drawn, colour, height, spaced(rng, count, height), prepare), [text]


@style("squared")
def squared(rng, source):
    height, count = rng.uniform(50, 90), length(rng)
    drawn, text, colour = handwritten(rng, source, count, height)

    def prepare(page, x, y, across):
        photo.squares(rng, page.canvas, height / rng.uniform(0.9, 3))

    return one(rng, drawn, colour, height, spaced(rng, count, height), prepare), [text]


@style("framed")
def framed(rng, source):
    """A frame around the number."""
    height, count = rng.uniform(50, 90), length(rng)
    drawn, text, colour = handwritten(rng, source, count, height)

    def prepare(page, x, y, across):
        pad, thick = height * rng.uniform(0.25, 0.5), height * rng.uniform(0.02, 0.07)
        tone = rng.choice([(0.1, 0.1, 0.1), (0.3, 0.45, 0.6), (0.6, 0.3, 0.25)])
        left, right = x - pad, x + across + pad
        top, bottom = y - height * 0.6 - pad, y + height * 0.6 + pad
        for a, b in (
            ((left, top), (right, top)), ((left, bottom), (right, bottom)),
            ((left, top), (left, bottom)), ((right, top), (right, bottom)),
        ):
            photo.line(page.canvas, a, b, thick, tone)

    gaps = spaced(rng, count, height)
    return one(rng, drawn, colour, height, gaps, prepare, margin=1.2, slope=0.0), [text]


@style("cells")
def cells(rng, source):
    """A form with a cell for each digit."""
    height, count = rng.uniform(50, 90), length(rng)
    drawn, text, colour = handwritten(rng, source, count, height)
    side = height * rng.uniform(1.3, 1.7)
    page = Page(rng, side * (count + 1.2), side * 2)
    x, y = page.x + side * 0.6, page.y + side
    tone = rng.choice([(0.1, 0.1, 0.1), (0.3, 0.3, 0.35), (0.3, 0.45, 0.6), (0.6, 0.3, 0.25)])
    thick = height * rng.uniform(0.015, 0.05)
    scenes.cells(rng, page.canvas, (x + side / 2, y), side, 1.0, (0, count - 1), thick, tone)
    for n, alpha in enumerate(drawn):
        spot = x + side * (n + 0.5 + rng.uniform(-0.06, 0.06)) - alpha.shape[1] / 2
        top = y - alpha.shape[0] / 2 + side * rng.uniform(-0.06, 0.06)
        photo.lay(page.canvas, alpha, colour, int(top), int(spot))
    return page.shot(angle=rng.uniform(-2, 2)), [text]


@style("shadow")
def shadow(rng, source):
    height, count = rng.uniform(50, 90), length(rng)
    drawn, text, colour = handwritten(rng, source, count, height)
    gaps, margin = spaced(rng, count, height), height * rng.uniform(0.5, 1.5)
    page = Page(rng, wide(drawn, gaps) + 2 * margin, height * 1.2 + 2 * margin)
    tall, across = page.size
    row(rng, page.canvas, drawn, colour, page.x + margin, page.y + tall / 2, gaps)
    if rng.random() < 0.5:
        light = photo.shadow(rng, tall, across, rng.uniform(0.4, 0.7), rng.uniform(1, 20))
    else:
        light = photo.vignette(rng, tall, across, rng.uniform(0.3, 0.7))
    return page.shot(light=light), [text]


@style("printed")
def print_(rng, source):
    height, count = rng.uniform(30, 90), length(rng)
    drawn, text = printed(rng, count, height)
    gaps = spaced(rng, count, height, 0.1, 0.25)
    tone = photo.ink_colour(rng, "black")[0]
    return one(rng, drawn, tone, height, gaps, jitter=0), [text]


@style("printed-lines")
def printed_lines(rng, source):
    """A crisp picture of several lines of a font, as drawn by a program, dark or light."""
    _, path = choose(rng, "test", ("printed",))
    height, count = int(rng.uniform(14, 50)), length(rng, 2, 6)
    texts = ["".join(str(rng.integers(10)) for _ in range(length(rng))) for _ in range(count)]
    drawn = [character(path, text, height) for text in texts]
    pitch, margin = int(height * rng.uniform(1.4, 2)), int(height * rng.uniform(0.5, 2))
    size = (pitch * count + 2 * margin, max(a.shape[1] for a in drawn) + 2 * margin)
    alpha = np.zeros(size, np.float32)
    for n, part in enumerate(drawn):
        top = margin + n * pitch
        alpha[top : top + part.shape[0], margin : margin + part.shape[1]] = part
    ink, ground = (0.0, 1.0) if rng.random() < 0.7 else (1.0, 0.05)
    picture = np.repeat((ground + (ink - ground) * alpha)[..., None], 3, 2)
    return picture.astype(np.float32), texts


@style("ones")
def ones(rng, source):
    """Mostly narrow digits."""
    height, count = rng.uniform(50, 90), length(rng)
    drawn, text, colour = handwritten(rng, source, count, height, only="17")
    return one(rng, drawn, colour, height, spaced(rng, count, height)), [text]


@style("gaps")
def far_apart(rng, source):
    """Digits in groups, far apart."""
    height, count = rng.uniform(40, 70), length(rng, 3, 8)
    drawn, text, colour = handwritten(rng, source, count, height)
    gaps = [
        height * (rng.uniform(0.8, 3) if rng.random() < 0.4 else rng.uniform(0.1, 0.4))
        for _ in range(count - 1)
    ]
    return one(rng, drawn, colour, height, gaps), [text]


@style("points")
def points(rng, source):
    """A decimal point or comma, and perhaps a minus sign; the text is the digits alone."""
    height, count = rng.uniform(50, 90), length(rng, 3, 6)
    drawn, text, colour = handwritten(rng, source, count, height)
    gaps = [height * rng.uniform(0.35, 0.5) for _ in range(count - 1)]
    place, comma, minus = int(rng.integers(1, count)), rng.random() < 0.4, rng.random() < 0.5

    def prepare(page, x, y, across):
        at = x + wide(drawn[:place], gaps[: place - 1]) + gaps[place - 1] / 2
        slope = height * 0.05
        thick = height * rng.uniform(0.08, 0.12)
        end = (at - slope, y + height * 0.55) if comma else (at + 1, y + height * 0.42)
        photo.line(page.canvas, (at, y + height * 0.42), end, thick, colour)
        if minus:
            left = x - height * rng.uniform(0.7, 0.8)
            photo.line(
                page.canvas, (left, y), (left + height * rng.uniform(0.35, 0.5), y), thick, colour
            )

    return one(rng, drawn, colour, height, gaps, prepare, margin=1.3, slope=0.0), [text]


@style("blackboard")
def blackboard(rng, source):
    height, count = rng.uniform(50, 90), length(rng)
    drawn, text, _ = handwritten(rng, source, count, height)
    drawn = [texture_of(rng, alpha, "chalk") for alpha in drawn]
    gaps, tone = spaced(rng, count, height), (0.9, 0.9, 0.85)
    return one(rng, drawn, tone, height, gaps, ground=rng.uniform(0.1, 0.25)), [text]


@style("tight")
def tight(rng, source):
    """The picture ends close to the digits."""
    height, count = rng.uniform(40, 90), length(rng)
    drawn, text, colour = handwritten(rng, source, count, height)
    gaps = spaced(rng, count, height)
    margin = rng.uniform(0.02, 0.15)
    return one(rng, drawn, colour, height, gaps, margin=margin, slope=0.0, tilt=0.0), [text]


@style("sizes")
def sizes(rng, source):
    """Digits of different sizes."""
    height, count = rng.uniform(50, 90), length(rng)
    drawn, text, colour = handwritten(rng, source, count, height, spread=0.35)
    return one(rng, drawn, colour, height, spaced(rng, count, height)), [text]


@style("slanted")
def slanted(rng, source):
    """A number that climbs or falls by up to ten degrees."""
    height, count = rng.uniform(50, 90), length(rng)
    drawn, text, colour = handwritten(rng, source, count, height)
    slope = rng.uniform(0.06, 0.17) * rng.choice([-1, 1])
    return one(rng, drawn, colour, height, spaced(rng, count, height), slope=slope), [text]


@style("page")
def page(rng, source):
    """A sheet full of lines, as a camera of two megapixels sees it."""
    height, count = rng.uniform(40, 70), length(rng, 6, 12)
    found = [handwritten(rng, source, length(rng, 4, 10), height) for _ in range(count)]
    sheet = Page(rng, 1400, height * 2 * (count + 1))
    if rng.random() < 0.5:
        photo.rules(rng, sheet.canvas, height * 2, margin=False)
    for n, (drawn, _, _) in enumerate(found):
        x, y = sheet.x + rng.uniform(60, 150), sheet.y + height * 2 * (n + 1)
        gaps = spaced(rng, len(drawn), height)
        row(rng, sheet.canvas, drawn, found[0][2], x, y, gaps)
    light = photo.shadow(rng, *sheet.size, rng.uniform(0.6, 0.9), rng.uniform(20, 60))
    return sheet.shot(light=light), [text for _, text, _ in found]
