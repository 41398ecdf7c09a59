"""Random weights for models of Keras."""

import numpy as np


def randomized(shape, path, random):
    """Returns values for a weight, so that signals neither vanish nor explode."""
    name = path.split("/")[-1]
    if "variance" in name or "gamma" in name:
        return random.uniform(0.8, 1.2, shape)
    if len(shape) < 2:
        return random.normal(0, 0.1, shape)
    fan_in = np.prod(shape[:2]) if "depthwise" in name else np.prod(shape[:-1])
    return random.normal(0, np.sqrt(1 / fan_in), shape)
