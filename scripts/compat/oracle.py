"""The expected scores of a case, computed densely in float64 from PEFT's own layers.

A module's delta is the weight with which PEFT computes, minus the aligned weight; V is the aligned minus the base
weight; both as [out, in]. A parameter of a mixture of experts is a stack [experts, out, in].
"""

import numpy as np
import torch
from peft.tuners.lora import LoraLayer
from peft.tuners.lora.layer import Embedding, ParamWrapper, _ConvNd
from transformers.pytorch_utils import Conv1D

from checking import require
from dense_scores import PEFT_PREFIX, judge_all, measure_delta, natural_key

ADAPTER = "default"
# The references that the cases are scored against: the default. Others would cost a decomposition of every weight.
SCORED = ("alignment",)
# How closely PEFT's float32 initialization must follow the float64 one that replaces it here.
INITIALIZATION_TOLERANCE = 1e-3


def unit_name(name, layer):
    """splora's name for what a layer changes: the module, or the module and the parameter."""
    name = name.removeprefix(PEFT_PREFIX)
    if isinstance(layer, ParamWrapper):
        return f"{name.replace('.base_layer', '')}.{layer.parameter_name}"
    return name


def lora_layers(model):
    """{unit: layer} of a model with an adapter."""
    return {unit_name(name, module): module for name, module in model.named_modules() if isinstance(module, LoraLayer)}


def dense(tensor):
    return tensor.detach().double().numpy()


def as_matrix(weight, layer):
    """Returns a stored weight as [out, in], or as a stack [experts, out, in]."""
    if isinstance(layer, ParamWrapper):
        return weight if layer._did_swap_in_out_features else weight.swapaxes(-1, -2)
    if isinstance(layer, Embedding) or isinstance(layer.get_base_layer(), Conv1D):
        return weight.T
    return weight.reshape(len(weight), -1) if isinstance(layer, _ConvNd) else weight


def parameter_of(model, unit, layer):
    """Returns the weight of a unit in a model without an adapter."""
    if isinstance(layer, ParamWrapper):
        return model.get_parameter(unit)
    return model.get_submodule(unit).weight


def initial_part(init, aligned, layer):
    """Returns what an initialization subtracts from the base weight on loading, [out, in] in float64, or None."""
    rank, scaling = layer.r[ADAPTER], layer.scaling[ADAPTER]
    if init == "pissa":
        left, values, right = np.linalg.svd(aligned, full_matrices=False)
        return left[:, :rank] * values[:rank] @ right[:rank]
    if init == "olora":
        q, r = np.linalg.qr(aligned)
        return scaling * q[:, :rank] @ r[:rank]
    return None


def effective(layer, aligned, init):
    """Returns the weight [out, in] with which a layer of a float64 model computes."""
    if isinstance(layer, ParamWrapper):
        return aligned + as_matrix(dense(layer.get_delta_weight(ADAPTER)), layer)
    base = layer.get_base_layer()
    found = as_matrix(dense(base.weight), layer)
    taken = initial_part(init, aligned, layer) if not np.array_equal(found, aligned) else None
    if taken is not None:
        # PEFT works in float32 here: remove its rounding, after checking that the difference is no more than that.
        off = np.linalg.norm(aligned - found - taken) / np.linalg.norm(taken)
        require(off < INITIALIZATION_TOLERANCE, f"PEFT's {init} differs from its definition by {off:.1e}")
        stored = torch.from_numpy(np.ascontiguousarray(aligned - taken))
        base.weight.data = stored.T.contiguous() if isinstance(base, Conv1D) else stored
    if ADAPTER not in layer.lora_variant:
        return as_matrix(dense(base.weight) + dense(layer.get_delta_weight(ADAPTER)), layer)
    layer.merge(safe_merge=True)
    return as_matrix(dense(base.weight), layer)


def oracle_rows(wrapped, base, aligned):
    """Returns the scores expected for every unit, from a loaded adapter (which gets merged) and the two models."""
    init = wrapped.peft_config[ADAPTER].init_lora_weights
    wrapped.double()
    rows = []
    for unit, layer in sorted(lora_layers(wrapped).items(), key=lambda item: natural_key(item[0])):
        w_aligned = as_matrix(dense(parameter_of(aligned, unit, layer)), layer)
        v = w_aligned - as_matrix(dense(parameter_of(base, unit, layer)), layer)
        delta = effective(layer, w_aligned, init) - w_aligned
        rows.append(measure_delta(unit, layer.r[ADAPTER], layer.scaling[ADAPTER], delta, v, SCORED))
    return judge_all(rows)
