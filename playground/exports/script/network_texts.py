"""The networks' classes as templates; networks.py fills in the sizes."""

LINEAR = '''
class Linear(nn.Module):
    """A layer x W + b. Weights start as N(0, gain^2 / inputs) (He et al. 2015), biases at 0."""

    def __init__(self, rng, inputs, outputs, gain):
        super().__init__()
        start = rng.standard_normal((inputs, outputs)) * (gain / inputs**0.5)
        self.weight = nn.Parameter(torch.from_numpy(start.astype(np.float32)))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x, inner=1.0, outer=1.0):
        """outer * (inner * x W + b) in one call, so that even its rounding is the playground's."""
        return torch.addmm(self.bias, x, self.weight, beta=outer, alpha=inner * outer)
'''

SPECTRAL = '''

class SpectralLinear(Linear):
    """A Linear whose weights are divided by their largest singular value (Miyato et al. 2018, Algorithm 1).

    One power iteration a pass keeps the estimate of that value close.
    """

    def __init__(self, rng, inputs, outputs, gain):
        super().__init__(rng, inputs, outputs, gain)
        start = rng.standard_normal((1, inputs)).astype(np.float32)
        self.left = functional.normalize(torch.from_numpy(start), dim=-1)
        for _ in range(10):  # a cold start would divide the first steps by a value far too small
            self.iterate()

    @torch.no_grad()
    def iterate(self):
        right = functional.normalize(self.left @ self.weight, dim=-1)
        self.left = functional.normalize(right @ self.weight.T, dim=-1)

    def forward(self, x, inner=1.0, outer=1.0):
        self.iterate()
        with torch.no_grad():
            right = functional.normalize(self.left @ self.weight, dim=-1)
        largest = self.left @ self.weight @ right.T
        return torch.addmm(self.bias, x, self.weight / largest, beta=outer, alpha=inner * outer)
'''

MLP = '''

class {name}(nn.Module):
    """{what}"""

    def __init__(self, rng):
        super().__init__()
        gain = {gain}  # keeps the variance of the signal through a layer
        self.hidden = nn.ModuleList([{hidden}])
        self.last = {layer}(rng, {width}, {outputs}, 0.5)

    def forward(self, x):
{hidden_pass}        return {last}
'''

SHIFTED_LINE = '''

class Generator(nn.Module):
    """The line x = theta, and theta is all that it learns (Arjovsky et al. 2017, example 1).

    z's first number, made uniform, is the place on the line{second}.
    """

    def __init__(self, rng):
        super().__init__()
        self.theta = nn.Parameter(torch.tensor({theta}))

    def forward(self, z):
        share = {share}
        x = self.theta{normal}
        return torch.stack([x.expand(len(z)), share[:, 0]], dim=1)
'''

GLOROT = '''
class Dense(nn.Module):
    """x W + b as Keras starts it: weights U(-a, a) with a = sqrt(6 / (inputs + outputs)), biases 0."""

    def __init__(self, rng, inputs, outputs, bias=True):
        super().__init__()
        limit = (6 / (inputs + outputs)) ** 0.5
        self.weight = nn.Parameter(torch.from_numpy(rng.uniform(-limit, limit, (inputs, outputs)).astype(np.float32)))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None

    def forward(self, x):
        return x @ self.weight if self.bias is None else x @ self.weight + self.bias


class Dropout(nn.Module):
    """Puts half of the units to 0 while training; its masks come from the network's own generator."""

    def __init__(self, rng):
        super().__init__()
        self.rng = rng

    def forward(self, x):
        kept = torch.from_numpy(self.rng.random(tuple(x.shape), dtype=np.float32) >= 0.5)
        return x * kept / 0.5


class Generator(nn.Module):
    """{inputs} latents{classes} -> 100 units -> {pixels} pixels in (-1, 1)."""

    def __init__(self, rng):
        super().__init__()
        self.hidden = Dense(rng, {g_inputs}, 100, bias=False)
        self.last = Dense(rng, 100, {pixels})

    def forward(self, z):
        return torch.tanh(self.last(functional.leaky_relu(self.hidden(z), 0.3)))


class Discriminator(nn.Module):
    """{pixels} pixels{classes} -> 100 units, half of them dropped out -> one logit."""

    def __init__(self, rng):
        super().__init__()
        self.hidden = Dense(rng, {d_inputs}, 100)
        self.dropout = Dropout(rng)
        self.last = Dense(rng, 100, 1)

    def forward(self, x):
        return self.last(self.dropout(functional.leaky_relu(self.hidden(x), 0.3)))
'''

CONVOLUTIONS = '''
def normal(rng, *shape):
    """A parameter that starts as N(0, 0.02^2), as Radford et al. (2015) advise."""
    return nn.Parameter(torch.from_numpy((0.02 * rng.standard_normal(shape)).astype(np.float32)))


class BatchNorm(nn.BatchNorm2d):
    """Scales start as N(1, 0.02^2)."""

    def __init__(self, rng, channels):
        super().__init__(channels)
        with torch.no_grad():
            self.weight.copy_(torch.from_numpy((1 + 0.02 * rng.standard_normal(channels)).astype(np.float32)))


class Generator(nn.Module):
    """z -> 32 maps of {small_h} x {small_w} -> 16 of twice that -> the image in (-1, 1)."""

    def __init__(self, rng):
        super().__init__()
        self.first = normal(rng, {g_inputs}, {size})
        self.norms = nn.ModuleList([BatchNorm(rng, 32), BatchNorm(rng, 16)])
        self.middle = normal(rng, 32, 16, 4, 4)
        self.last = normal(rng, 16, 1, 4, 4)
        self.last_bias = nn.Parameter(torch.zeros(1))

    def forward(self, z):
        x = (z @ self.first).view(len(z), 32, {small_h}, {small_w})
        x = functional.relu(self.norms[0](x))
        x = functional.conv_transpose2d(x, self.middle, stride=2, padding=1)
        x = functional.relu(self.norms[1](x))
        x = functional.conv_transpose2d(x, self.last, self.last_bias, stride=2, padding=1)
        return torch.tanh(x).view(len(z), {pixels})


class Discriminator(nn.Module):
    """The image -> 16 maps of half its size -> 32 of a quarter -> one logit."""

    def __init__(self, rng):
        super().__init__()
        self.first = normal(rng, 16, {channels}, 4, 4)
        self.first_bias = nn.Parameter(torch.zeros(16))
        self.middle = normal(rng, 32, 16, 4, 4)
        self.norm = BatchNorm(rng, 32)
        self.last = normal(rng, {size}, 1)
        self.last_bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
{maps}
        y = functional.leaky_relu(functional.conv2d(maps, self.first, self.first_bias, stride=2, padding=1), 0.2)
        y = functional.leaky_relu(self.norm(functional.conv2d(y, self.middle, stride=2, padding=1)), 0.2)
        return y.view(len(x), {size}) @ self.last + self.last_bias
'''
