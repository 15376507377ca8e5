"""Links and names that lead out of the folders they belong to."""

import os
import shutil

from checking import require

from .harness import run
from .inputs import Inputs


def output_links(harness, place):
    targets = {
        "an input": harness.inputs.adapter,
        "a file of an input": harness.inputs.adapter / "README.md",
        "nothing": place / "nowhere",
    }
    for what, target in targets.items():
        link = place / f"link to {what}"
        link.symlink_to(target)
        code, message = run(*harness.from_scores(link, "--force"))
        require(code == 4, f"{what}: exit code {code}: {message}")
        require(link.is_symlink() and not os.path.lexists(place / "nowhere"), f"{what}: something was written")
    victim = place / "victim"
    victim.mkdir()
    (victim / "precious").write_text("precious")
    output = place / "out"
    output.mkdir()
    for name in ("adapter_model.safetensors", "splora-report.json", "README.md"):
        (output / name).symlink_to(victim / "precious")
    code, message = run(*harness.from_scores(output, "--force"))
    require(code == 0 and harness.state(output) == "whole", message)
    require((victim / "precious").read_text() == "precious", "a link in the output was written through")
    return "links to an input, to a file, to nothing: exit code 4; links in the output: replaced, not followed"


def input_links(harness, place):
    adapter = place / "adapter"
    shutil.copytree(harness.inputs.adapter, adapter)
    secret = place / "secret"
    secret.write_text("secret")
    (adapter / "notes.txt").symlink_to(secret)
    (adapter / "folder").symlink_to(place)
    inputs = Inputs(harness.inputs.base, harness.inputs.aligned, adapter)
    code, message = run(*harness.prune(place / "out", inputs=inputs))
    require(code == 0 and harness.state(place / "out") == "whole", message)
    is_followed = (place / "out" / "notes.txt").exists() or (place / "out" / "folder").exists()
    require(not is_followed, "a link was followed")
    return "links out of the adapter's folder: not carried over, with a warning"


def hub_cache(harness, place):
    """Names and refs that try to leave the cache."""
    repository = place / "models--org--name"
    (repository / "refs").mkdir(parents=True)
    (repository / "snapshots").mkdir()
    outside = place / "outside"
    shutil.copytree(harness.inputs.adapter, outside)
    refs = {
        "main": "../../outside",
        "absolute": str(outside),
        "long": "a" * 10_000,
        "empty": "",
        "no-such": "0" * 40,
    }
    for name, commit in refs.items():
        (repository / "refs" / name).write_text(commit)
    (repository / "refs" / "folder").mkdir()
    tried = [
        "org/name",
        "org/name@absolute",
        "org/name@long",
        "org/name@empty",
        "org/name@no-such",
        "org/name@folder",
        "org/name@../../../outside",
        "org/name@../refs/main",
        "org/..",
        "../outside@main",
        "org/name/../../outside",
    ]
    for name in tried:
        code, message = run("inspect", name, env={**os.environ, "HF_HUB_CACHE": str(place)})
        require(code == 4, f"{name}: exit code {code}: {message}")
    return f"{len(tried)} names and refs that point elsewhere: exit code 4"


FAULTS = [
    ("symbolic links as and in the output", output_links),
    ("symbolic links in the adapter", input_links),
    ("names and refs that leave the hub cache", hub_cache),
]
