"""
The networks of the tasks in PyTorch's own layers, as torchvision and timm write them. Modules and parameters bear the names
they have in Fovea's tree, so that one rule brings all weights over: convolutions from (h, w, in, out) to (out, in, h, w),
linear layers transposed, scale and shift of the norms as weight and bias.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F


def make(network, size, data):
    model = MAKERS[network["kind"]](network, size)
    modules = dict(model.named_modules())
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            owner = modules[name.rpartition(".")[0]]
            stored = torch.from_numpy(data["params." + ours(name, owner)])
            if isinstance(owner, nn.Conv2d) and stored.ndim == 4:
                stored = stored.permute(3, 2, 0, 1)
            elif isinstance(owner, nn.Linear) and stored.ndim == 2:
                stored = stored.T
            parameter.copy_(stored)
    return model


def ours(name, owner):
    if isinstance(owner, (nn.BatchNorm2d, nn.LayerNorm)):
        return name.removesuffix(".weight") + ".scale" if name.endswith(".weight") else name.removesuffix(".bias") + ".shift"
    return name


def conv(channels, out, kernel=3, stride=1):
    return nn.Conv2d(channels, out, kernel, stride, padding=kernel // 2, bias=False)


class Block(nn.Module):
    def __init__(self, channels, out, stride, attention):
        super().__init__()
        self.conv1, self.norm1 = conv(channels, out, stride=stride), nn.BatchNorm2d(out)
        self.conv2, self.norm2 = conv(out, out), nn.BatchNorm2d(out)
        self.attention = ATTENTIONS[attention](out)
        self.shortcut = None
        if stride != 1 or channels != out:
            self.shortcut = nn.ModuleDict({"conv": conv(channels, out, 1, stride), "norm": nn.BatchNorm2d(out)})

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)), inplace=True)
        y = self.attention(self.norm2(self.conv2(y)))
        skip = x if self.shortcut is None else self.shortcut["norm"](self.shortcut["conv"](x))
        return F.relu(y + skip, inplace=True)


class SqueezeExcite(nn.Module):
    def __init__(self, dim, reduction=16):
        super().__init__()
        hidden = max(1, dim // reduction)
        self.squeeze, self.excite = nn.Linear(dim, hidden), nn.Linear(hidden, dim)

    def forward(self, x):
        gate = torch.sigmoid(self.excite(F.relu(self.squeeze(x.mean((2, 3))))))
        return x * gate[:, :, None, None]


class Cbam(nn.Module):
    def __init__(self, dim, reduction=16):
        super().__init__()
        hidden = max(1, dim // reduction)
        self.channel = nn.ModuleDict({"squeeze": nn.Linear(dim, hidden), "excite": nn.Linear(hidden, dim)})
        self.spatial = nn.ModuleDict({"conv": conv(2, 1, 7), "norm": nn.BatchNorm2d(1, momentum=0.01)})

    def forward(self, x):
        mlp = lambda summary: self.channel["excite"](F.relu(self.channel["squeeze"](summary)))
        gate = torch.sigmoid(mlp(x.mean((2, 3))) + mlp(x.amax((2, 3))))
        x = x * gate[:, :, None, None]
        planes = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)
        return x * torch.sigmoid(self.spatial["norm"](self.spatial["conv"](planes)))


ATTENTIONS = {"none": lambda dim: nn.Identity(), "squeezeExcite": SqueezeExcite, "cbam": Cbam}


class ResidualNetwork(nn.Module):
    def __init__(self, channels, widths, depth, attention):
        super().__init__()
        self.stem = nn.ModuleDict({"conv": conv(channels, widths[0]), "norm": nn.BatchNorm2d(widths[0])})
        self.stages = nn.ModuleList()
        channels = widths[0]
        for stage, width in enumerate(widths):
            blocks = nn.ModuleList()
            for block in range(depth):
                blocks.append(Block(channels, width, 2 if stage > 0 and block == 0 else 1, attention))
                channels = width
            self.stages.append(blocks)
        self.head = nn.Linear(channels, 10)

    def forward(self, x):
        x = F.relu(self.stem["norm"](self.stem["conv"](x)), inplace=True)
        for blocks in self.stages:
            for block in blocks:
                x = block(x)
        return self.head(x.mean((2, 3)))


class Transformer(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim, 1e-6), nn.LayerNorm(dim, 1e-6)
        self.attention = nn.ModuleDict({"queryKeyValue": nn.Linear(dim, 3 * dim), "out": nn.Linear(dim, dim)})
        self.mlp = nn.ModuleDict({"expand": nn.Linear(dim, 4 * dim), "project": nn.Linear(4 * dim, dim)})

    def forward(self, x):
        b, n, dim = x.shape
        packed = self.attention["queryKeyValue"](self.norm1(x)).view(b, n, 3, self.heads, dim // self.heads)
        query, key, value = packed.permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(b, n, dim)
        x = x + self.attention["out"](seen)
        return x + self.mlp["project"](F.gelu(self.mlp["expand"](self.norm2(x))))


class Positions(nn.Module):
    def __init__(self, tokens, dim):
        super().__init__()
        self.table = nn.Parameter(torch.empty(tokens, dim))


class VisionTransformer(nn.Module):
    def __init__(self, patch, dim, depth, heads, size):
        super().__init__()
        self.patch, self.side = patch, size // patch
        self.patches = nn.Linear(patch * patch * 3, dim)
        self.positions = Positions(self.side**2, dim)
        self.blocks = nn.Sequential(*(Transformer(dim, heads) for _ in range(depth)))
        self.norm = nn.LayerNorm(dim, 1e-6)
        self.head = nn.Linear(dim, 10)

    def forward(self, x):
        p, side = self.patch, self.side
        x = x.permute(0, 2, 3, 1).reshape(-1, side, p, side, p, 3).transpose(2, 3).reshape(-1, side * side, p * p * 3)
        x = self.blocks(self.patches(x) + self.positions.table)
        return self.head(self.norm(x.mean(1)))


MAKERS = {
    "resNet20": lambda network, size: ResidualNetwork(network.get("channels", 3), (16, 32, 64), 3, network["attention"]),
    "visionTransformer": lambda network, size: VisionTransformer(network["patch"], network["dim"], network["depth"], network["heads"], size),
}
