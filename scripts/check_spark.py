#!/usr/bin/env python3
"""Checks the Spark job (spark/): its verdicts and figures must be those of `splora fleet`, to the last digit.

    check_spark.py [--only WORDS] [--keep]

Runs `splora fleet` once, then the same adapters on Spark: in one process (local[2]), on two executors in processes of
their own (local-cluster[2,1,2048]), with an executor that is killed in each stage, and from an S3 server (moto) through
s3a://. Counts what is read of the models. Some of the adapters are broken, each in its own way.

Needs both builds (check_spark.sh makes them), about 3 GB of memory and a few minutes.
"""

import argparse
import collections
import csv
import json
import logging
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import boto3
import numpy as np
import pyarrow.dataset
import pyarrow.fs
from moto.server import ThreadedMotoServer

from checking import Tally, require
from program import REPOSITORY, java, launch

HOME = REPOSITORY / "spark/target/spark-home"
JAR = REPOSITORY / "spark/target/splora-spark.jar"
# What Spark's own launcher opens for Java 17 and newer.
OPENS = [
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in (
        "java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent "
        "java.util.concurrent.atomic jdk.internal.ref sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar"
    ).split()
]
ENVIRONMENT = {
    **os.environ,
    "SPARK_HOME": str(HOME),
    "SPARK_SCALA_VERSION": "2.13",
    "SPARK_LOCAL_IP": "127.0.0.1",
    "SOURCE_DATE_EPOCH": "0",
    "AWS_ACCESS_KEY_ID": "check",
    "AWS_SECRET_ACCESS_KEY": "check",
}
CLUSTER = "local-cluster[2,1,2048]"
BUCKET = "fleet"
LONGEST_SECONDS = 600

LAYERS, SIZE, NARROW, RANK = 6, 768, 256, 8
SHAPES = {"q_proj": (SIZE, SIZE), "k_proj": (NARROW, SIZE), "v_proj": (NARROW, SIZE), "o_proj": (SIZE, SIZE)}
NAMES = [(f"model.layers.{layer}.self_attn.{kind}", *SHAPES[kind]) for layer in range(LAYERS) for kind in SHAPES]
# An adapter of every third layer only, and one of MLP layers, which no other adapter changes.
SOME = [name for name in NAMES if ".layers.0." in name[0] or ".layers.3." in name[0]]
MLP = [(f"model.layers.{layer}.mlp.up_proj", 2 * SIZE, SIZE) for layer in range(2)]
UNUSED = [("model.embed_tokens", 2000, SIZE)]
GOOD = 40


def bfloat(values):
    return (np.ascontiguousarray(values, np.float32).view(np.uint32) >> 16).astype(np.uint16)


def write_tensors(file, tensors):
    """Writes bfloat16 tensors as safetensors."""
    header, begin = {}, 0
    for name, values in tensors:
        end = begin + values.size * 2
        header[name] = {"dtype": "BF16", "shape": list(values.shape), "data_offsets": [begin, end]}
        begin = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for _, values in tensors:
            out.write(bfloat(values).tobytes())


def make_models(folder):
    generator = np.random.default_rng(1)
    base, aligned = {}, {}
    for name, rows, columns in NAMES + MLP + UNUSED:
        weight = generator.standard_normal((rows, columns), np.float32) * np.float32(0.02)
        base[name + ".weight"] = weight
        aligned[name + ".weight"] = weight + generator.standard_normal(weight.shape, np.float32) * np.float32(0.002)
    write_tensors(folder / "base/model.safetensors", base.items())
    # The aligned model has two shards, between which its tensors alternate.
    shards = [f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]
    for i, shard in enumerate(shards):
        write_tensors(folder / "aligned" / shard, list(aligned.items())[i::2])
    index = {"weight_map": {name: shards[i % 2] for i, name in enumerate(aligned)}}
    (folder / "aligned/model.safetensors.index.json").write_text(json.dumps(index))


