#!/usr/bin/env python3
"""Computes reference scores the slow and obvious way, to check splora's factored arithmetic.

Every matrix is formed densely in float64, with numpy only: the LoRA delta s * B A, the alignment delta V = aligned -
base, and V V^T / ||V||_F. Suitable for small models only.

    dense_scores.py --base DIR --aligned DIR --adapter DIR                   prints the scores as JSON
    dense_scores.py --base DIR --aligned DIR --adapter DIR --compare F.json  checks the
        output of `splora score --format json` (`-` reads standard input); exit code 1 on a deviation
"""

import argparse
import json
import math
import re
import struct
import sys
from pathlib import Path

import numpy as np

REFERENCES = ("alignment", "safelora", "subspace")
SUBSPACE_ENERGY = 0.9
POPULATIONS = ("type", "all")
SMALLEST_GROUP = 4

RELATIVE_TOLERANCE = 1e-4
ABSOLUTE_FLOOR = 1e-9

PEFT_PREFIX = "base_model.model."
ADAPTER_CONFIG, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
LORA_KEY = re.compile(r"(?P<module>.+)\.lora_(?P<side>[AB])(\.default)?\.weight")
# Prefixes of module names that some model classes have and others lack (models with and without a head).
NAME_HEADS = ("model.", "transformer.", "base_model.")
NUMPY_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


class BadInput(Exception):
    """The input cannot be scored; the message names the file or module and the reason."""


# ---- reading -------------------------------------------------------------------------------------


class SafetensorsFile:
    """A safetensors file: its header; tensors are read on demand, as float64."""

    def __init__(self, path):
        self.path = Path(path)
        with open(self.path, "rb") as f:
            (length,) = struct.unpack("<Q", f.read(8))
            self.header = json.loads(f.read(length))
        self.header.pop("__metadata__", None)
        self.data_start = 8 + length

    def names(self):
        return list(self.header)

    def raw(self, name):
        """Returns a tensor as it is stored: (dtype, shape, bytes)."""
        entry = self.header[name]
        begin, end = entry["data_offsets"]
        with open(self.path, "rb") as f:
            f.seek(self.data_start + begin)
            return entry["dtype"], entry["shape"], f.read(end - begin)

    def tensor(self, name):
        dtype, shape, raw = self.raw(name)
        return decode(raw, dtype, f"{self.path}: {name}").reshape(shape)


def decode(raw, dtype, where):
    """Converts little-endian bytes to float64. BF16 is the upper half of a float32."""
    if dtype == "BF16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4").astype(np.float64)
    if dtype not in NUMPY_DTYPES:
        raise BadInput(f"{where} has dtype {dtype}, which dense_scores cannot read")
    return np.frombuffer(raw, NUMPY_DTYPES[dtype]).astype(np.float64)


class Checkpoint:
    """A model folder: one safetensors file, or shards and an index."""

    def __init__(self, folder):
        self.folder = Path(folder)
        single, index = self.folder / "model.safetensors", self.folder / "model.safetensors.index.json"
        if single.is_file():
            files = [single]
        elif index.is_file():
            weight_map = json.loads(index.read_text())["weight_map"]
            files = [self.folder / shard for shard in sorted(set(weight_map.values()))]
        else:
            raise BadInput(f"{self.folder} contains neither {single.name} nor {index.name}")
        self.home = {name: f for f in map(SafetensorsFile, files) for name in f.names()}

    def weight(self, module):
        """Returns the weight of a module, found by its name, with or without a prefix."""
        for name in self.candidates(module):
            if name in self.home:
                return self.home[name].tensor(name)
        raise BadInput(f"{self.folder} has no weight for module {module}")

    @staticmethod
    def candidates(module):
        yield f"{module}.weight"
        for head in NAME_HEADS:
            yield f"{head}{module}.weight"
            if module.startswith(head):
                yield f"{module.removeprefix(head)}.weight"


def natural_key(name):
    """The order in which splora lists modules: by block number, modules outside blocks last, then by name."""
    block = re.search(r"(?:^|\.)(\d+)\.", name)
    return (int(block.group(1)) if block else float("inf"), name)


def read_adapter(folder):
    """Returns the adapter's config and its factors, {module: {"A": [r, in], "B": [out, r]}} in natural order."""
    folder = Path(folder)
    config = json.loads((folder / ADAPTER_CONFIG).read_text())
    if config.get("peft_type") != "LORA" or config.get("use_dora"):
        raise BadInput(f"{folder} is not a plain LoRA adapter")
    weights = SafetensorsFile(folder / ADAPTER_WEIGHTS)
    factors = {}
    for key in weights.names():
        match = LORA_KEY.fullmatch(key)
        if match:
            module = match["module"].removeprefix(PEFT_PREFIX)
            factors.setdefault(module, {})[match["side"]] = weights.tensor(key)
    for module, sides in factors.items():
        if set(sides) != {"A", "B"} or any(side.ndim != 2 for side in sides.values()):
            raise BadInput(f"{folder}: module {module} is not a pair of matrices lora_A and lora_B")
    return config, dict(sorted(factors.items(), key=lambda item: natural_key(item[0])))


