"""
PyTorch: torch_engine.py MODE TASK DATA. Fused Adam, its own attention, images channels-last but in the mode contiguous; in the
mode compile the model goes through torch.compile.
"""
import json
import os
import sys

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file

import torch_networks
from engine_process import serve, surprises

BATCHES = 4


def images_of(array):
    """b h w c as it lies in memory is PyTorch's channels-last: nothing is copied."""
    return torch.from_numpy(array).permute(0, 3, 1, 2)


def model_of(task, data, mode):
    model = torch_networks.make(task["network"], task["size"], data)
    return model if mode == "contiguous" else model.to(memory_format=torch.channels_last)


def compiled(function, mode):
    return torch.compile(function) if mode == "compile" else function


def train(task, data, mode):
    model = model_of(task, data, mode).train()
    optimiser = torch.optim.Adam(model.parameters(), lr=task["rate"], fused=True)
    forward = compiled(model, mode)
    images = [data[f"images.{index}"] for index in range(BATCHES)]
    labels = [data[f"labels.{index}"].astype(numpy.int64) for index in range(BATCHES)]
    done = 0

    def step():
        nonlocal done
        at = done % BATCHES
        done += 1
        optimiser.zero_grad(set_to_none=True)
        loss = F.cross_entropy(forward(images_of(images[at])), torch.from_numpy(labels[at]))
        loss.backward()
        optimiser.step()
        return loss.item()

    return lambda steps: [step() for _ in range(steps)], step


def infer(task, data, mode):
    forward = compiled(model_of(task, data, mode).eval(), mode)
    image = data["images.0"]

    def step():
        with torch.inference_mode():
            images = images_of(image)
            return forward(images.contiguous() if mode == "contiguous" else images).numpy()

    return lambda steps: surprises(step()), step


def attention(task, data, mode):
    query, key, value = (torch.from_numpy(data[name]).requires_grad_() for name in ("query", "key", "value"))
    dy = torch.from_numpy(data["dy"])
    attend = compiled(F.scaled_dot_product_attention, mode)

    def step():
        query.grad = key.grad = value.grad = None
        output = attend(query, key, value)
        output.backward(dy)
        return output

    def check(steps):
        output = step()
        return [tensor.detach().double().square().sum() for tensor in (output, query.grad, key.grad, value.grad)]

    return check, step


if __name__ == "__main__":
    mode, task, path = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
    threads = int(os.environ["OMP_NUM_THREADS"])
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(threads)
    kinds = {"train": train, "infer": infer, "attention": attention}
    check, step = kinds[task["kind"]](task, load_file(path), mode)
    serve({"torch": torch.__version__}, check, step)
