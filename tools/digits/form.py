"""Brings pictures to the form that the network sees: 28 x 28, light on dark, as in MNIST."""

import functools
import pathlib
import sys

import cv2
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fixtures"))
import preprocess as rule

# The weights depend on two numbers only, and digits have few sizes.
rule.axis_weights = functools.lru_cache(4096)(rule.axis_weights)


def of_ink(ink):
    """The form of ink [height, width] of 0 to 1, or None if there is none."""
    ink = np.where(ink < 0.02, 0, ink)
    if ink.max() < 0.1:
        return None
    return rule.mnist(ink.astype(np.float64))


def of_photo(rng, picture, threshold=None):
    """The form of a gray or coloured picture of dark ink, by steps like those of `predict` but with
    strengths that vary: paper by a grey closing, ink above a part of the strongest, no specks."""
    gray = picture @ np.array([0.299, 0.587, 0.114]) if picture.ndim == 3 else picture
    gray = np.ascontiguousarray(gray, np.float32)
    side = max(3, int(max(gray.shape) * rng.uniform(0.25, 0.5)) | 1)
    paper = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    ink = np.clip(cv2.GaussianBlur(paper, (0, 0), side / 6) - gray, 0, None)
    peak = np.quantile(ink, 0.998)
    if peak < 0.02:
        return None
    ink = np.clip(ink / peak, 0, 1)
    low = threshold or rng.uniform(0.12, 0.45)
    mask = (ink > low).astype(np.uint8)
    count, label, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    sums = np.bincount(label.ravel(), (ink * mask).ravel(), minlength=count)
    kept = sums > 0.02 * sums[1:].sum() if count > 1 else np.zeros(count, bool)
    kept[0] = False
    # What borders on the strong ink belongs to it, down to a half of the threshold.
    near = cv2.dilate(kept[label].astype(np.uint8), np.ones((3, 3), np.uint8))
    contrast = rng.uniform(0.6, 1)
    return of_ink(np.where((near > 0) & (ink > low / 2), ink * contrast, 0))


def alike(a, b):
    """Correlation of two forms."""
    a, b = (cv2.GaussianBlur(x.astype(np.float32), (0, 0), 1.2).ravel() for x in (a, b))
    return float(np.corrcoef(a, b)[0, 1])
