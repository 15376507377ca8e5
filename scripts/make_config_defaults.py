#!/usr/bin/env python3
"""Writes the resource effects/config-defaults.json: what transformers assumes for fields that a config omits.

A field that one config.json states and another omits changes nothing if the stated value is the default of the model's
class. The file has a line for each type of text model and of model nested in one. It omits defaults of null.

    scripts/in_venv.sh config-defaults make_config_defaults.py           # writes the resource
    scripts/in_venv.sh config-defaults make_config_defaults.py --check   # fails if the resource differs
"""

import argparse
import dataclasses
import json
import pathlib
import sys

from transformers import PreTrainedConfig
from transformers.models.auto import modeling_auto
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

RESOURCE = pathlib.Path(__file__).parent.parent / "src/main/resources/io/github/splora/effects/config-defaults.json"
KINDS = ("CAUSAL_LM", "IMAGE_TEXT_TO_TEXT", "SEQ_TO_SEQ_CAUSAL_LM")
GENERAL = {field.name for field in dataclasses.fields(PreTrainedConfig)} - {"is_encoder_decoder"}


def defaults(config_class):
    """The defaults of a class by field, and the types of the models nested in it."""
    row = {}
    for field in dataclasses.fields(config_class):
        value = field.default
        if field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
        if field.name not in GENERAL and value is not dataclasses.MISSING and value is not None:
            row[field.name] = value
    if config_class.default_theta != PreTrainedConfig.default_theta:
        row["default_theta"] = config_class.default_theta
    if config_class.default_rope_type != PreTrainedConfig.default_rope_type:
        row["default_rope_type"] = config_class.default_rope_type
    if not config_class.sub_configs:
        rotary = config_class().to_dict().get("rope_parameters") or {}
        row |= {name: rotary[name] for name in ("partial_rotary_factor",) if name in rotary}
    nested = {name: part for name, part in config_class.sub_configs.items() if getattr(part, "model_type", "")}
    return row | {name: {"model_type": part.model_type} for name, part in nested.items()}, nested.values()


def rows():
    found = {}
    names = {name for kind in KINDS for name in getattr(modeling_auto, f"MODEL_FOR_{kind}_MAPPING_NAMES")}
    waiting = [CONFIG_MAPPING[name] for name in sorted(names) if name in CONFIG_MAPPING]
    while waiting:
        config_class = waiting.pop()
        if config_class.model_type not in found and dataclasses.is_dataclass(config_class):
            found[config_class.model_type], nested = defaults(config_class)
            waiting.extend(nested)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail if the resource differs from what would be written")
    check = parser.parse_args().check
    lines = [f"{json.dumps(kind)}: {json.dumps(row, sort_keys=True)}" for kind, row in sorted(rows().items())]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    if not check:
        RESOURCE.parent.mkdir(parents=True, exist_ok=True)
        RESOURCE.write_text(text)
    elif RESOURCE.read_text() != text:
        sys.exit(f"{RESOURCE} is not what this script writes: run it without --check")
    print(f"{len(lines)} types of models, {len(text)} bytes")


if __name__ == "__main__":
    main()
