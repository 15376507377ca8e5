"""Vision-language models, whose module names in memory differ from those on disk."""

from .. import layouts
from .. import models as m
from ..case import Case
from .kinds import PLAIN

LANGUAGE_ONLY = {**PLAIN, "target_modules": r".*language_model.*\.(q_proj|v_proj)"}
# The text model as newer checkpoints name it.
LLAVA_AS_IN_MEMORY = layouts.renamed(
    ("language_model.lm_head.", "lm_head."),
    ("language_model.model.", "model.language_model."),
    ("vision_tower.", "model.vision_tower."),
    ("multi_modal_projector.", "model.multi_modal_projector."),
)


def vision(name, model, lora, **more):
    return Case("vision-language", name, model, lora, **more)


CASES = [
    vision("Llava, language model by regular expression", m.LLAVA, LANGUAGE_ONLY),
    vision("Llava, base and aligned named differently", m.LLAVA, LANGUAGE_ONLY, base_layout=LLAVA_AS_IN_MEMORY),
    vision("Qwen2-VL, language model", m.QWEN2_VL, {**PLAIN, "target_modules": ["q_proj", "v_proj"]}),
]
