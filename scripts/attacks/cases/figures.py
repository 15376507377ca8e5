"""Numbers that are not finite, or whose squares are not."""

from ..attack import attack


@attack(says="gate failed: max-score")
def an_alpha_whose_square_overflows(world):
    return world.gate(world.adapter(world.honest, {"lora_alpha": 4e154}))


@attack(says="gate failed: max-score|overflow")
def an_alpha_whose_squares_overflow_together(world):
    return world.gate(world.adapter(world.honest, {"lora_alpha": 1e155}))


@attack(says="NaN or infinite")
def scores_that_are_not_a_number(world):
    adapter = world.adapter(world.honest)
    scores = world.folder / "scores.json"
    text = world.score(adapter, "--metric", "cosine", "--format", "json").stdout
    start = text.index('"score": ', text.index('"modules"'))
    scores.write_text(f'{text[:start]}"score": NaN{text[text.index(",", start) :]}')
    options = ("--output", world.folder / "pruned", "--threshold", "9", "--fail-on", "max-score>0.08")
    return world.run("prune", *world.models(), "--adapter", adapter, "--scores", scores, *options)