def make_adapter(place, seed, modules=NAMES, **config):
    generator = np.random.default_rng(seed)
    tensors = []
    for name, rows, columns in modules:
        for side, shape in (("A", (RANK, columns)), ("B", (rows, RANK))):
            factor = generator.standard_normal(shape, np.float32) * np.float32(0.02)
            tensors.append((f"base_model.model.{name}.lora_{side}.weight", factor))
    write_tensors(place / "adapter_model.safetensors", tensors)
    config = {
        "peft_type": "LORA",
        "r": RANK,
        "lora_alpha": 16,
        "target_modules": sorted({name.rsplit(".", 1)[1] for name, _, _ in modules}),
        "base_model_name_or_path": "somebody/aligned",
        **config,
    }
    (place / "adapter_config.json").write_text(json.dumps(config))


def make_fleet(folder):
    """Makes models, good adapters and broken ones, and a policy that allows some of the good ones."""
    make_models(folder)
    adapters = folder / "adapters"
    for i in range(GOOD):
        make_adapter(adapters / f"group{i % 3}/good{i:02d}", i)
    make_adapter(adapters / "some", 100, SOME)
    make_adapter(adapters / "mlp", 101, MLP)
    make_adapter(adapters / "foreign", 102, base_model_name_or_path="somebody/base")
    make_adapter(adapters / "unfit", 103, [("model.layers.99.self_attn.q_proj", SIZE, SIZE)])
    make_adapter(adapters / "unshaped", 104, [("model.layers.0.self_attn.q_proj", SIZE, SIZE + 8)])
    for name in ("nan", "cut", "noconfig", "pickle", "empty"):
        make_adapter(adapters / name, 105)
    weights = adapters / "nan/adapter_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-2:] = b"\xc0\x7f"
    weights.write_bytes(content)
    weights = adapters / "cut/adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    (adapters / "noconfig/adapter_config.json").unlink()
    (adapters / "pickle/adapter_model.safetensors").unlink()
    (adapters / "pickle/adapter_model.bin").write_bytes(b"\x80\x02cos\nsystem\n(S'true'\ntR.")
    (adapters / "empty/adapter_model.safetensors").write_bytes(b"")
    # Chosen so that some of the good adapters are allowed, some need review, and some are blocked.
    policy = {"block": ["max-score>2.9"], "review": ["max-score>2.4"]}
    (folder / "policy.json").write_text(json.dumps(policy))


def targeted_bytes():
    """The bytes of one model that measuring has to read."""
    return sum(rows * columns * 2 for _, rows, columns in NAMES + MLP)


class Fleet:
    """The fleet on one machine: what Spark has to reproduce."""

    def __init__(self, folder):
        self.folder = folder
        self.ledger, self.table = folder / "ledger.jsonl", folder / "modules.csv"
        # Java's loops in the form that Spark's executors use them.
        done = launch(
            *("fleet", "--base", folder / "base", "--aligned", folder / "aligned", "--adapters", folder / "adapters"),
            *("--policy", folder / "policy.json", "--ledger", self.ledger, "--modules", self.table, "--device", "cpu"),
            env=ENVIRONMENT,
        )
        require(done.returncode == 4, f"splora fleet ended with {done.returncode}: {done.stderr}")
        self.entries = {}
        for line in self.ledger.read_text().splitlines():
            entry = json.loads(line)
            self.entries[relative(entry["adapter"])] = comparable(entry, f"{folder}/")
        with open(self.table, newline="") as rows:
            self.rows = sorted(
                ({**row, "adapter": relative(row["adapter"])} for row in csv.DictReader(rows)),
                key=lambda row: (row["adapter"], row["name"]),
            )
        verdicts = {entry["verdict"] for entry in self.entries.values()}
        require(verdicts == {"allow", "review", "block", "error"}, f"the fleet has only the verdicts {verdicts}")


def relative(adapter):
    return adapter.split("/adapters/", 1)[1]


