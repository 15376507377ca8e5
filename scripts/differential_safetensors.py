#!/usr/bin/env python3
"""Compares splora's safetensors reader with the official library over generated and mutated files.

    differential_safetensors.py [--count N] [--seed S] [--keep DIR]

Half of the files are well-formed in one of the many ways that the format allows (dtypes, shapes, orders, whitespace,
escapes, unknown keys, metadata). The other half are such files with one to three mutations: of the JSON text, its
values or its keys, of the length before it, or of the data after it. Both readers must give the same verdict and, if
they open a file, see the same names, dtypes, shapes, bytes and metadata. docs/reliability.md documents the exceptions;
they are recognized here from the file itself, not from the readers' messages.

Prints a table of verdicts. An undocumented difference is printed with its file (which --keep stores in DIR) and makes
the exit code 1. The same seed creates the same files. Needs a build (scripts/build.sh).
"""

import argparse
import collections
import hashlib
import json
import random
import shutil
import struct
import sys
import tempfile
from pathlib import Path

from safetensors import SafetensorError, __version__, deserialize, safe_open

from program import test_driver

# This many paths fit into a pipe, so neither side waits for the other.
BATCH = 200
# Bits per element: all dtypes of the format.
DTYPES = {
    "BOOL": 8,
    "F4": 4,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
    "U8": 8,
    "I8": 8,
    "F8_E5M2": 8,
    "F8_E4M3": 8,
    "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8,
    "I16": 16,
    "U16": 16,
    "F16": 16,
    "BF16": 16,
    "I32": 32,
    "U32": 32,
    "F32": 32,
    "C64": 64,
    "F64": 64,
    "I64": 64,
    "U64": 64,
}
LONG_MAX = 2**63 - 1
NAMES = [
    "",
    "w",
    "a.b",
    "model.layers.0.self_attn.q_proj.weight",
    "__metadata",
    "gewicht",
    "\u00e4\u00f6",
    "\u6a21\u578b",
    "\U0001f600",
    "a b",
    'a"b',
    "a\\b",
    "line\nbreak",
    "\u0000",
    "\ud7ff\ue000",
    "dtype",
    "shape",
]
NUMBERS = [
    "-1",
    "-0",
    "0",
    "00",
    "01",
    "1.0",
    "1e0",
    "1E2",
    "3.5",
    "+1",
    "1e400",
    "-1e400",
    "1e-400",
    "0x1",
    "NaN",
    "Infinity",
    "9007199254740993",
    str(LONG_MAX),
    str(LONG_MAX + 1),
    str(2**64 - 1),
    str(2**64),
    "1" * 40,
    "1" * 400,
    "null",
    "true",
    '"1"',
    "[1]",
    "[]",
    "{}",
    "4294967296",
    "2147483648",
]
TOKENS = [
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b'"',
    b"\\",
    b"\\u",
    b"\\ud800",
    b"\\udc00\\ud800",
    b"\\u0000",
    b"\x00",
    b"\x1f",
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"/**/",
    b"//",
    b"'",
    b"\x0b",
    b"\x0c",
    b"\xc2\xa0",
    b"\n",
    b"\t",
    b"null",
    b"true",
    b"1e999",
    b'"__metadata__":',
    b'"__metadata__":{},',
    b'"__metadata__":null,',
    b',"x":1',
    b"\\q",
    b"\\/",
    b"NaN",
    b"-",
    b"e",
    b".",
]


class Text(str):
    """JSON text that is written unchanged."""


class Pairs(list):
    """A JSON object as a list of [key, value], which keeps the order and allows duplicate keys."""


# ---- files ---------------------------------------------------------------------------------------------------------


