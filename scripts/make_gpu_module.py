#!/usr/bin/env python3
"""Makes src/main/resources/io/github/splora/tensor/djl/gpu.pt: what splora computes on a GPU, as TorchScript.

DJL cannot make bfloat16 arrays. This module, which the engine runs, can: it makes the memory that weights are read into,
takes it to the device as it is, and computes there. It has no parameters, and runs on a CPU just as well.

    scripts/in_venv.sh scripts/make_gpu_module.py           # writes the resource
    scripts/in_venv.sh scripts/make_gpu_module.py --check   # fails if the resource is not what would be written

The same PyTorch (scripts/requirements.txt) makes the same bytes: what torch.jit.save adds about this machine and this
day (paths of sources, dates, a random id) is left out.
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
    """Float64 throughout, but for the subtraction, which is done in float32 where the weights are no wider.

    A method that must not return before the device is done returns something that the host has to wait for. Returns, for
    what is made and not returned is taken out of the method as useless.
    """

    @torch.jit.export
    def staging(self, size: int, type: str, pinned: bool) -> torch.Tensor:
        """Memory [size] of the host to read weights into; pinned memory is copied several times faster."""
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
        """Adds what one block of rows has to give, and returns a number on the host: it is there when all is done.

        staged:     of each matrix, the memory that begins with the block [rows, columns] in its own type
        first:      number of the block's first row
        rows:       how many it has
        transposed: whether rows are the layer's inputs
        operands:   pairs of matrices of which the second is subtracted from the first; -1 for none
        sums:       of each product, operand @ thin or, crosswise, operand.T @ thin
        thins, factors, crosswise: each product's thin matrix, on the device, its operand, and which way it goes
        inner_sums: [outputs, 1] of inner products of rows (of columns, if transposed), of the operands `lefts` and `rights`
        """
        there = [self.upload(memory, rows, columns, device) for memory in staged]
        made = [self.operand(there, operands[i], operands[i + 1]) for i in range(0, len(operands), 2)]
        for i in range(len(sums)):
            self.multiply(sums[i], made[factors[i]], thins[i], first, crosswise[i])
        for i in range(len(inner_sums)):
            self.inner(inner_sums[i], made[lefts[i]], made[rights[i]], first, transposed)
        return (sums + inner_sums)[0].view(-1)[:1].to(torch.device("cpu"))

    def upload(self, staged: torch.Tensor, rows: int, columns: int, device: str) -> torch.Tensor:
        """To the device in its own type, and there exact in float32 or float64."""
        there = staged[: rows * columns].to(torch.device(device), non_blocking=True)
        if there.dtype != torch.float64:
            there = there.to(torch.float32)
        return there.view(rows, columns)

    def operand(self, matrices: list[torch.Tensor], minuend: int, subtrahend: int) -> torch.Tensor:
        """A difference in the wider of both types, exact for 16-bit weights as far as float32 goes; then float64."""
        left = matrices[minuend]
        if subtrahend < 0:
            return left.to(torch.float64)
        right = matrices[subtrahend]
        if left.dtype != right.dtype:
            return left.to(torch.float64) - right.to(torch.float64)
        return (left - right).to(torch.float64)

    def multiply(self, sum: torch.Tensor, rows: torch.Tensor, thin: torch.Tensor, first: int, crosswise: bool):
        """rows @ thin to the rows of `sum` from `first` on, or rows.T @ (thin's rows from `first` on) added to all."""
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
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    made = module_bytes()
    if parser.parse_args().check:
        if not RESOURCE.is_file() or RESOURCE.read_bytes() != made:
            print(
                f"{RESOURCE} is not what PyTorch {torch.__version__} would make; run this without --check",
                file=sys.stderr,
            )
            return 1
        print(f"{RESOURCE.name}: {len(made)} bytes, as it would be made")
        return 0
    RESOURCE.write_bytes(made)
    print(f"wrote {RESOURCE} ({len(made)} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
