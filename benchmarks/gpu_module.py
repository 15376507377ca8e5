#!/usr/bin/env python3
"""Checks and times the TorchScript module that splora uses on GPUs, from Python.

    python benchmarks/gpu_module.py [--pairs 128] [--device cuda|cpu] [--rank 16] [--threads 4] [--small]

Needs only PyTorch (2.7 or newer), so it works on machines for which splora's engine is not available. The blocks, their
size and the calls are the same as in TorchScriptKernel. Prints Markdown to standard output; the exit code is 1 if any
number differs from float64 by more than 1e-9.

Timed steps, with the weights in host memory, as after reading:
  copy      copies blocks from pinned memory to the device
  compute   copies and computes the same blocks, in one thread
  splora    the same in several threads, each of which first writes the weights into its pinned memory
"""

import argparse
import concurrent.futures
import os
import pathlib
import sys
import time

import torch

# As bin/splora sets it.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":16:8")

MODULE = pathlib.Path(__file__).parent.parent / "src/main/resources/io/github/splora/tensor/djl/gpu.pt"
BLOCK_BYTES = 8 << 20  # of a weight, as in TorchScriptKernel
SHAPES = [(4096, 4096), (14336, 4096), (1024, 4096)]
SMALL = [(256, 384), (130, 67)]
TYPES = {"BF16": torch.bfloat16, "F16": torch.float16}
DIFFERENCE = [0, 1]  # aligned - base
LIMIT = 1e-9