class Generator:
    """Generates files as pairs (header, data), to which mutations can be applied."""

    def __init__(self, rng):
        self.rng = rng

    def entries(self):
        """Returns tensor entries in the order of their data, and the length of the data."""
        entries, position = [], 0
        for _ in range(self.rng.choice([0, 1, 1, 2, 2, 3, 5, 8])):
            dtype = self.rng.choice(list(DTYPES))
            shape = [self.rng.choice([0, 1, 1, 2, 3, 4, 8]) for _ in range(self.rng.choice([0, 1, 1, 2, 2, 3, 5]))]
            bits = DTYPES[dtype]
            for dimension in shape:
                bits *= dimension
            if bits % 8 and self.rng.random() < 0.9:
                shape, bits = [*shape, 8], bits * 8
            size = bits // 8
            entries.append(Pairs([["dtype", dtype], ["shape", shape], ["data_offsets", [position, position + size]]]))
            position += size
        return entries, position

    def document(self):
        """Returns the header as an object, and the data."""
        rng = self.rng
        entries, length = self.entries()
        for entry in entries:
            if rng.random() < 0.3:
                rng.shuffle(entry)
            if rng.random() < 0.08:
                entry.insert(
                    rng.randrange(len(entry) + 1), [rng.choice(["x", "", "Dtype", "\u00e4"]), self.any_value()]
                )
        names = rng.sample(NAMES, min(len(entries), len(NAMES))) if rng.random() < 0.5 else []
        names += [f"t{i}" for i in range(len(entries) - len(names))]
        document = Pairs([name, entry] for name, entry in zip(names, entries))
        if rng.random() < 0.4:
            rng.shuffle(document)
        if rng.random() < 0.5:
            document.insert(rng.randrange(len(document) + 1), ["__metadata__", self.metadata()])
        return document, rng.randbytes(length)

    def metadata(self):
        count = self.rng.choice([0, 1, 1, 2, 5])
        if self.rng.random() < 0.1:
            return None
        return Pairs([self.rng.choice(NAMES) + str(i), self.rng.choice(NAMES)] for i in range(count))

    def any_value(self):
        return self.rng.choice(
            [
                1,
                -1,
                2.5,
                1e300,
                True,
                None,
                "text",
                [],
                [1, [2, {"a": None}]],
                Text(self.rng.choice(NUMBERS)),
                Text("[" * 130 + "]" * 130),
            ]
        )

    def text(self, value, blanks):
        """Returns JSON text, written in one of the possible ways."""
        rng = self.rng
        blank = (lambda: rng.choice(["", " ", "\n", "\t ", "\r\n"])) if blanks else (lambda: "")
        if isinstance(value, Text):
            return value
        if isinstance(value, Pairs):
            pairs = [
                f"{blank()}{self.text(key, False)}{blank()}:{blank()}{self.text(item, blanks)}{blank()}"
                for key, item in value
            ]
            return "{" + ",".join(pairs) + "}"
        if isinstance(value, list):
            return "[" + ",".join(blank() + self.text(item, blanks) + blank() for item in value) + "]"
        if isinstance(value, str):
            return json.dumps(value, ensure_ascii=rng.random() < 0.3)
        return json.dumps(value)

    def header(self, document):
        header = self.text(document, self.rng.random() < 0.2).encode("utf-8", "surrogatepass")
        return header + b" " * self.rng.choice([0, 0, -len(header) % 8, self.rng.randrange(9)])


def assemble(header, data, length=None):
    return struct.pack("<Q", len(header) if length is None else length) + header + data


