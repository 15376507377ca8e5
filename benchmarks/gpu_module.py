#!/usr/bin/env python3
"""Runs the TorchScript module that splora computes with on GPUs, in Python: is it right there, and how fast is it?

    python benchmarks/gpu_module.py [--modules 128] [--device cuda|cpu] [--rank 16] [--small]

It needs nothing but PyTorch (2.7 or newer), and works where splora's own engine cannot be had. Blocks, their size and the
order of calls are those of TorchScriptKernel. Results go to standard output as Markdown; the exit code is 1 if a number
is further than 1e-9 from float64.

What is timed, with weights in the host's memory, as they are after reading:
  copy      host to device alone, in blocks
  compute   the module's work on blocks that are there already
  splora    block by block in one stream, as splora does: the next block is written to the host's buffer meanwhile
  two       the same with the copy in a stream of its own: what a second stream could gain
"""

import argparse
import pathlib
import sys
import time

import torch

MODULE = pathlib.Path(__file__).parent.parent / "src/main/resources/io/github/splora/tensor/gpu.pt"
BLOCK_BYTES = 16 << 20  # of a weight, as in TorchScriptKernel
SHAPES = [(4096, 4096), (14336, 4096), (1024, 4096)]
SMALL = [(256, 384), (130, 67)]
TYPES = {"BF16": torch.bfloat16, "F16": torch.float16}
LIMIT = 1e-9


