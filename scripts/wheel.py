#!/usr/bin/env python3
"""Builds the Python wheel around a bundle.

    scripts/wheel.py [BUNDLE] [--output DIR]

BUNDLE is the unpacked folder that scripts/bundle.py made (default: the one in target/bundle). The wheel holds
the package in python/splora, with the bundle as its folder _bundle. The same files give the same wheel.
"""

import argparse
import base64
import hashlib
import time
import zipfile
from pathlib import Path

import bundle

TAGS = {
    "linux-x64": "manylinux_2_28_x86_64",
    "linux-arm64": "manylinux_2_28_aarch64",
    "macos-x64": "macosx_11_0_x86_64",
    "macos-arm64": "macosx_11_0_arm64",
    "windows-x64": "win_amd64",
}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("bundle", type=Path, nargs="?", help="unpacked bundle")
    options.add_argument("--output", type=Path, default=bundle.HERE / "target" / "bundle", help="folder for the wheel")
    args = options.parse_args()
    version = bundle.version()
    folder = args.bundle or bundle.HERE / "target" / "bundle" / f"splora-{version}-{bundle.platform_name()}"
    if not (folder / "lib" / "classpath").is_file():
        bundle.fail(f"{folder} is not an unpacked bundle; scripts/bundle.py makes one")
    platform = folder.resolve().name.removeprefix(f"splora-{version}-")
    if platform not in TAGS:
        bundle.fail(f"{folder} is not named like a bundle of version {version}: splora-{version}-PLATFORM")
    tag = f"py3-none-{TAGS[platform]}"
    wheel = args.output / f"splora-{version}-{tag}.whl"
    write_wheel(wheel, files(folder, version, tag), f"splora-{version}.dist-info/RECORD")
    print(f"{bundle.megabytes(wheel.stat().st_size)}  {wheel.name}")


def files(folder, version, tag):
    """Name in the wheel, content and whether it is a program. The start-up cache is last: installers keep the order."""
    package = bundle.HERE / "python" / "splora"
    for file in sorted(package.iterdir()):
        if file.suffix == ".py" or file.name == "py.typed":
            yield f"splora/{file.name}", file.read_bytes(), False
    cache = folder / "lib" / "splora.aot"
    inside = sorted(path for path in folder.rglob("*") if path.is_file() and path != cache)
    for file in [*inside, *([cache] if cache.is_file() else [])]:
        name = file.relative_to(folder).as_posix()
        # A package's text is its description; a wheel cannot hold the links among the runtime's licenses.
        yield f"splora/_bundle/{name}", file.read_bytes(), bool(file.stat().st_mode & 0o100)
    info = f"splora-{version}.dist-info"
    yield f"{info}/METADATA", metadata(version).encode(), False
    yield f"{info}/WHEEL", wheel_file(tag).encode(), False
    yield f"{info}/entry_points.txt", b"[console_scripts]\nsplora = splora.__main__:main\n", False
    for text in ["LICENSE", "NOTICE", "THIRD-PARTY.md"]:
        yield f"{info}/licenses/{text}", (bundle.HERE / text).read_bytes(), False


def metadata(version):
    description = bundle.pom(r"<description>([^<]+)</description>")
    readme = (bundle.HERE / "python" / "README.md").read_text()
    return f"""Metadata-Version: 2.4
Name: splora
Version: {version}
Summary: {description}
License-Expression: Apache-2.0 AND GPL-2.0-only WITH Classpath-exception-2.0
License-File: LICENSE
License-File: NOTICE
License-File: THIRD-PARTY.md
Keywords: LoRA,PEFT,safety,fine-tuning,alignment
Classifier: Environment :: Console
Classifier: Intended Audience :: Developers
Classifier: Topic :: Scientific/Engineering :: Artificial Intelligence
Classifier: Typing :: Typed
Requires-Python: >=3.11
Provides-Extra: progress
Requires-Dist: tqdm; extra == "progress"
Description-Content-Type: text/markdown

{readme}"""


def wheel_file(tag):
    return f"Wheel-Version: 1.0\nGenerator: splora wheel.py\nRoot-Is-Purelib: false\nTag: {tag}\n"


def write_wheel(wheel, contents, record_name):
    record = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:

        def add(name, content, is_program):
            entry = zipfile.ZipInfo(name, time.gmtime(bundle.build_time())[:6])
            entry.external_attr = (0o100755 if is_program else 0o100644) << 16
            entry.create_system = 3  # Unix: installers look at the permissions.
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)

        for name, content, is_program in contents:
            add(name, content, is_program)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(content)}\n")
        add(record_name, ("".join(record) + f"{record_name},,\n").encode(), False)


if __name__ == "__main__":
    main()