def pattern_value(patterns, module, default):
    """Applies PEFT's rule: the first pattern that matches, as a regex, the module name or its tail after a dot."""
    for pattern, value in (patterns or {}).items():
        if re.match(rf"(.*\.)?({pattern})$", module):
            return value
    return default


def scaling_of(config, module):
    """Returns alpha / r, or alpha / sqrt(r) with rsLoRA, from the config alone as PEFT does."""
    rank = pattern_value(config.get("rank_pattern"), module, config["r"])
    alpha = pattern_value(config.get("alpha_pattern"), module, config["lora_alpha"])
    return alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)


# ---- scores --------------------------------------------------------------------------------------


def cosine(x, y):
    return float(np.sum(x * y) / (np.linalg.norm(x) * np.linalg.norm(y)))


def compare_with_alignment(delta, v):
    """Compares the two unit directions; the reference is V itself."""
    distance = np.linalg.norm(delta / np.linalg.norm(delta) - v / np.linalg.norm(v))
    return {"distance": float(distance), "cosine": cosine(delta, v), "referenceNorm": float(np.linalg.norm(v))}


def compare_with_safelora(delta, v):
    """
    Compares with C delta, where SafeLoRA's C = V V^T / ||V||_F is not a projection. In a stack of matrices each has its
    own C, and squares are summed over the stack.
    """
    norm = np.linalg.norm(v, axis=(-2, -1), keepdims=True)
    c = v @ np.swapaxes(v, -2, -1) / np.where(norm > 0, norm, 1)
    mapped = c @ delta
    return {
        "distance": float(np.linalg.norm(mapped - delta)),
        "cosine": cosine(mapped, delta),
        "referenceNorm": float(np.linalg.norm(mapped)),
    }


def compare_with_subspace(delta, v):
    """
    Compares with the delta's orthogonal projection onto the fewest left singular vectors of V that hold 90 % of
    ||V||^2; in a stack, each matrix has its own.
    """
    projected = np.zeros_like(delta)
    for index in np.ndindex(v.shape[:-2]):
        left, values, _ = np.linalg.svd(v[index], full_matrices=False)
        held = np.cumsum(values**2)
        count = int(np.searchsorted(held, SUBSPACE_ENERGY * held[-1] * (1 - 1e-12))) + 1 if held[-1] > 0 else 0
        projected[index] = left[:, :count] @ (left[:, :count].T @ delta[index])
    return {
        "distance": float(np.linalg.norm(projected - delta)),
        "cosine": cosine(projected, delta),
        "referenceNorm": float(np.linalg.norm(projected)),
    }


COMPARISONS = {
    "alignment": compare_with_alignment,
    "safelora": compare_with_safelora,
    "subspace": compare_with_subspace,
}


def measure(module, factors, config, base, aligned, references):
    """Returns one module's properties and distances, which do not depend on a population."""
    a, b = factors["A"], factors["B"]
    scaling = scaling_of(config, module)
    v = aligned.weight(module) - base.weight(module)
    if config.get("fan_in_fan_out"):
        v = v.T  # Conv1D stores (in, out); LoRA factors never do
    return measure_delta(module, a.shape[0], scaling, scaling * (b @ a), v, references)


def measure_delta(module, rank, scaling, delta, v, references=REFERENCES):
    """
    Returns the properties and distances of a delta [out, in], or of a stack [experts, out, in] that counts as one
    module: its norms and inner products are sums over the stack.
    """
    if v.shape != delta.shape:
        raise BadInput(f"module {module}: {list(v.shape)} in the model, {list(delta.shape)} in the adapter")
    row = {
        "name": module,
        "type": module.rpartition(".")[2],
        "shape": list(delta.shape),
        "rank": rank,
        "scaling": scaling,
        "deltaNorm": float(np.linalg.norm(delta)),
        "alignmentNorm": float(np.linalg.norm(v)),
    }
    row["reason"] = unscorable(row)
    for reference in references:
        row[reference] = {"distance": None, "cosine": None, "referenceNorm": None}
        if row["reason"] is None:
            row[reference] = COMPARISONS[reference](delta, v)
    return row


def unscorable(row):
    if row["deltaNorm"] == 0:
        return "the LoRA delta is zero"
    if row["alignmentNorm"] == 0:
        return "alignment left this module untouched"
    return None


def center_and_spread(distances):
    """Returns mean and interquartile range; numpy's default quantile interpolates linearly (R type 7)."""
    low, high = np.quantile(distances, [0.25, 0.75])
    return float(np.mean(distances)), float(high - low)


def judge(rows, reference, population):
    """Adds score, expectedDistance and spread for one reference and population to every row."""
    everything = [r[reference]["distance"] for r in rows if r["reason"] is None]
    for row in rows:
        result = row[reference][population] = {"score": None, "expectedDistance": None, "spread": None}
        if row["reason"] is not None:
            continue
        peers = [
            r[reference]["distance"]
            for r in rows
            if r["reason"] is None and (population == "all" or (r["type"], r["shape"]) == (row["type"], row["shape"]))
        ]
        center, spread = center_and_spread(peers)
        if len(peers) < SMALLEST_GROUP or spread == 0:
            center, spread = center_and_spread(everything)
        if spread > 0:
            score = (row[reference]["distance"] - center) / spread
            result.update(score=score, expectedDistance=center, spread=spread)