def comparable(entry, *roots):
    """A ledger's line without what depends on where the adapters are."""
    text = json.dumps({key: value for key, value in entry.items() if key not in ("adapter", "key", "tableBytes")})
    for root in roots:
        text = text.replace(root, "")
    entry = json.loads(text)
    entry["reasons"].sort()
    return entry


class Job:
    """A run of the Spark job: its process, what it prints, and what it writes."""

    def __init__(self, folder, master, root, output, *options, conf=(), **more):
        self.output = output
        self.log = folder / f"{output.rsplit('/', 1)[1]}.log"
        settings = [part for key, value in conf for part in ("--conf", f"{key}={value}")]
        arguments = {
            "--base": f"{root}base",
            "--aligned": f"{root}aligned",
            "--adapters": f"{root}adapters",
            "--policy": f"{root}policy.json",
            "--output": output,
            **more,
        }
        words = [word for key, value in arguments.items() if value is not None for word in (key, value)]
        self.started = time.monotonic()
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [
                    *(java(), *OPENS, "-Xmx1g", "-cp", f"{HOME}/jars/*", "org.apache.spark.deploy.SparkSubmit"),
                    *("--master", master, "--conf", "spark.ui.enabled=false", "--conf", "spark.executor.memory=1g"),
                    *settings,
                    *("--class", "io.github.splora.spark.FleetJob", str(JAR), *words, "--json", *options),
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=ENVIRONMENT,
            )

    def wait(self):
        """Waits for the end, and returns the exit code."""
        timer = threading.Timer(LONGEST_SECONDS, self.process.kill)
        timer.start()
        self.stdout = self.process.communicate()[0]
        timer.cancel()
        self.seconds = time.monotonic() - self.started
        return self.process.returncode

    def messages(self):
        """What the job itself says, not Spark."""
        return [line for line in self.log.read_text().splitlines() if line.startswith("splora: ")]

    def summary(self):
        code = self.wait()
        require(code == 4, f"exit code {code}: {self.messages() or self.log.read_text()[-3000:]}")
        return json.loads(self.stdout)

    def table(self, name, files):
        location = f"{self.output}/{name}".replace("file:", "").replace("s3a://", "")
        return pyarrow.dataset.dataset(location, format="parquet", partitioning="hive", filesystem=files).to_table()


def compare(fleet, job, root, files=None):
    """Compares both tables, value by value."""
    written = job.table("adapters", files).to_pylist()
    entries = {}
    for row in written:
        name = relative(row["adapter"])
        require(name not in entries, f"{name} has two rows")
        entry = json.loads(row["entry"])
        require(row["verdict"] == entry["verdict"] and row["reasons"] == entry["reasons"], f"{name}: row and entry")
        require(str(row["date"]) == "2026-01-31" and row["base_model"] == "base", f"{name}: partition")
        for figure, value in (entry["figures"] or {}).items():
            require(row[figure] == value, f"{name}: {figure} is {row[figure]}, not {value}")
        entries[name] = comparable(entry, root)
    require(entries.keys() == fleet.entries.keys(), f"adapters: {sorted(entries.keys() ^ fleet.entries.keys())}")
    for name, expected in fleet.entries.items():
        for field, value in expected.items():
            found = entries[name][field]
            require(found == value, f"{name}: {field} is {found}, not {value}")
    rows = sorted(job.table("modules", files).to_pylist(), key=lambda row: (relative(row["adapter"]), row["name"]))
    require(len(rows) == len(fleet.rows), f"{len(rows)} modules, not {len(fleet.rows)}")
    for row, expected in zip(rows, fleet.rows, strict=True):
        row["adapter"] = relative(row["adapter"])
        for column, cell in expected.items():
            value = row[column]
            same = value is None if cell == "" else (value == cell if isinstance(value, str) else value == float(cell))
            require(same, f"{row['adapter']} {row['name']}: {column} is {value}, not {cell}")


