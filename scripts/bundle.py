#!/usr/bin/env python3
"""Builds a bundle: splora with a Java runtime of its own, which runs where no Java is installed.

    scripts/bundle.py [--jdk DIR] [--output DIR] [--no-cache]

Needs JDK 25 or newer (--jdk, or else JAVA_HOME) of the bundle's platform. Writes to target/bundle, or to --output:

    splora-VERSION-PLATFORM.tar.gz (.zip for Windows)            the bundle
    splora-VERSION-PLATFORM/                                     the same, unpacked
    splora-pytorch-VERSION-PLATFORM.tar.gz (.zip for Windows)    DJL's jars, the optional part that computes on GPUs
    *.sha256                                                     each archive's SHA-256, for scripts/install.sh

The bundle holds a runtime of the modules that splora needs, the jars without DJL and PyTorch, and a start-up cache (JDK
25's AOT cache) from a training run over the usual commands. Two builds of the same files give the same archive, except
for that cache: --no-cache leaves it out.
"""

import argparse
import gzip
import hashlib
import os
import platform
import random
import re
import shutil
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
LEAST_JAVA = 25

# Jackson's and pickle's uses of java.sql and java.desktop are optional; java.logging is for EJML and Java's own caches.
VECTORS = "jdk.incubator.vector"
MODULES = f"java.base,java.logging,java.xml,java.management,jdk.management,{VECTORS}"

# Flags of the attribute ModuleResolution.
DO_NOT_RESOLVE = 1
WARN_INCUBATING = 8

# DJL and what it brings; each of the other jars is part of the bundle.
ENGINE = re.compile(r"(api|pytorch-engine|pytorch-jni|jna|gson|commons-[a-z]+|error_prone_annotations)-[0-9]")
# PyTorch's own library is named in PYTORCH_LIBRARY_PATH or downloaded by 'splora doctor --install-cuda'.
NATIVE = re.compile(r"pytorch-native-")
# Their class files are from before Java 6, which the cache would leave out.
OLD_CLASSES = re.compile(r"picocli-")

TEXTS = ["LICENSE", "NOTICE", "README.md", "SECURITY.md", "THIRD-PARTY.md"]
FOLDERS = ["configs", "docs"]

SYSTEMS = {"linux": "linux", "darwin": "macos", "windows": "windows"}
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def fail(message):
    sys.exit(f"bundle: {message}")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--jdk", type=Path, help="JDK 25 or newer; default: JAVA_HOME")
    options.add_argument("--output", type=Path, default=HERE / "target" / "bundle", help="folder for the archives")
    options.add_argument("--no-cache", action="store_true", help="leave the start-up cache out")
    args = options.parse_args()
    jdk = checked_jdk(args.jdk)
    name = f"splora-{version()}-{platform_name()}"
    jars = built_jars()

    bundle = args.output / name
    shutil.rmtree(bundle, ignore_errors=True)
    bundle.mkdir(parents=True)
    link_runtime(jdk, bundle / "runtime")
    copy_jars(jdk, jars, bundle / "lib")
    copy_texts(bundle)
    set_times(bundle)
    if not args.no_cache:
        train(bundle)
        set_times(bundle)
    archive = pack(bundle, args.output / name)
    engine = pack_engine(jars, args.output / name.replace("splora-", "splora-pytorch-", 1))
    for packed in [archive, engine]:
        write_checksum(packed)
    print_sizes(bundle, archive)
    print(f"{megabytes(engine.stat().st_size)}  {engine.name}")


# ---- what is needed ------------------------------------------------------------------------------------


def checked_jdk(given):
    folder = given or (Path(os.environ["JAVA_HOME"]) if os.environ.get("JAVA_HOME") else None)
    if folder is None:
        fail(f"name a JDK {LEAST_JAVA} or newer with --jdk or JAVA_HOME")
    release = folder / "release"
    found = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(), re.M) if release.is_file() else None
    if found is None:
        fail(f"{folder} is not a JDK: it has no file 'release' with a JAVA_VERSION")
    if int(found[1]) < LEAST_JAVA:
        fail(f"{folder} is JDK {found[1]}; a bundle needs JDK {LEAST_JAVA} or newer (--jdk or JAVA_HOME)")
    if not (folder / "bin" / executable("jlink")).is_file():
        fail(f"{folder} has no jlink: it is a runtime, not a JDK")
    return folder


