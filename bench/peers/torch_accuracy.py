"""Equal accuracy after equal epochs, PyTorch: torch_accuracy.py DATA SETTINGS. See accuracy.ts, of which it is the counterpart."""
import json
import os
import sys
import time

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file

import torch_networks
from torch_engine import images_of


def whole(model, images, labels):
    """Mean loss and share right."""
    model.eval()
    with torch.inference_mode():
        logits = torch.cat([model(images_of(images[at : at + 100])) for at in range(0, len(images), 100)])
        labels = torch.from_numpy(labels)
        return F.cross_entropy(logits, labels).item(), (logits.argmax(1) == labels).double().mean().item()


def train(data, seed, settings):
    part = {name: (data[f"{name}.images"], data[f"{name}.labels"].astype(numpy.int64)) for name in ("train", "validation", "test")}
    weights = {name.replace(f"{seed}.", "params.", 1): value for name, value in data.items() if name.startswith(f"{seed}.")}
    network = {"kind": "resNet20", "attention": "none", "channels": 1}
    model = torch_networks.make(network, 28, weights).to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(model.parameters(), lr=settings["rate"], fused=True)
    order = numpy.random.default_rng(seed)
    images, labels = part["train"]
    steps = settings["epochs"] * (len(images) // settings["batch"])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=steps)
    best, times = None, []
    for _ in range(settings["epochs"]):
        model.train()
        for rows in order.permutation(len(images)).reshape(-1, settings["batch"]):
            before = time.perf_counter()
            optimiser.zero_grad(set_to_none=True)
            loss = F.cross_entropy(model(images_of(images[rows])), torch.from_numpy(labels[rows]))
            loss.backward()
            optimiser.step()
            schedule.step()
            loss.item()
            times.append((time.perf_counter() - before) * 1e3)
        now = whole(model, *part["validation"])[0]
        if best is None or now < best[0]:
            best = now, {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(best[1])
    return whole(model, *part["test"])[1], times


if __name__ == "__main__":
    path, settings = sys.argv[1], json.loads(sys.argv[2])
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    data = load_file(path)
    with os.fdopen(3, "w") as answers:
        for seed in settings["seeds"]:
            accuracy, times = train(data, seed, settings)
            answers.write(json.dumps({"seed": seed, "accuracy": accuracy, "ms": times}) + "\n")
            answers.flush()