class Mutator:
    """Mutates files. Changes to the document are applied before its text is generated."""

    def __init__(self, rng, generator):
        self.rng = rng
        self.generator = generator

    def file(self):
        rng = self.rng
        document, data = self.generator.document()
        kinds = rng.choices(["document", "text", "data", "length", "file"], [5, 4, 1, 1, 1], k=rng.choice([1, 1, 2, 3]))
        for _ in range(kinds.count("document")):
            rng.choice(self.document_changes())(document)
        header = self.generator.header(document)
        for _ in range(kinds.count("text")):
            header = rng.choice(self.text_changes())(header)
        if "data" in kinds:
            data = rng.choice([data + b"\0" * rng.randrange(1, 9), data[:-1], data[1:], b""])
        length = None
        if "length" in kinds:
            length = (
                rng.choice(
                    [
                        0,
                        1,
                        2,
                        len(header) - 1,
                        len(header) + 1,
                        len(header) + len(data),
                        100_000_000,
                        100_000_001,
                        2**32,
                        2**63,
                        2**64 - 1,
                    ]
                )
                % 2**64
            )
        file = assemble(header, data, length)
        if "file" in kinds:
            file = rng.choice(
                [
                    file[: rng.randrange(len(file) + 1)],
                    file + rng.randbytes(rng.randrange(1, 20)),
                    flipped(file, rng),
                    rng.randbytes(rng.randrange(40)),
                ]
            )
        return file

    def document_changes(self):
        return [
            self.change_number,
            self.change_number,
            self.change_dtype,
            self.drop_key,
            self.duplicate_key,
            self.duplicate_entry,
            self.entry_as_array,
            self.entry_as_value,
            self.shift_offsets,
            self.huge_dimension,
            self.metadata_value,
            self.unknown_key,
            self.swap_offsets,
            self.two_at_one_place,
        ]

    def entry(self, document):
        entries = [pair for pair in document if pair[0] != "__metadata__" and isinstance(pair[1], Pairs) and pair[1]]
        return self.rng.choice(entries) if entries else None

    def pair(self, document, key):
        entry = self.entry(document)
        pairs = [pair for pair in entry[1] if pair[0] == key] if entry else []
        return self.rng.choice(pairs) if pairs else None

    def change_number(self, document):
        pair = self.pair(document, self.rng.choice(["shape", "data_offsets"]))
        if pair and isinstance(pair[1], list):
            place = self.rng.randrange(len(pair[1]) + 1)
            pair[1] = [*pair[1][:place], Text(self.rng.choice(NUMBERS)), *pair[1][place + self.rng.randrange(2) :]]

    def change_dtype(self, document):
        pair = self.pair(document, "dtype")
        if pair:
            pair[1] = self.rng.choice([*list(DTYPES), "f32", "F33", "", "FLOAT", "F32 ", 1, None, ["F32"], Text("{}")])

    def drop_key(self, document):
        entry = self.entry(document)
        if entry:
            entry[1].pop(self.rng.randrange(len(entry[1])))

    def duplicate_key(self, document):
        entry = self.entry(document)
        if entry:
            entry[1].insert(self.rng.randrange(len(entry[1]) + 1), self.rng.choice(entry[1]))

    def duplicate_entry(self, document):
        if document:
            document.insert(self.rng.randrange(len(document) + 1), self.rng.choice(document))

    def entry_as_array(self, document):
        entry = self.entry(document)
        if entry:
            values = dict(entry[1])
            ordered = [values.get(key) for key in ("dtype", "shape", "data_offsets")]
            entry[1] = Text(self.generator.text(self.rng.choice([ordered, ordered, ordered[:2], [*ordered, 1]]), False))

    def entry_as_value(self, document):
        entry = self.entry(document)
        if entry:
            entry[1] = self.generator.any_value()

    def shift_offsets(self, document):
        pair = self.pair(document, "data_offsets")
        if pair and isinstance(pair[1], list):
            by = self.rng.choice([-8, -1, 1, 8, 2**40, 2**63, 2**64 - 1])
            pair[1] = [item if isinstance(item, Text) else item + by for item in pair[1]]

    def huge_dimension(self, document):
        pair = self.pair(document, "shape")
        if pair and isinstance(pair[1], list):
            pair[1] = list(pair[1]) + [
                self.rng.choice([0, 2**31, 2**32, 2**61, 2**62, LONG_MAX, 2**63, 2**64 - 1, 2**64])
                for _ in range(self.rng.choice([1, 2, 3]))
            ]
            if self.rng.random() < 0.5:
                pair[1].insert(0, 0)

    def metadata_value(self, document):
        document.insert(
            self.rng.randrange(len(document) + 1),
            [
                "__metadata__",
                self.rng.choice(
                    [
                        Pairs([["a", 1]]),
                        Pairs([["a", None]]),
                        Pairs([["a", ["x"]]]),
                        Pairs([["a", "b"], ["a", "c"]]),
                        Pairs([["a", "b"], ["a", "b"]]),
                        [],
                        "x",
                        1,
                        None,
                    ]
                ),
            ],
        )

    def unknown_key(self, document):
        entry = self.entry(document)
        if entry:
            entry[1].insert(self.rng.randrange(len(entry[1]) + 1), ["x", self.generator.any_value()])

    def swap_offsets(self, document):
        pair = self.pair(document, "data_offsets")
        if pair and isinstance(pair[1], list):
            pair[1] = pair[1][::-1]

    def two_at_one_place(self, document):
        entry = self.entry(document)
        if entry:
            document.append([entry[0] + "'", entry[1]])

    def text_changes(self):
        return [
            lambda text: flipped(text, self.rng),
            self.insert,
            self.insert,
            self.cut,
            self.repeat,
            self.replace,
            self.blanks_around,
        ]

    def place(self, text):
        return self.rng.randrange(len(text) + 1)

    def insert(self, text):
        at = self.place(text)
        return text[:at] + self.rng.choice(TOKENS) + text[at:]

    def cut(self, text):
        at = self.place(text)
        return text[:at] + text[at + self.rng.choice([1, 1, 2, 5, 20]) :]

    def repeat(self, text):
        at, end = sorted([self.place(text), self.place(text)])
        return text[:end] + text[at:end] + text[end:]

    def replace(self, text):
        at = self.place(text)
        token = self.rng.choice(TOKENS)
        return text[:at] + token + text[at + len(token) :]

    def blanks_around(self, text):
        blank = self.rng.choice([b" ", b"\n", b"\t", b"\r", b"\x0c", b"\0", b"\xc2\xa0", b"\xef\xbb\xbf"])
        return self.rng.choice([blank + text, text + blank])


