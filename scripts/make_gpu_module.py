#!/usr/bin/env python3
"""Writes src/main/resources/io/github/splora/tensor/djl/gpu.pt: the code that splora runs on a GPU, as TorchScript.

DJL cannot create bfloat16 arrays, but this module, which the engine runs, can: it allocates the memory that weights are
read into, copies it to the device unchanged, and computes there. It has no parameters, and runs on a CPU as well.

    scripts/in_venv.sh gpu.pt make_gpu_module.py           # writes the resource
    scripts/in_venv.sh gpu.pt make_gpu_module.py --check   # fails if the resource differs from what would be written

The same version of PyTorch (scripts/requirements.txt) writes the same bytes: what torch.jit.save adds about the machine
and the date (paths of sources, dates, a random id) is removed.
"""

import argparse
import io
import pathlib
import sys
import zipfile

import torch

RESOURCE = pathlib.Path(__file__).parent.parent / "src/main/resources/io/github/splora/tensor/djl/gpu.pt"
TOP = "gpu"


class Gpu(torch.nn.Module):
    """Computes in float64, except for the subtraction, which uses float32 if the weights are no wider.

    A method that must not return before the device has finished returns a value that the host has to wait for. It must
    return the value, because TorchScript removes computations whose result is unused.
    """

    @torch.jit.export
    def staging(self, size: int, type: str, pinned: bool) -> torch.Tensor:
        """Allocates host memory [size] for weights; pinned memory is copied several times faster."""
        if type == "F64":
            return torch.empty([size], dtype=torch.float64, pin_memory=pinned)
        if type == "F16":
            return torch.empty([size], dtype=torch.float16, pin_memory=pinned)
        if type == "BF16":
            return torch.empty([size], dtype=torch.bfloat16, pin_memory=pinned)
        return torch.empty([size], dtype=torch.float32, pin_memory=pinned)

    @torch.jit.export
    def zeros(self, rows: int, columns: int, device: str) -> torch.Tensor:
        return torch.zeros([rows, columns], dtype=torch.float64, device=torch.device(device))

    @torch.jit.export
    def add(
        self,
        staged: list[torch.Tensor],
        first: int,
        rows: int,
        columns: int,
        transposed: bool,
        device: str,
        operands: list[int],
        sums: list[torch.Tensor],
        thins: list[torch.Tensor],
        factors: list[int],
        crosswise: list[bool],
        inner_sums: list[torch.Tensor],
        lefts: list[int],
        rights: list[int],
    ) -> torch.Tensor:
        """Adds the contribution of one block of rows. Returns a number on the host, which arrives when all work is
        done.

        staged:     for each matrix, the memory that begins with the block [rows, columns] in its own type
        first:      index of the block's first row
        rows:       number of rows in the block
        transposed: whether rows are the layer's inputs
        operands:   pairs of matrices, the second of which is subtracted from the first; -1 for none
        sums:       result of each product: operand @ thin or, crosswise, operand.T @ thin
        thins, factors, crosswise: each product's thin matrix (on the device), its operand, and its direction
        inner_sums: [outputs, 1], inner products of the rows (columns if transposed) of the operands `lefts`, `rights`
        """
        there = [self.upload(memory, rows, columns, device) for memory in staged]
        made = [self.operand(there, operands[i], operands[i + 1]) for i in range(0, len(operands), 2)]
        for i in range(len(sums)):
            self.multiply(sums[i], made[factors[i]], thins[i], first, crosswise[i])
        for i in range(len(inner_sums)):
            self.inner(inner_sums[i], made[lefts[i]], made[rights[i]], first, transposed)
        return (sums + inner_sums)[0].view(-1)[:1].to(torch.device("cpu"))

    def upload(self, staged: torch.Tensor, rows: int, columns: int, device: str) -> torch.Tensor:
        """Copies a block to the device in its own type, and converts it there, exactly, to float32 or float64."""
        there = staged[: rows * columns].to(torch.device(device), non_blocking=True)
        if there.dtype != torch.float64:
            there = there.to(torch.float32)
        return there.view(rows, columns)

    def operand(self, matrices: list[torch.Tensor], minuend: int, subtrahend: int) -> torch.Tensor:
        """Subtracts in the wider of both types (for 16-bit weights exact within float32) and converts to float64."""
        left = matrices[minuend]
        if subtrahend < 0:
            return left.to(torch.float64)
        right = matrices[subtrahend]
        if left.dtype != right.dtype:
            return left.to(torch.float64) - right.to(torch.float64)
        return (left - right).to(torch.float64)

    def multiply(self, sum: torch.Tensor, rows: torch.Tensor, thin: torch.Tensor, first: int, crosswise: bool):
        """Stores rows @ thin in `sum` from row `first` on, or adds rows.T @ (rows of thin from `first` on) to it."""
        count = rows.size(0)
        if crosswise:
            sum.addmm_(rows.t(), thin[first : first + count])
        else:
            sum[first : first + count] = torch.mm(rows, thin)

    def inner(self, sum: torch.Tensor, left: torch.Tensor, right: torch.Tensor, first: int, crosswise: bool):
        products = left * right
        if crosswise:
            sum += products.sum(0).unsqueeze(1)
        else:
            sum[first : first + left.size(0)] = products.sum(1).unsqueeze(1)

    def forward(self, staged: torch.Tensor) -> torch.Tensor:
        return staged


def module_bytes() -> bytes:
    saved = io.BytesIO()
    torch.jit.save(torch.jit.script(Gpu()), saved)
    written = io.BytesIO()
    with zipfile.ZipFile(saved) as archive, zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as stripped:
        for name in sorted(archive.namelist()):
            inside = name.split("/", 1)[1]
            if inside.endswith(".debug_pkl") or inside.startswith(".data/"):
                continue
            stripped.writestr(zipfile.ZipInfo(f"{TOP}/{inside}"), archive.read(name))
    torch.jit.load(io.BytesIO(written.getvalue()))
    return written.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    made = module_bytes()
    if parser.parse_args().check:
        if not RESOURCE.is_file() or RESOURCE.read_bytes() != made:
            print(
                f"{RESOURCE} differs from what PyTorch {torch.__version__} writes; run this without --check",
                file=sys.stderr,
            )
            return 1
        print(f"{RESOURCE.name}: {len(made)} bytes, unchanged")
        return 0
    RESOURCE.write_bytes(made)
    print(f"wrote {RESOURCE} ({len(made)} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