def executable(name):
    return name + (".exe" if os.name == "nt" else "")


def pom(pattern):
    return re.search(pattern, (HERE / "pom.xml").read_text())[1]


def version():
    return pom(r"<artifactId>splora</artifactId>\s*<version>([^<]+)</version>")


def build_time():
    """The time of all files, in seconds since 1970; an even number, for zip."""
    text = pom(r"<project.build.outputTimestamp>([^<]+)<").replace("Z", "+00:00")
    return int(datetime.fromisoformat(text).timestamp()) // 2 * 2


def platform_name():
    system, machine = platform.system().lower(), platform.machine().lower()
    if system not in SYSTEMS or machine not in MACHINES:
        fail(f"there is no bundle for {system} on {machine}")
    return f"{SYSTEMS[system]}-{MACHINES[machine]}"


def built_jars():
    if os.name == "nt":
        if not (HERE / "target" / "splora.jar").is_file():
            fail("build splora first: mvnw -q -DskipTests package")
    else:
        subprocess.run([HERE / "scripts" / "build.sh"], check=True)
    return [HERE / "target" / "splora.jar", *sorted((HERE / "target" / "lib").glob("*.jar"))]


# ---- its parts -----------------------------------------------------------------------------------------


def link_runtime(jdk, runtime):
    jlink = [jdk / "bin" / executable("jlink"), "--add-modules", MODULES, "--output", runtime]
    smaller = ["--strip-java-debug-attributes", "--no-header-files", "--no-man-pages"]
    linked = subprocess.run([*jlink, *smaller], capture_output=True, text=True)
    if linked.returncode != 0:
        fail(f"jlink failed: {linked.stdout}{linked.stderr}")
    silence(jdk, runtime)
    # Only 'java' is run.
    for program in (runtime / "bin").iterdir():
        if program.is_file() and program.name not in ("java", "java.exe") and program.suffix != ".dll":
            program.unlink()


def silence(jdk, runtime):
    """Clears the flag for which Java prints a warning at every start that the vector module incubates.

    Java reads the flag from the module's description and from a class that jlink generates from it. Each is one byte of
    the file 'modules', which is not compressed.
    """
    modules = runtime / "lib" / "modules"
    content = bytearray(modules.read_bytes())
    with tempfile.TemporaryDirectory() as extracted:
        wanted = f"regex:/({VECTORS}/module-info|java.base/jdk/internal/module/SystemModules.*)[.]class"
        jimage = [jdk / "bin" / executable("jimage"), "extract", "--include", wanted, "--dir", extracted, modules]
        subprocess.run(jimage, check=True)
        for file in sorted(Path(extracted).rglob("*.class")):
            entry = file.read_bytes()
            # The end of the last attribute, or the argument of 'new ModuleResolution(9)': dup, bipush, invokespecial.
            flag = len(entry) - 1 if file.name == "module-info.class" else entry.find(b"\x59\x10\x09\xb7") + 2
            if flag >= 2 and entry[flag] == DO_NOT_RESOLVE | WARN_INCUBATING:
                content[content.index(entry) + flag] = DO_NOT_RESOLVE
    modules.write_bytes(content)
    command = [runtime / "bin" / executable("java"), "--add-modules", VECTORS, "-version"]
    started = subprocess.run(command, capture_output=True, text=True)
    if started.returncode != 0 or "WARNING" in started.stderr:
        fail(f"the runtime does not start without a warning:\n{started.stderr}")


def copy_jars(jdk, jars, lib):
    lib.mkdir()
    names = []
    for jar in jars:
        if ENGINE.match(jar.name) or NATIVE.match(jar.name):
            continue
        if OLD_CLASSES.match(jar.name):
            program = HERE / "scripts" / "bundle" / "ModernClasses.java"
            subprocess.run([jdk / "bin" / executable("java"), program, jar, lib / jar.name], check=True)
        else:
            shutil.copyfile(jar, lib / jar.name)
        names.append(jar.name)
    write_lines(lib / "classpath", names)
    write_lines(lib / "sizes", [f"{(lib / name).stat().st_size} {name}" for name in names])