class Walk:
    """One walk over a pair of weights [out, in]: V X for the alignment reference, and the norms of V's rows."""

    def __init__(self, module, device, rank, block_bytes=BLOCK_BYTES):
        self.module, self.device, self.rank, self.block_bytes = module, device, rank, block_bytes
        self.staging = {}

    def buffers(self, count, type, pinned):
        key = (count, type, pinned)
        if key not in self.staging:
            self.staging = {key: [[self.module.staging(count, type, pinned) for _ in "ab"] for _ in range(2)]}
        return self.staging[key]

    def block_rows(self, shape):
        return min(shape[0], max(1, self.block_bytes // (shape[1] * 2)))

    def run(self, base, aligned, thin, type, pinned, write=True):
        """Returns V X [out, rank] and ‖V_o‖² [out], float64, on the host. `write`: copy weights into buffers first."""
        out, columns = aligned.shape
        step = self.block_rows(aligned.shape)
        turns = self.buffers(step * columns, type, pinned)
        there = thin.to(self.device)
        product = self.module.zeros(out, self.rank, self.device)
        squares = self.module.zeros(out, 1, self.device)
        for turn, first in enumerate(range(0, out, step)):
            rows = min(step, out - first)
            buffers = turns[turn % 2]
            if write:
                for buffer, weight in zip(buffers, (base, aligned)):
                    buffer[:rows * columns].copy_(weight[first:first + rows].view(-1))
            self.module.first(product)
            b, a = (self.module.upload(buffer, rows, columns, self.device) for buffer in buffers)
            self.compute(product, squares, b, a, there, first)
        return product.cpu(), squares.cpu().view(-1)

    def compute(self, product, squares, base, aligned, thin, first):
        v = self.module.difference(aligned, base)
        self.module.multiply(product, v, thin, first, False)
        self.module.inner(squares, v, v, first, False)

    def sync(self):
        if self.device.startswith("cuda"):
            torch.cuda.synchronize()


def pair(shape, dtype, seed):
    """Weights as a model's: of size 0.02, changed by alignment by a hundredth of that."""
    random = torch.Generator().manual_seed(seed)
    base = torch.randn(shape, generator=random) * 0.02
    aligned = base + torch.randn(shape, generator=random) * 2e-4
    return base.to(dtype), aligned.to(dtype)


def relative(found, expected):
    return abs(found - expected) / max(abs(expected), 1e-300)


def errors(walk, shape, type, seed):
    """Largest relative errors of ⟨ΔW,V⟩, ‖V‖², the cosine, and of single numbers of V X by the largest of them."""
    base, aligned = pair(shape, TYPES[type], seed)
    random = torch.Generator().manual_seed(seed + 1)
    a = torch.randn((walk.rank, shape[1]), generator=random, dtype=torch.float64)
    b = torch.randn((shape[0], walk.rank), generator=random, dtype=torch.float64)
    pinned = walk.device.startswith("cuda")
    product, squares = walk.run(base, aligned, a.t().contiguous(), type, pinned)
    v = aligned.double() - base.double()
    y = v @ a.t()
    delta = ((b.t() @ b) * (a @ a.t())).sum().sqrt()
    inner, expected_inner = (b * product).sum(), (b * y).sum()
    square, expected_square = squares.sum(), (v * v).sum()
    cosine, expected_cosine = inner / delta / square.sqrt(), expected_inner / delta / expected_square.sqrt()
    return [relative(inner.item(), expected_inner.item()), relative(square.item(), expected_square.item()),
            relative(cosine.item(), expected_cosine.item()),
            ((product - y).abs().max() / y.abs().max()).item(), relative(squares.max().item(), (v * v).sum(1).max().item())]


def seconds(walk, work, count):
    work()
    work()
    walk.sync()
    start = time.perf_counter()
    for _ in range(count):
        work()
    walk.sync()
    return (time.perf_counter() - start) / count


def timings(walk, shape, type, count):
    """Seconds a pair: copy pinned, copy pageable, compute, as splora does pinned and pageable, with two streams."""
    base, aligned = pair(shape, TYPES[type], 1)
    thin = torch.randn((shape[1], walk.rank), dtype=torch.float64)
    columns, step = shape[1], walk.block_rows(shape)
    firsts = range(0, shape[0], step)
    product, squares = walk.module.zeros(shape[0], walk.rank, walk.device), walk.module.zeros(shape[0], 1, walk.device)
    there = thin.to(walk.device)
    on_cuda = walk.device.startswith("cuda")

    def copy(weights):
        return lambda: [weight[first:first + step].to(walk.device, non_blocking=True)
                        for first in firsts for weight in weights]

    def compute():
        for first in firsts:
            b, a = (weight[first:first + step].float() for weight in on_device)
            walk.compute(product, squares, b, a, there, first)

    def two_streams():
        copies = torch.cuda.Stream()
        ready = None
        for first in [*firsts, None]:
            coming = None
            if first is not None:
                with torch.cuda.stream(copies):
                    coming = first, [weight[first:first + step].to(walk.device, non_blocking=True) for weight in pinned]
                    event = copies.record_event()
                coming = (*coming, event)
            if ready is not None:
                torch.cuda.current_stream().wait_event(ready[2])
                b, a = (block.float() for block in ready[1])
                walk.compute(product, squares, b, a, there, ready[0])
                for block in ready[1]:
                    block.record_stream(torch.cuda.current_stream())
            ready = coming
        product.cpu()

    pinned = [weight.pin_memory() for weight in (base, aligned)] if on_cuda else [base, aligned]
    on_device = [weight.to(walk.device) for weight in (base, aligned)]
    copies = (seconds(walk, copy(pinned), count), seconds(walk, copy([base, aligned]), count))
    return {
        "copy pinned": copies[0],
        "copy pageable": copies[1],
        "compute": seconds(walk, compute, count),
        "splora pinned": seconds(walk, lambda: walk.run(base, aligned, thin, type, on_cuda), count),
        "splora pageable": seconds(walk, lambda: walk.run(base, aligned, thin, type, False), count),
        "splora, no writing": seconds(walk, lambda: walk.run(base, aligned, thin, type, on_cuda, False), count),
        "two streams": seconds(walk, two_streams, count) if on_cuda else float("nan"),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--modules", type=int, default=128, help="pairs to compute and time, over all shapes")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--block-bytes", type=int, default=BLOCK_BYTES, help="of a weight; splora's are the default")
    parser.add_argument("--small", action="store_true", help="small shapes, as without a GPU")
    options = parser.parse_args()
    on_cuda = options.device.startswith("cuda")
    shapes = SMALL if options.small or not on_cuda else SHAPES
    torch._C._set_graph_executor_optimize(False)  # As splora does: no kernels are compiled for so few calls.
    walk = Walk(torch.jit.load(MODULE), options.device, options.rank, options.block_bytes)
    name = torch.cuda.get_device_name() if on_cuda else f"CPU, {torch.get_num_threads()} threads"
    print(f"PyTorch {torch.__version__}, {name}; rank {options.rank}, blocks of {options.block_bytes} bytes\n")

    print("| shape | type | ⟨ΔW,V⟩ | ‖V‖² | cosine | V X | ‖V_o‖² |\n|---|---|---|---|---|---|---|")
    worst = 0
    for shape in shapes:
        for type in TYPES:
            found = errors(walk, shape, type, 7)
            worst = max(worst, *found)
            print(f"| {shape[0]}×{shape[1]} | {type} | " + " | ".join(f"{error:.1e}" for error in found) + " |")
    print(f"\nlargest error {worst:.1e}, limit {LIMIT:.0e}\n")

    count = max(1, options.modules // (len(shapes) * len(TYPES)))
    print(f"ms (GB/s) for a pair of weights, mean of {count}; ratio: splora pinned to copy pinned\n")
    head = None
    with torch.inference_mode():
        for shape in shapes:
            for type in TYPES:
                times = timings(walk, shape, type, count)
                if head is None:
                    head = list(times)
                    print("| shape | type | " + " | ".join(head) + " | ratio |\n" + "|---" * (len(head) + 3) + "|")
                size = 2 * shape[0] * shape[1] * 2
                print(f"| {shape[0]}×{shape[1]} | {type} | "
                      + " | ".join(f"{each * 1e3:.2f} ({size / each / 1e9:.1f})" for each in times.values())
                      + f" | {times['splora pinned'] / times['copy pinned']:.2f} |")
    if on_cuda:
        print(f"\nmost memory on the device: {torch.cuda.max_memory_allocated() >> 20} MiB")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
