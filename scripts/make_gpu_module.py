#!/usr/bin/env python3
"""Makes src/main/resources/io/github/splora/tensor/gpu.pt: what splora computes on a GPU, as TorchScript.

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

RESOURCE = pathlib.Path(__file__).parent.parent / "src/main/resources/io/github/splora/tensor/gpu.pt"
TOP = "gpu"


class Gpu(torch.nn.Module):
    """Float64 throughout, but for the subtraction, which is done in float32 where the weights are no wider."""

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
    def upload(self, staged: torch.Tensor, rows: int, columns: int, device: str) -> torch.Tensor:
        """The first weights, in their own type, to the device, and there [rows, columns], exact in float32 or float64."""
        there = staged[:rows * columns].to(torch.device(device), non_blocking=True).view(rows, columns)
        if there.dtype == torch.float64:
            return there
        return there.to(torch.float32)

    @torch.jit.export
    def wide(self, rows: torch.Tensor) -> torch.Tensor:
        return rows.to(torch.float64)

    @torch.jit.export
    def difference(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """left - right in the wider of both types, exact for 16-bit weights as far as float32 goes; then float64."""
        if left.dtype != right.dtype:
            return left.to(torch.float64) - right.to(torch.float64)
        return (left - right).to(torch.float64)

    @torch.jit.export
    def zeros(self, rows: int, columns: int, device: str) -> torch.Tensor:
        return torch.zeros([rows, columns], dtype=torch.float64, device=torch.device(device))

    @torch.jit.export
    def multiply(self, sum: torch.Tensor, rows: torch.Tensor, thin: torch.Tensor, first: int, crosswise: bool) -> torch.Tensor:
        """rows @ thin to the rows of `sum` from `first` on, or rows.T @ (thin's rows from `first` on) added to all."""
        count = rows.size(0)
        if crosswise:
            sum.addmm_(rows.t(), thin[first:first + count])
        else:
            sum[first:first + count] = torch.mm(rows, thin)
        return sum

    @torch.jit.export
    def inner(self, sum: torch.Tensor, left: torch.Tensor, right: torch.Tensor, first: int, crosswise: bool) -> torch.Tensor:
        """Inner products of rows to `sum` [n, 1] from `first` on, or those of columns added to all."""
        products = left * right
        if crosswise:
            sum += products.sum(0).unsqueeze(1)
        else:
            sum[first:first + left.size(0)] = products.sum(1).unsqueeze(1)
        return sum

    @torch.jit.export
    def first(self, sum: torch.Tensor) -> torch.Tensor:
        """Its first number, on the host: it is there when all that was asked of the device before is done."""
        return sum.view(-1)[:1].to(torch.device("cpu"))

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
            print(f"{RESOURCE} is not what PyTorch {torch.__version__} would make; run this without --check", file=sys.stderr)
            return 1
        print(f"{RESOURCE.name}: {len(made)} bytes, as it would be made")
        return 0
    RESOURCE.write_bytes(made)
    print(f"wrote {RESOURCE} ({len(made)} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