def flipped(data, rng):
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


# ---- verdicts ------------------------------------------------------------------------------------------------------


def official(path):
    """Returns (whether the library opens it, digest or reason). Both entry points of the library must agree."""
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            names = file.keys()
    except SafetensorError as error:
        return False, str(error)
    tensors = dict(deserialize(path.read_bytes()))
    if sorted(names) != sorted(tensors):
        raise AssertionError(f"{path}: safe_open and deserialize disagree")
    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name]
        for text in (name, tensor["dtype"], str(tensor["shape"])):
            digest.update(text.encode() + b"\0")
        digest.update(tensor["data"])
    for key in sorted(metadata):
        digest.update(key.encode() + b"\0" + metadata[key].encode() + b"\0")
    return True, digest.hexdigest()


class SploraReader:
    """splora's reader, running in one process: a path in, a verdict out."""

    def __init__(self):
        self.process = test_driver("io.github.splora.safetensors.Verdicts")

    def verdicts(self, paths):
        for path in paths:
            self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        for _path in paths:
            verdict, _, detail = self.process.stdout.readline().rstrip("\n").partition("\t")
            yield verdict, detail

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def header_of(file):
    """Returns the header's JSON with objects as pairs and numbers as text; None if Python cannot read it."""
    if len(file) < 8:
        return None
    length = struct.unpack("<Q", file[:8])[0]
    try:
        return json.loads(
            file[8 : 8 + length].decode("utf-8"),
            object_pairs_hook=lambda pairs: ("object", pairs),
            parse_int=Text,
            parse_float=Text,
        )
    except (ValueError, RecursionError):
        return None


def walk(value):
    """Yields all objects in a header."""
    if isinstance(value, tuple):
        yield value
        for _, item in value[1]:
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)


