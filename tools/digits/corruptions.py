"""The 15 corruptions of MNIST-C (Mu & Gilmer 2019, arXiv:1906.02337) in an implementation of our
own, with the paper's kinds and the strengths of the published set. Each takes and returns a
digit [28, 28] of 0 to 1, light on dark."""

import numpy as np
from scipy import ndimage
from skimage import feature

SIDE = 28
CENTRE = 13.5


def gaussian(image, sigma):
    # Four sigmas, and the edge's pixel beyond it.
    return ndimage.gaussian_filter(image, sigma, mode="nearest", truncate=4)


def resampled(image, matrix):
    """The image whose pixel p is the source's at matrix (p - centre) + centre; dark outside."""
    offset = np.full(2, CENTRE) - matrix @ np.full(2, CENTRE)
    # scipy's axes are y, x.
    swap = matrix[::-1, ::-1]
    return ndimage.affine_transform(image, swap, offset[::-1], order=1, mode="constant")


def either(rng):
    return rng.choice([-1, 1])


def shot_noise(rng, x):
    return rng.poisson(x * 3) / 3


def impulse_noise(rng, x):
    hit, salt = rng.random(x.shape) < 0.17, rng.random(x.shape) < 0.5
    return np.where(hit, salt.astype(float), x)


def glass_blur(rng, x):
    x = gaussian(x, 0.7)
    for _ in range(2):
        for row in range(SIDE - 1, 1, -1):
            for column in range(SIDE - 1, 1, -1):
                if rng.random() < 0.5:
                    dy, dx = rng.integers(-1, 1, 2)
                    other = row + dy, column + dx
                    x[row, column], x[other] = x[other], x[row, column]
    return gaussian(x, 0.7)


def motion_blur(rng, x):
    """A half Gaussian of sigma 3 and radius 10 trailing to one side, as ImageMagick's."""
    angle = np.radians(rng.uniform(-45, 45))
    steps = np.arange(21)
    weights = np.exp(-(steps**2) / (2 * 3.0**2))
    out = np.zeros_like(x)
    for step, weight in zip(steps, weights / weights.sum()):
        shift = (step * np.sin(angle), step * np.cos(angle))
        out += weight * ndimage.shift(x, [round(s) for s in shift], order=0, mode="nearest")
    return out


def shear(rng, x):
    return resampled(x, np.array([[1, -np.sin(0.4 * either(rng))], [0, np.cos(0.4)]]))


def scale(rng, x):
    return resampled(x, np.eye(2) / 0.7)


def rotate(rng, x):
    a = 0.4 * either(rng)
    return resampled(x, np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]))


def brightness(rng, x):
    return x + 0.5


def translate(rng, x):
    return ndimage.shift(x, (3 * either(rng), 3 * either(rng)), order=0, mode="constant")


def stripe(rng, x):
    x = x.copy()
    x[:, :7], x[:, 21:] = 1 - x[:, :7], 1 - x[:, 21:]
    return x


def plasma(rng, side, decay):
    """A cloud by midpoint displacement that wraps around, 0 to 1."""
    grid, amplitude = np.zeros((1, 1)), 1.0
    while len(grid) < side:
        n = len(grid)
        finer = np.zeros((2 * n, 2 * n))
        finer[::2, ::2] = grid
        squares = (
            grid + np.roll(grid, -1, 0) + np.roll(grid, -1, 1) + np.roll(grid, (-1, -1), (0, 1))
        ) / 4
        finer[1::2, 1::2] = squares + amplitude * rng.uniform(-1, 1, (n, n))
        middle = finer[1::2, 1::2]
        finer[::2, 1::2] = (grid + np.roll(grid, -1, 1) + middle + np.roll(middle, 1, 0)) / 4
        finer[1::2, ::2] = (grid + np.roll(grid, -1, 0) + middle + np.roll(middle, 1, 1)) / 4
        finer[::2, 1::2] += amplitude * rng.uniform(-1, 1, (n, n))
        finer[1::2, ::2] += amplitude * rng.uniform(-1, 1, (n, n))
        grid, amplitude = finer, amplitude / decay
    return (grid - grid.min()) / (grid.max() - grid.min())


def fog(rng, x):
    strength, decay = 3.0, 1.4
    peak = x.max()
    return (x + strength * plasma(rng, 256, decay)[:SIDE, :SIDE]) * peak / (peak + strength)


def spatter(rng, x):
    liquid = gaussian(rng.normal(0.65, 0.3, x.shape), 1)
    mask = gaussian((liquid > 0.65).astype(float), 1.5)
    mask[mask < 0.8] = 0
    return x * (1 - mask) + 63 / 255 * mask


def soft_line(c0, r0, c1, r1):
    """A line between two points (column, row) that fades within 2.3 pixels."""
    if c0 == c1:
        return np.zeros((SIDE, SIDE))
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    height = r0 + (r1 - r0) / (c1 - c0) * (columns - c0)
    distance = np.minimum(np.abs(rows - height), 2.3 - 1e-10)
    out = np.clip(1 + np.log(1 - distance / 2.3), 0, 1)
    # Whole columns: the first of the left end to the last of the right end.
    out[:, : max(0, int(np.floor(c0)))] = 0
    out[:, int(np.ceil(c1)) :] = 0
    return out


def dotted_line(rng, x):
    r0, r1 = rng.integers(0, 27, 2)
    dots = soft_line(0, r0, 27, r1)
    dots[:, np.arange(SIDE) // 2 % 2 == 0] = 0
    return x + dots


def zigzag(rng, x):
    c0, c1, half = 2, 25, 2.0
    r0 = int(rng.integers(0, 27))
    r1 = r0 + int(rng.integers(-5, 5))
    slope = np.arctan((r1 - r0) / (c1 - c0))
    length = (c1 - c0) / np.cos(slope)
    points = [(0.0, 0.0)]
    n = 0
    while (2 * n + 1) * half <= length:
        points.append(((2 * n + 1) * half, half if n % 2 == 0 else -half))
        n += 1
    points.append((length, 0.0))
    turn = np.array([[np.cos(slope), -np.sin(slope)], [np.sin(slope), np.cos(slope)]])
    corners = np.array(points) @ turn.T + [c0, r0]
    for start, end in zip(corners, corners[1:]):
        x = np.clip(x + soft_line(*start, *end), 0, 1)
    return x


def canny_edges(rng, x):
    return feature.canny(x).astype(float)


CORRUPTIONS = {
    f.__name__: f
    for f in (
        shot_noise,
        impulse_noise,
        glass_blur,
        motion_blur,
        shear,
        scale,
        rotate,
        brightness,
        translate,
        stripe,
        fog,
        spatter,
        dotted_line,
        zigzag,
        canny_edges,
    )
}


def corrupted(rng, name, digit):
    out = CORRUPTIONS[name](rng, digit.astype(float) / 255)
    return np.clip(out * 255, 0, 255).astype(np.uint8)
