"""PyTorch: data and shuffling in tensors, fused Adam."""

import sys

import torch
from torch import nn
from torch.nn import functional as F

import worker

# Means of gradients that fade become subnormal, which makes steps several times slower on some
# processors. What PyTorch has against it is off unless it is asked for, and must come before its
# threads start.
flushes = "--flush-denormal" in sys.argv
torch.set_flush_denormal(flushes)
torch.set_num_threads(int(sys.argv[1]))

(x_train, y_train), (x_test, y_test) = worker.load_mnist()
# With one channel, NHWC and NCHW are the same bytes.
x_train, x_test = (torch.from_numpy(x).reshape(-1, 1, 28, 28) for x in (x_train, x_test))
y_train, y_test = (torch.from_numpy(y).long() for y in (y_train, y_test))


class MyModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.d1 = nn.Linear(26 * 26 * 32, 128)
        self.d2 = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x)).flatten(1)
        return self.d2(F.relu(self.d1(x)))


model = MyModel()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=True)


def endless(batch_size):
    while True:
        for rows in torch.randperm(len(x_train)).split(batch_size):
            if len(rows) == batch_size:
                yield x_train[rows], y_train[rows]


batches = {}


def train(batch_size, steps):
    if batch_size not in batches:
        batches[batch_size] = endless(batch_size)
    model.train()
    for _ in range(steps):
        images, labels = next(batches[batch_size])
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
    return loss.item()


@torch.inference_mode()
def evaluate(batch_size):
    model.eval()
    right = 0
    for images, labels in zip(x_test.split(batch_size), y_test.split(batch_size)):
        right += (model(images).argmax(1) == labels).sum().item()
    return right / len(x_test)


title = f"PyTorch {torch.__version__.split('+')[0]}" + (", flushing" if flushes else "")
worker.serve(title, train, evaluate)