def dense_scores(base, aligned, adapter, references=REFERENCES):
    """Returns every module of the adapter with its scores for each of the references and each population."""
    config, factors = read_adapter(adapter)
    base, aligned = Checkpoint(base), Checkpoint(aligned)
    rows = [measure(module, sides, config, base, aligned, references) for module, sides in factors.items()]
    if not rows:
        raise BadInput(f"{adapter} contains no LoRA module")
    if all(row["alignmentNorm"] == 0 for row in rows):
        raise BadInput("base and aligned are identical in every module of the adapter")
    return judge_all(rows)


def judge_all(rows):
    """Adds the scores for each population to measured modules, for the references that they were compared with."""
    for reference in [reference for reference in REFERENCES if rows and reference in rows[0]]:
        for population in POPULATIONS:
            judge(rows, reference, population)
    return rows


# ---- comparing with splora's own document --------------------------------------------------------


def parameter(document, name, default):
    """Finds a scoring parameter anywhere below "parameters", or at the top of the document."""
    places = [document.get("parameters") or {}, document]
    while places:
        place = places.pop(0)
        value = place.get(name)
        if isinstance(value, dict):
            value = value.get("name") or value.get("kind")
        if isinstance(value, str):
            return value.lower().replace("_", "-")
        if place is not document:
            places += [inner for inner in place.values() if isinstance(inner, dict)]
    return default


def expected_fields(row, metric, reference, population):
    """Returns the expected fields of one module of the document, as far as they are known here."""
    fields = {key: row[key] for key in ("shape", "rank", "scaling", "deltaNorm", "alignmentNorm")}
    if reference in REFERENCES:
        compared = row[reference]
        fields.update({key: compared[key] for key in ("distance", "cosine", "referenceNorm")})
        if metric == "e-diem" and population in POPULATIONS:
            fields.update(compared[population])
        elif metric == "cosine":
            fields["score"] = None if compared["cosine"] is None else -compared["cosine"]
    if metric == "frobenius":
        fields["score"] = row["deltaNorm"] if row["reason"] is None else None
    return fields


def deviation(expected, actual, unit=0.0):
    """Returns the deviation of two numbers beyond the absolute floor, relative to the expected one (or to `unit` if
    larger).

    0 if they are equal, infinity if one of them is not a number.
    """
    if expected == actual:
        return 0.0
    if any(isinstance(x, bool) or not isinstance(x, (int, float)) for x in (expected, actual)):
        return math.inf
    beyond = max(0.0, abs(expected - actual) - ABSOLUTE_FLOOR)
    scale = max(abs(expected), unit)
    return beyond / scale if scale else (math.inf if beyond else 0.0)


def compare(rows, document):
    """Returns (deviations beyond the tolerance, the worst deviation of all, number of compared values)."""
    metric = parameter(document, "metric", "e-diem")
    reference = parameter(document, "reference", "alignment")
    population = parameter(document, "population", "type")
    actual = {module["name"]: module for module in document["modules"]}
    wanted = [row["name"] for row in rows]
    failures = [f"module {name} is missing" for name in wanted if name not in actual]
    failures += [f"module {name} was not expected" for name in actual if name not in wanted]
    if [m["name"] for m in document["modules"]] != wanted and not failures:
        failures.append("the modules are not in natural order")
    worst, compared = (0.0, "nothing deviates"), 0
    for row in rows:
        if row["name"] not in actual:
            continue
        for field, expected in expected_fields(row, metric, reference, population).items():
            found = actual[row["name"]].get(field)
            if row["reason"] is not None and field != "score" and expected is None:
                continue  # without a score, the other figures are optional
            # An E-DIEM counts spreads from the expected distance: near zero it is the difference of two large numbers.
            unit = 1.0 if field == "score" and metric == "e-diem" else 0.0
            size, compared = deviation(expected, found, unit), compared + 1
            text = f"{row['name']} {field}: expected {expected}, found {found} (deviation {size:.2e})"
            worst = max(worst, (size, text), key=lambda deviated: deviated[0])
            if size > RELATIVE_TOLERANCE:
                failures.append(text)
    return failures, worst, compared


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--aligned", required=True)
    parser.add_argument("--adapter", required=True)
    parser.add_argument("--compare", metavar="JSON", help="output of `splora score --format json`, or -")
    options = parser.parse_args()
    try:
        rows = dense_scores(options.base, options.aligned, options.adapter)
    except (BadInput, OSError) as problem:
        sys.exit(f"dense_scores: {problem}")
    if options.compare is None:
        print(json.dumps({"modules": rows}, indent=1))
        return
    text = sys.stdin.read() if options.compare == "-" else Path(options.compare).read_text()
    failures, worst, compared = compare(rows, json.loads(text))
    for failure in failures:
        print(failure)
    print(f"{compared} values of {len(rows)} modules compared, {len(failures)} failed; worst: {worst[1]}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