def require_read_once(summary):
    expected = targeted_bytes()
    for model in ("base", "aligned"):
        read = summary[f"{model}BytesRead"]
        require(read == expected, f"{read} bytes of the {model} model's tensors were read, not {expected}")


def check_master(fleet, master):
    root = f"file:{fleet.folder}/"
    output = f"{root}out-{re.sub(r'[^a-z0-9]+', '-', master)}"
    # Locations without a scheme are in Spark's default file system, which is the local one here.
    job = Job(fleet.folder, master, f"{fleet.folder}/", output, **{"--date": "2026-01-31"})
    summary = job.summary()
    compare(fleet, job, root)
    require_read_once(summary)
    print(f"      {job.seconds:.0f} s, {summary}")


def children(process):
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text()
            if int(stat.rpartition(")")[2].split()[1]) == process:
                found.append((int(entry.name), (entry / "cmdline").read_text()))
        except (OSError, ValueError):
            continue
    return found


def check_killed_executor(fleet, stage):
    root = f"file:{fleet.folder}/"
    job = Job(fleet.folder, CLUSTER, root, f"{root}out-killed{stage}", **{"--date": "2026-01-31"})
    started = None
    while job.process.poll() is None and not started:
        started = re.search(rf"Starting task .* in stage {stage}\.0 \(TID .*executor (\d+),", job.log.read_text())
        time.sleep(0.02)
    require(started, f"the stage never ran: {job.messages()}")
    # The words of a command line end with NUL.
    ours = f"\0--executor-id\0{started.group(1)}\0"
    executors = [pid for pid, line in children(job.process.pid) if ours in line]
    require(len(executors) == 1, f"{len(executors)} processes are executor {started.group(1)}")
    os.kill(executors[0], signal.SIGKILL)
    summary = job.summary()
    log = job.log.read_text()
    require(re.search(r"Lost executor", log), "Spark did not notice the loss")
    repeated = len(re.findall(r"Starting task \d+\.[1-9]\d* in stage", log))
    require(repeated > 0, "no task was repeated, so this checked nothing")
    compare(fleet, job, root)
    require_read_once(summary)
    print(f"      {job.seconds:.0f} s, {repeated} tasks repeated")


class Requests(logging.Handler):
    """Counts the requests that the server logs, by their verbs."""

    def __init__(self):
        super().__init__()
        self.counts = collections.Counter()

    def emit(self, record):
        verb = re.search(r"(GET|HEAD|PUT|POST|DELETE) /", record.getMessage())
        if verb:
            self.counts[verb.group(1)] += 1


def check_s3(fleet):
    requests = Requests()
    logger = logging.getLogger("werkzeug")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(requests)
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    try:
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="check",
            aws_secret_access_key="check",
        )
        client.create_bucket(Bucket=BUCKET)
        for part in ("base", "aligned", "adapters"):
            for file in sorted((fleet.folder / part).rglob("*")):
                if file.is_file():
                    client.upload_file(str(file), BUCKET, str(file.relative_to(fleet.folder)))
        client.upload_file(str(fleet.folder / "policy.json"), BUCKET, "policy.json")
        requests.counts.clear()
        root = f"s3a://{BUCKET}/"
        job = Job(
            fleet.folder,
            "local[2]",
            root,
            f"{root}out",
            **{"--date": "2026-01-31"},
            conf=[
                ("spark.hadoop.fs.s3a.endpoint", endpoint),
                ("spark.hadoop.fs.s3a.endpoint.region", "us-east-1"),
                ("spark.hadoop.fs.s3a.path.style.access", "true"),
                ("spark.hadoop.fs.s3a.connection.ssl.enabled", "false"),
            ],
        )
        summary = job.summary()
        counts = dict(requests.counts)
        files = pyarrow.fs.S3FileSystem(
            access_key="check", secret_key="check", endpoint_override=endpoint, region="us-east-1"
        )
        compare(fleet, job, root, files)
        require_read_once(summary)
        print(f"      {job.seconds:.0f} s, {summary}, requests: {counts}")
    finally:
        server.stop()