def stricter_reason(file):
    """Returns the documented reason why splora refuses what the official library opens, or None."""
    header = header_of(file)
    if not isinstance(header, tuple):
        return None
    for _, pairs in walk(header):
        if len({key for key, _ in pairs}) < len(pairs):
            return "a duplicate key"
    for name, entry in header[1]:
        if name != "__metadata__" and isinstance(entry, list):
            return "an entry written as an array"
    for name, entry in header[1]:
        if name != "__metadata__" and isinstance(entry, tuple):
            shape = dict(entry[1]).get("shape")
            if isinstance(shape, list) and any(isinstance(item, Text) and int(item) > LONG_MAX for item in shape):
                return "a dimension over 2^63-1 in a tensor without elements"
    return None


def looser_reason(file):
    """Returns the documented reason why splora opens what the official library refuses, or None."""
    header = header_of(file)
    if not isinstance(header, tuple):
        return None
    for name, entry in header[1]:
        for key, value in entry[1] if name != "__metadata__" and isinstance(entry, tuple) else []:
            if key not in ("dtype", "shape", "data_offsets") and beyond_double(value):
                return "a number beyond double's range in an unknown key"
    return None


def beyond_double(value):
    if isinstance(value, Text):
        try:
            return value not in ("Infinity", "-Infinity", "NaN") and abs(float(value)) == float("inf")
        except OverflowError:
            return True
    items = value if isinstance(value, list) else [item for _, item in value[1]] if isinstance(value, tuple) else []
    return any(beyond_double(item) for item in items)


def classify(file, theirs, ours):
    """Returns the row of the table for a file, and whether it is an undocumented difference."""
    opens, detail = theirs
    verdict, our_detail = ours
    if verdict not in ("OPENS", "REFUSES"):
        return f"splora crashes: {our_detail}", True
    if opens and verdict == "OPENS":
        return ("both open it, with the same content", False) if detail == our_detail else ("contents differ", True)
    if not opens and verdict == "REFUSES":
        return "both refuse it", False
    if opens:
        reason = stricter_reason(file)
        return f"splora alone refuses it: {reason or 'UNDOCUMENTED'}", reason is None
    reason = looser_reason(file)
    return f"splora alone opens it: {reason or 'UNDOCUMENTED'}", reason is None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=24000, help="number of files (default 24000)")
    parser.add_argument("--seed", type=int, default=1, help="random seed (default 1)")
    parser.add_argument("--keep", type=Path, help="folder for the files of undocumented differences")
    options = parser.parse_args()

    rng = random.Random(options.seed)
    generator = Generator(rng)
    mutator = Mutator(rng, generator)
    ours = SploraReader()
    rows = collections.Counter()
    undocumented = 0
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, options.count, BATCH):
            files = {}
            for index in range(start, min(start + BATCH, options.count)):
                document, data = generator.document()
                file = assemble(generator.header(document), data) if index % 2 == 0 else mutator.file()
                path = Path(folder) / f"{options.seed}-{index}.safetensors"
                path.write_bytes(file)
                files[path] = file
            for (path, file), verdict in zip(files.items(), ours.verdicts(list(files))):
                theirs = official(path)
                row, wrong = classify(file, theirs, verdict)
                rows[row] += 1
                if wrong:
                    undocumented += 1
                    print(f"{path.name}: {row}\n  official: {theirs}\n  splora:   {verdict}\n  {file[:400]!r}")
                    if options.keep:
                        options.keep.mkdir(parents=True, exist_ok=True)
                        shutil.copy(path, options.keep)
                path.unlink()
    ours.close()
    print(f"{options.count} files, seed {options.seed}, official safetensors {__version__}")
    for row, count in sorted(rows.items(), key=lambda item: -item[1]):
        print(f"{count:8d}  {row}")
    print(f"{undocumented} undocumented differences")
    print(f"{options.count - undocumented} passed, {undocumented} failed")
    return 1 if undocumented else 0


if __name__ == "__main__":
    sys.exit(main())