def write_lines(file, lines):
    file.write_text("".join(f"{line}\n" for line in lines), newline="\n")


def copy_texts(bundle):
    (bundle / "bin").mkdir()
    shutil.copyfile(HERE / "bin" / "splora", bundle / "bin" / "splora")
    (bundle / "bin" / "splora").chmod(0o755)
    if os.name == "nt":
        shutil.copyfile(HERE / "scripts" / "bundle" / "splora.cmd", bundle / "bin" / "splora.cmd")
    for text in TEXTS:
        shutil.copyfile(HERE / text, bundle / text)
    for folder in FOLDERS:
        shutil.copytree(HERE / folder, bundle / folder)


def set_times(bundle):
    """The cache fits only jars of the time that they had when it was made."""
    seconds = build_time()
    for path in [bundle, *bundle.rglob("*")]:
        if not path.is_symlink():
            os.utime(path, (seconds, seconds))


# ---- the start-up cache --------------------------------------------------------------------------------


def train(bundle):
    """Runs the usual commands on a tiny model and on one module of a large one, and lets Java write its cache."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        large = work / "large"
        make_large_model(large)
        commands = work / "commands"
        commands.write_text("".join("\t".join(map(str, line)) + "\n" for line in training_commands(large, work)))
        cache = bundle / "lib" / "splora.aot"
        java_options = f"-XX:AOTCacheOutput={cache} -Dsplora.training={commands} -Dsplora.vectors.from=1000000"
        # At each start, Java compiles what it compiled here. That pays for loops over large weights only.
        java_options += " -XX:CompileThresholdScaling=20"
        trained = subprocess.run(
            [bundle / "bin" / ("splora.cmd" if os.name == "nt" else "splora")],
            env={**os.environ, "JAVA_OPTS": java_options},
            capture_output=True,
            text=True,
        )
        if trained.returncode != 0 or not cache.is_file():
            fail(f"the training run failed:\n{trained.stdout}{trained.stderr}")
        cache.with_name("splora.aot.config").unlink(missing_ok=True)


def training_commands(large, work):
    """Rows of an exit code and a command."""
    tiny = HERE / "testdata" / "tiny-llama"
    models = ["--base", tiny / "base", "--aligned", tiny / "aligned"]
    adapter = ["--adapter", tiny / "adapter"]
    many = ["--base", large / "base", "--aligned", large / "aligned", "--adapter", large / "adapter"]
    yield 0, "--help"
    yield 0, "score", "--help"
    yield 0, "--version"
    yield 0, "inspect", tiny / "adapter"
    for form in ["table", "json", "markdown", "csv"]:
        yield 0, "score", *models, *adapter, "--format", form
    yield 3, "score", *models, *adapter, "--fail-on", "pruned>=0", "-q"
    yield 4, "score", *models, "--adapter", work / "missing"
    for action in ["prune", "repair"]:
        yield 0, action, *models, *adapter, "--output", work / action, "-q"
        yield 0, "verify", work / action, "--aligned", tiny / "aligned"
    # Long enough for Java to see what the loops over large weights do.
    for _ in range(6):
        yield 0, "score", *many, "-q"
    for i in range(2):
        yield 0, "repair", *many, "--output", work / f"large-{i}", "-q"
        yield 0, "prune", *many, "--output", work / f"projected-{i}", "--action", "project", "-q"


def make_large_model(folder):
    """A model of one 4096-wide layer and an adapter of rank 16, with random weights."""
    width, rank = 4096, 16
    source = random.Random(1)
    module = "model.layers.0.self_attn.q_proj"
    for name in ["base", "aligned"]:
        (folder / name).mkdir(parents=True)
        weight = bfloat16(source, width * width)
        write_safetensors(folder / name / "model.safetensors", {f"{module}.weight": ("BF16", [width, width], weight)})
        config = '{"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 1}'
        (folder / name / "config.json").write_text(config)
    (folder / "adapter").mkdir()
    write_safetensors(
        folder / "adapter" / "adapter_model.safetensors",
        {
            f"base_model.model.{module}.lora_A.weight": ("BF16", [rank, width], bfloat16(source, rank * width)),
            f"base_model.model.{module}.lora_B.weight": ("BF16", [width, rank], bfloat16(source, rank * width)),
        },
    )
    (folder / "adapter" / "adapter_config.json").write_text(
        f'{{"peft_type": "LORA", "r": {rank}, "lora_alpha": 32, "target_modules": ["q_proj"]}}'
    )


def bfloat16(source, count):
    """Random numbers between 2^-7 and 2^-5 of both signs."""
    numbers = bytearray(2 * count)
    numbers[0::2] = source.randbytes(count)
    numbers[1::2] = source.randbytes(count).translate(bytes(0x3C | (i & 0x80) for i in range(256)))
    return numbers


def write_safetensors(path, tensors):
    entries, at = [], 0
    for name, (dtype, shape, content) in sorted(tensors.items()):
        end = at + len(content)
        entries.append(f'"{name}": {{"dtype": "{dtype}", "shape": {shape}, "data_offsets": [{at}, {end}]}}')
        at = end
    header = ("{" + ", ".join(entries) + "}").encode()
    header += b" " * (-len(header) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        for name in sorted(tensors):
            file.write(tensors[name][2])


# ---- archives ------------------------------------------------------------------------------------------


def pack(folder, path):
    files = sorted(path for path in folder.rglob("*") if not path.is_dir())
    return pack_files([(file, f"{folder.name}/{file.relative_to(folder).as_posix()}") for file in files], path)


def pack_engine(jars, path):
    files = [(jar, f"engine/{jar.name}") for jar in jars if ENGINE.match(jar.name)]
    files += [(HERE / text, f"engine/{text}") for text in ["LICENSE", "NOTICE", "THIRD-PARTY.md"]]
    return pack_files(files, path)


def pack_files(files, path):
    """Files in the given order, with the same times, owners and permissions wherever they are packed."""
    if os.name == "nt":
        return pack_zip(files, path.with_name(path.name + ".zip"))
    archive = path.with_name(path.name + ".tar.gz")
    with (
        open(archive, "wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for file, name in files:
            entry = tar.gettarinfo(file, name)
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = build_time()
            entry.mode = 0o755 if entry.mode & stat.S_IXUSR else 0o644
            with open(file, "rb") as content:
                tar.addfile(entry, content if entry.isreg() else None)
    return archive


def pack_zip(files, archive):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file, name in files:
            entry = zipfile.ZipInfo(name, time.gmtime(build_time())[:6])
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive


def write_checksum(archive):
    """In the format of sha256sum, beside the archive."""
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_name(archive.name + ".sha256").write_text(f"{digest}  {archive.name}\n", newline="\n")


def print_sizes(bundle, archive):
    """One line per part: its size on disk and its share of the archive, packed alone."""
    parts = {
        "runtime/lib/server (the virtual machine)": ["runtime/lib/server", "runtime/bin/server"],
        "runtime/lib/modules (Java's classes)": ["runtime/lib/modules"],
        "runtime, the rest": ["runtime"],
        "lib/splora.aot (start-up cache)": ["lib/splora.aot"],
        "lib/splora.jar": ["lib/splora.jar"],
        "lib, the libraries": ["lib"],
        "docs, configs, licenses, launcher": ["."],
    }
    left = {path for path in bundle.rglob("*") if path.is_file()}
    for part, roots in parts.items():
        inside = sorted(path for path in left if any((bundle / root) in [path, *path.parents] for root in roots))
        left -= set(inside)
        packed = sum(len(gzip.compress(path.read_bytes(), 6)) for path in inside)
        print(f"{megabytes(sum(path.stat().st_size for path in inside))} {megabytes(packed)}  {part}")
    total = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())
    print(f"{megabytes(total)} {megabytes(archive.stat().st_size)}  {archive.name}")


def megabytes(count):
    return f"{count / 1e6:7.1f} MB"


if __name__ == "__main__":
    main()
