/// A function or class of the source code of a module, for what PyTorch does not have.
enum TorchHelper: String, CaseIterable {
  /// The lines of the source code.
  var lines: [String] {
    rawValue.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  // Source: `sparsemax` of Keras, which adds the sums of the 1, 2, … k largest elements.
  case sparsemax = """
    def sparsemax(x, dim):
        ordered = x.sort(dim=dim, descending=True).values
        sums = ordered.cumsum(dim)
        shape = [1] * x.dim()
        shape[dim] = -1
        ranks = torch.arange(1, x.shape[dim] + 1, device=x.device).reshape(shape)
        support = ordered - (sums - 1) / ranks > 0
        count = support.sum(dim, keepdim=True)
        threshold = ((sums * support).sum(dim, keepdim=True) - 1) / count
        return (x - threshold).clamp(min=0)
    """

  case keras2_hard_sigmoid = """
    def keras2_hard_sigmoid(x):
        return (0.2 * x + 0.5).clamp(0, 1)
    """

  case LSTMCell = """
    class LSTMCell(nn.LSTMCell):
        \"""An LSTM cell with other activations.\"""

        def __init__(self, inputs, units, activation, gate, bias=True):
            super().__init__(inputs, units, bias)
            self.activation, self.gate = activation, gate

        def forward(self, x, states):
            h, c = states
            z = F.linear(x, self.weight_ih, self.bias_ih)
            i, f, g, o = (z + F.linear(h, self.weight_hh, self.bias_hh)).chunk(4, 1)
            c = self.gate(f) * c + self.gate(i) * self.activation(g)
            return self.gate(o) * self.activation(c), c
    """

  case GRUCell = """
    class GRUCell(nn.GRUCell):
        \"""A GRU cell with other activations.\"""

        def __init__(self, inputs, units, activation, gate, bias=True):
            super().__init__(inputs, units, bias)
            self.activation, self.gate = activation, gate

        def forward(self, x, h):
            r, z, n = F.linear(x, self.weight_ih, self.bias_ih).chunk(3, 1)
            hr, hz, hn = F.linear(h, self.weight_hh, self.bias_hh).chunk(3, 1)
            r, z = self.gate(r + hr), self.gate(z + hz)
            return z * h + (1 - z) * self.activation(n + r * hn)
    """

  case ResetBeforeGRUCell = """
    class ResetBeforeGRUCell(nn.Module):
        \"""A GRU cell that resets the state before its product with the recurrent kernel.\"""

        def __init__(self, inputs, units, activation, gate, bias=True):
            super().__init__()
            self.hidden_size = units
            self.x = nn.Linear(inputs, 3 * units, bias)
            self.gates = nn.Linear(units, 2 * units, bias=False)
            self.candidate = nn.Linear(units, units, bias=False)
            self.activation, self.gate = activation, gate

        def forward(self, x, h):
            r, z, n = self.x(x).chunk(3, 1)
            hr, hz = self.gates(h).chunk(2, 1)
            r, z = self.gate(r + hr), self.gate(z + hz)
            return z * h + (1 - z) * self.activation(n + self.candidate(r * h))
    """

  case RNNCell = """
    class RNNCell(nn.RNNCell):
        \"""A simple recurrent cell with another activation.\"""

        def __init__(self, inputs, units, activation, bias=True):
            super().__init__(inputs, units, bias)
            self.activation = activation

        def forward(self, x, h):
            z = F.linear(x, self.weight_ih, self.bias_ih)
            return self.activation(z + F.linear(h, self.weight_hh, self.bias_hh))
    """

  // Source: X. Shi et al., Convolutional LSTM Network, 2015.
  case ConvLSTMCell = """
    class ConvLSTMCell(nn.Module):
        \"""An LSTM cell whose products are convolutions; its inputs are convolved already.\"""

        def __init__(self, recurrent, activation, gate):
            super().__init__()
            self.hidden_size = recurrent.in_channels
            self.recurrent, self.activation, self.gate = recurrent, activation, gate

        def forward(self, x, states):
            h, c = states
            i, f, g, o = (x + self.recurrent(h)).chunk(4, 1)
            c = self.gate(f) * c + self.gate(i) * self.activation(g)
            return self.gate(o) * self.activation(c), c
    """

  case recurrence = """
    def recurrence(cell, x, states=None, mask=None, backwards=False, zeros=False):
        \"""Returns the outputs of all steps, the last one, and the states after it.

        A step outside of the mask keeps the states, and repeats the output before it or is 0.
        \"""
        output = x.new_zeros(len(x), cell.hidden_size, *x.shape[3:])
        outputs, axes = [], [1] * (x.dim() - 2)
        if states is None:
            states = (output, output) if "LSTM" in type(cell).__name__ else (output,)
        steps = range(x.shape[1])
        for step in reversed(steps) if backwards else steps:
            new = cell(x[:, step], states if len(states) > 1 else states[0])
            new = new if isinstance(new, tuple) else (new,)
            if mask is not None:
                counts = mask[:, step].reshape(-1, *axes)
                new = tuple(torch.where(counts, a, b) for a, b in zip(new, states))
                output = torch.where(counts, new[0], output)
                outputs.append(output * counts if zeros else output)
            else:
                output = new[0]
                outputs.append(output)
            states = new
        return torch.stack(outputs, 1), outputs[-1], states
    """

  // With `adds`, the scores that the mask leaves out are reduced instead of replaced, as in
  // tf_keras; with `zeros`, a query that may attend to nothing gets zeros, as in Keras 3 with
  // dropout.
  case heads_attention = """
    def heads_attention(query, key, value, heads, mask=None, adds=False, zeros=False):
        \"""Multi-head attention to the steps that a mask [batch, queries, steps] allows.\"""

        def split(x):
            return x.unflatten(2, (heads, -1)).transpose(1, 2)

        query, key, value = split(query), split(key), split(value)
        scores = query @ key.transpose(2, 3) / query.shape[3] ** 0.5
        if mask is not None:
            mask = mask.unsqueeze(1)
            scores = scores - 1e9 * ~mask if adds else scores.masked_fill(~mask, -1e9)
        weights = scores.softmax(3)
        if zeros:
            weights = weights * mask
        return (weights @ value).transpose(1, 2).flatten(2)
    """
}