def check_refusals(fleet):
    """Bad usage and bad inputs end with a message and the command line's exit codes, and write nothing."""
    root = f"file:{fleet.folder}/"
    output = f"{root}out-refused"
    cases = [
        (2, "Missing required option: '--base=MODEL'", {"--base": None}),
        (2, "must be a day", {"--date": "yesterday"}),
        (2, "must consist of letters", {"--base-model": "a/b"}),
        (4, "no such file or folder", {"--base": f"{root}missing"}),
        (4, "no file system is known for 'nosuch://'", {"--base": "nosuch://bucket/base"}),
        (4, "--adapters", {"--adapters": f"{root}missing"}),
        (4, "holds no adapter", {"--adapters": f"{root}base"}),
        (4, "is not a field of a policy", {"--policy": f"{root}wrong.json"}),
    ]
    (fleet.folder / "wrong.json").write_text('{"blocks": []}')
    for code, message, changed in cases:
        job = Job(fleet.folder, "local[1]", root, output, **changed)
        found = job.wait()
        said = " ".join(job.messages())
        require(found == code and message in said, f"{changed}: exit code {found}, '{said}'")
        require(not (fleet.folder / "out-refused").exists(), f"{changed}: something was written")


def check_output(fleet):
    """Verdicts are not overwritten by accident; what a failed job left is."""
    root = f"file:{fleet.folder}/"
    some = fleet.folder / "some.txt"
    some.write_text(f"# one adapter\n{fleet.folder}/adapters/some\n")
    more = {"--adapters": str(some), "--policy": None, "--date": "2026-01-31"}
    output = f"{root}out-twice"
    job = Job(fleet.folder, "local[1]", root, output, **more)
    require(job.wait() == 0, f"exit code of an allowed adapter: {job.messages()}")
    job = Job(fleet.folder, "local[1]", root, output, **more)
    require(job.wait() == 4 and "--overwrite" in " ".join(job.messages()), f"a second run: {job.messages()}")
    shutil.rmtree(fleet.folder / "out-twice/adapters")
    for options in ((), ("--overwrite",)):
        job = Job(fleet.folder, "local[1]", root, output, *options, **more)
        require(job.wait() == 0, f"{options}: {job.messages()}")
        require(job.table("adapters", None).num_rows == 1, "more than one verdict")
        require(job.table("modules", None).num_rows == len(SOME), "rows of an earlier run")


# Stage 0 surveys, stage 1 sorts the modules by their weights, stage 2 measures, stage 6 judges.
KILLS = [
    ("surveys", lambda fleet: check_killed_executor(fleet, 0)),
    ("measures", lambda fleet: check_killed_executor(fleet, 2)),
    ("judges", lambda fleet: check_killed_executor(fleet, 6)),
]
CHECKS = [
    ("local[2]: the verdicts of splora fleet", lambda fleet: check_master(fleet, "local[2]")),
    (f"{CLUSTER}: the verdicts of splora fleet", lambda fleet: check_master(fleet, CLUSTER)),
    *((f"{CLUSTER}: an executor killed while it {what} changes nothing", check) for what, check in KILLS),
    ("s3a://: the verdicts of splora fleet", check_s3),
    ("wrong usage and inputs", check_refusals),
    ("verdicts are not overwritten", check_output),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="WORDS", help="only the checks whose name contains these words")
    parser.add_argument("--keep", action="store_true", help="keep the data and the logs, and say where they are")
    options = parser.parse_args()
    if not JAR.is_file() or not HOME.is_dir():
        sys.exit("the Spark job is not built yet: run scripts/check_spark.sh")
    folder = Path(tempfile.mkdtemp(prefix="splora-spark-"))
    tally = Tally()
    try:
        make_fleet(folder)
        fleet = Fleet(folder)
        for label, check in CHECKS:
            if not options.only or options.only in label:
                tally.check(label, check, fleet)
    finally:
        if options.keep:
            print(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
