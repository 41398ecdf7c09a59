"""Recognises a digit that is 28 × 28 already with ONNX Runtime: onnx_predict.py PICTURE MODEL."""

import sys

import numpy as np
import onnxruntime
from PIL import Image

pixels = np.asarray(Image.open(sys.argv[1]).convert("L").resize((28, 28)), np.float32) / 255
session = onnxruntime.InferenceSession(sys.argv[2], providers=["CPUExecutionProvider"])
logits = session.run(None, {"x": pixels.reshape(1, 1, 28, 28)})[0][0]
probabilities = np.exp(logits - logits.max())
probabilities /= probabilities.sum()
print(f"{sys.argv[1]}: {probabilities.argmax()}  {probabilities.max():.2%}")
