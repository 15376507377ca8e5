"""Evaluations, each made once and kept: FOLDER/evaluations/{whole,half}/ADAPTER.json holds {candidate: answers}."""

import fcntl
import json
import time

import catalog
import chat as chats
import judges
import models
import scene as scenes
import scores


class Kept:
    """The evaluations of one adapter or model on disk."""

    def __init__(self, folder, name, half):
        self.path = folder / "evaluations" / ("half" if half else "whole") / f"{name}.json"
        self.found = self.read()

    def read(self):
        return json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}

    def add(self, candidate, answers):
        """Adds to what is on disk by now: several processes may evaluate candidates of one adapter."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.found = self.read() | {candidate: answers}
            new = self.path.with_suffix(".new")
            new.write_text(json.dumps(self.found), encoding="utf-8")
            new.rename(self.path)


def shown(name, candidate, answers, start, task=None):
    figures = judges.figures(answers, task)
    print(
        f"{name:26s} {candidate:34s}",
        *(f"{key} {value:.3f}" for key, value in figures.items()),
        f"{time.monotonic() - start:.0f} s",
        flush=True,
    )


def of_model(folder, path, name):
    """Evaluates a model without an adapter: the base model or an aligned one."""
    kept = Kept(folder, name, half=False)
    if not kept.found:
        start = time.monotonic()
        answers = judges.evaluate(chats.load(path), chats.Chat(path), None, models.base_answers(folder)["neutral"])
        kept.add("model", answers)
        shown(name, "model", answers, start)
    return kept.found["model"]


def of_adapter(folder, name, wanted, half, time_left):
    """Evaluates the candidates `wanted` ({name: correction}) of an adapter, as long as there is time."""
    kept = Kept(folder, name, half)
    missing = [candidate for candidate in wanted if candidate not in kept.found]
    if not missing:
        return
    adapter = catalog.adapter(name)
    aligned = models.aligned(folder, adapter.aligned)
    trained = models.adapter(folder, name)
    another = models.aligned(folder, catalog.another(adapter.aligned))
    scene = scenes.Scene.of(folder, adapter, another)
    scored = scores.scores(models.base(folder), aligned, trained, folder / "evaluations" / "scores" / f"{name}.json")
    scene.scores = {metric: found["modules"] for metric, found in scored.items()}
    neutral = models.base_answers(folder)["neutral"]
    leaves_none_alone = len(scene.adapted()) == len(scene.modules)
    for candidate in missing:
        if not time_left():
            return
        correction = wanted[candidate]
        if leaves_none_alone and getattr(correction, "elsewhere", 0):
            continue  # nowhere else to restore: the same as without
        if getattr(correction, "score", "random") not in ("random", *scene.scores):
            continue
        start = time.monotonic()
        scene.apply(correction(scene))
        answers = judges.evaluate(scene.model, scene.chat, adapter.task, neutral, every=2 if half else 1)
        kept.add(candidate, answers)
        shown(name, candidate, answers, start, adapter.task)