class Walks:
    """Passes over pairs of weights [out, in] that compute V X, as for the alignment reference, and ‖V_o‖²."""

    def __init__(self, module, device):
        self.module, self.device, self.pinned = module, device, device.startswith("cuda")

    def staging(self, shape, type):
        size = self.rows(shape) * shape[1]
        return [self.module.staging(size, type, self.pinned) for _ in DIFFERENCE]

    @staticmethod
    def rows(shape):
        return min(shape[0], max(1, BLOCK_BYTES // (shape[1] * 2)))

    def run(self, weights, thin, staging, write=True):
        """V X [out, rank] and ‖V_o‖² [out], float64, on the host. `write`: first stage the weights."""
        (out, columns), step = weights[0].shape, self.rows(weights[0].shape)
        thins = [thin.to(self.device)]
        sums, squares = ([self.module.zeros(out, n, self.device)] for n in (thin.shape[1], 1))
        for first in range(0, out, step):
            rows = min(step, out - first)
            if write:
                for memory, weight in zip(staging, weights):
                    memory[: rows * columns].copy_(weight[first : first + rows].view(-1))
            self.module.add(
                staging,
                first,
                rows,
                columns,
                False,
                self.device,
                DIFFERENCE,
                sums,
                thins,
                [0],
                [False],
                squares,
                [0],
                [0],
            )
        return sums[0].cpu(), squares[0].cpu().view(-1)

    def copy(self, shape, staging):
        for _ in range(0, shape[0], self.rows(shape)):
            for memory in staging:
                memory.to(self.device, non_blocking=True)


def pair(shape, dtype, seed):
    """Aligned and base weights of a realistic magnitude; alignment changed them by a hundredth of it."""
    random = torch.Generator().manual_seed(seed)
    base = torch.randn(shape, generator=random) * 0.02
    aligned = base + torch.randn(shape, generator=random) * 2e-4
    return [aligned.to(dtype), base.to(dtype)]


def relative(found, expected):
    return abs(found - expected) / max(abs(expected), 1e-300)


def errors(walks, shape, type, rank):
    """Largest relative errors of ⟨ΔW,V⟩, ‖V‖² and the cosine; errors of V X and ‖V_o‖² relative to their largest."""
    aligned, base = weights = pair(shape, TYPES[type], 7)
    random = torch.Generator().manual_seed(8)
    a = torch.randn((rank, shape[1]), generator=random, dtype=torch.float64)
    b = torch.randn((shape[0], rank), generator=random, dtype=torch.float64)
    product, squares = walks.run(weights, a.t().contiguous(), walks.staging(shape, type))
    v = aligned.double() - base.double()
    y = v @ a.t()
    delta = ((b.t() @ b) * (a @ a.t())).sum().sqrt()
    inner, expected_inner = (b * product).sum(), (b * y).sum()
    square, expected_square = squares.sum(), (v * v).sum()
    cosine, expected_cosine = inner / delta / square.sqrt(), expected_inner / delta / expected_square.sqrt()
    return [
        relative(inner.item(), expected_inner.item()),
        relative(square.item(), expected_square.item()),
        relative(cosine.item(), expected_cosine.item()),
        ((product - y).abs().max() / y.abs().max()).item(),
        relative(squares.max().item(), (v * v).sum(1).max().item()),
    ]


def seconds(walks, work, count):
    """Time per call, for `count` calls made together."""
    work(count)
    if walks.pinned:
        torch.cuda.synchronize()
    start = time.perf_counter()
    work(count)
    if walks.pinned:
        torch.cuda.synchronize()
    return (time.perf_counter() - start) / count


def timings(walks, shape, type, rank, count, threads):
    weights = pair(shape, TYPES[type], 1)
    thin = torch.randn((shape[1], rank), dtype=torch.float64)
    stagings = [walks.staging(shape, type) for _ in range(threads)]

    def together(number):
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            list(
                pool.map(
                    lambda i: [walks.run(weights, thin, stagings[i]) for _ in range(i, number, threads)], range(threads)
                )
            )

    return {
        "copy": seconds(walks, lambda n: [walks.copy(shape, stagings[0]) for _ in range(n)], count),
        "compute": seconds(walks, lambda n: [walks.run(weights, thin, stagings[0], False) for _ in range(n)], count),
        "splora": seconds(walks, together, count),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--pairs", type=int, default=128, help="pairs to compute and time, over all shapes")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--threads", type=int, default=4, help="that walk side by side; splora's are the default")
    parser.add_argument("--small", action="store_true", help="small shapes, as without a GPU")
    options = parser.parse_args()
    on_cuda = options.device.startswith("cuda")
    shapes = SMALL if options.small or not on_cuda else SHAPES
    torch._C._set_graph_executor_optimize(False)  # As splora does: compiling kernels does not pay for so few calls.
    walks = Walks(torch.jit.load(MODULE), options.device)
    name = torch.cuda.get_device_name() if on_cuda else f"CPU, {torch.get_num_threads()} threads"
    print(f"PyTorch {torch.__version__}, {name}; rank {options.rank}, {options.threads} threads\n")

    print("| shape | type | ⟨ΔW,V⟩ | ‖V‖² | cosine | V X | ‖V_o‖² |\n|---|---|---|---|---|---|---|")
    worst = 0
    for shape in shapes:
        for type in TYPES:
            found = errors(walks, shape, type, options.rank)
            worst = max(worst, *found)
            print(f"| {shape[0]}×{shape[1]} | {type} | " + " | ".join(f"{error:.1e}" for error in found) + " |")
    print(f"\nlargest error {worst:.1e}, limit {LIMIT:.0e}\n")

    count = max(options.threads, options.pairs // (len(shapes) * len(TYPES)))
    print(f"ms (GB/s) for a pair of weights, mean of {count}\n")
    print("| shape | type | copy | compute | splora |\n|---|---|---|---|---|")
    for shape in shapes:
        for type in TYPES:
            times = timings(walks, shape, type, options.rank, count, options.threads)
            size = 2 * shape[0] * shape[1] * 2
            print(
                f"| {shape[0]}×{shape[1]} | {type} | "
                + " | ".join(f"{each * 1e3:.2f} ({size / each / 1e9:.1f})" for each in times.values())
                + " |"
            )
    if on_cuda:
        print(f"\nmost memory on the device: {torch.cuda.max_memory_allocated() >> 20} MiB")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
