#!/usr/bin/env python3
"""Compares how splora and Python match the patterns of PEFT configs, over generated patterns and module names.

    differential_patterns.py [--count N] [--seed S]

Each pattern takes one of the places that a PEFT config has for patterns, and is matched as PEFT matches it there
(target_modules, exclude_modules, modules_to_save, layers_pattern, the keys of rank_pattern and alpha_pattern). splora
must give the same answer for every name, or refuse the pattern. What Python rejects, splora must refuse as well. The
patterns of real adapters that are listed here must not be refused.

Prints a table, with the reasons of refusals. A pattern that means two things is printed and makes the exit code 1. The
same seed generates the same patterns. Needs Python 3.11 or newer and a build (scripts/build.sh).
"""

import argparse
import collections
import random
import re
import signal
import sys
import warnings

from program import test_driver

BATCH = 100
USES = ["target", "target", "exclude", "key", "key", "save", "layers"]

# Patterns as people write them, in PEFT's documentation and tests, in trainers and in published configs.
REAL = [
    r"q_proj",
    r".*[.](q|v)_proj",
    r".*\.(q_proj|k_proj|v_proj|o_proj)$",
    r"^model.decoder.layers.0.encoder_attn.k_proj",
    r"^model\.layers\.(\d|1\d|2[0-3])\.self_attn\.(q|k|v|o)_proj$",
    r".*decoder.*(SelfAttention|EncDecAttention).*(q|v)$",
    r"(?!.*vision).*[.](?:q_proj|v_proj)",
    r"^(?!.*(?:visual|patch_embed|lm_head)).*(?:q_proj|v_proj).*",
    r"^(language_model|model\.language_model)(?!.*(lm_head|output|emb|wte|shared|visual)).*\.(q_proj|k_proj)$",
    r"(?:.*?(?:language|text).*?(?:self_attn|attention|attn|mlp|feed_forward|ffn|dense).*?(?:q_proj|k_proj|v_proj).*?)"
    r"|(?:\bmodel\.layers\.[\d]{1,}\.(?:self_attn|attention|attn|mlp|feed_forward|ffn|dense)\.(?:(?:q_proj|k_proj)))",
    r"(?i).*[.]Q_PROJ",
    r".*layers[.](?P<n>\d)[.]block(?P=n)[.]q",
    r"(?:(?!vision).)*\.q_proj",
    r".*(?<!norm)\.q",
    r"layers\.[0-3]\..*",
    r"q_proj|v_proj",
    r".*attn.*",
    r"model.layers.[0-9]+.self_attn.q_proj",
    r"(.*\.)?(to_q|to_k|to_v|to_out\.0)",
    r".+\.\w+_proj",
    r"h\.\d+\.(attn|mlp)\.c_\w+",
    r"\S+q_proj",
    r"(?:.*\.)?(?:layers\.1\.self_attn\.q_proj|layers\.2\.self_attn\.q_proj)",
    r"(?!(?:(?:.*\.)?(?:layers\.1\.self_attn\.q_proj))$)(?:.*q_proj)",
    r".*\.layers\.(?:[0-9]|1[0-9])\.(?:mlp\.experts\.\d{1,3}\.)?(?:up|down|gate)_proj",
    r"[^.]+\.layers\.\d+\.q",
]
NAMES = [
    "model.layers.1.self_attn.q_proj",
    "model.layers.11.self_attn.v_proj",
    "model.vision_tower.layers.1.attn.q",
    "model.decoder.layers.0.encoder_attn.k_proj",
    "layers.3.block3.q",
    "layers.1.q",
    "transformer.h.1.attn.c_attn",
    "h.01.mlp.q",
    "q_proj",
    "lm_head",
    "score",
    "a.b.1.q",
]
# Characters that some dialect of regular expressions, or some Unicode table, treats in its own way.
ODD = (
    "aA1_. \n\r\t\x0b\x0c\x1c\x1f\x85\xa0\u2028\u2029\u1680\u3000sSkKiI\u017f\u212a\u0130\u0131\xe9\xc9\xb2\xbd"
    "\u0660\u4e00\u03c3\u03c2\xb5\u0345\u00df-]^&|~[{}()\\/$\0\x7f#<>?*+,:=!pQE\ufeff"
)
ATOMS = [
    *"aaabbq1_.",
    r"\.",
    r"\d",
    r"\D",
    r"\w",
    r"\W",
    r"\s",
    r"\S",
    "^",
    "$",
    r"\b",
    r"\B",
    r"\A",
    r"\Z",
    r"\z",
    r"\G",
    r"\h",
    r"\H",
    r"\R",
    r"\X",
    r"\v",
    r"\V",
    r"\p{L}",
    r"\pL",
    r"\Qa.b\E",
    r"\E",
    r"\e",
    r"\ca",
    r"\k<n>",
    r"\1",
    r"\2",
    r"\8",
    r"\0",
    r"\01",
    r"\012",
    r"\0141",
    r"\141",
    r"\400",
    r"\18",
    r"\x61",
    r"\x6",
    r"\x{61}",
    r"\u0061",
    r"\U00000061",
    r"\N{DIGIT ONE}",
    r"\_",
    r"\-",
    r"\é",
    r"\ ",
    "\\\n",
    "{",
    "}",
    "]",
    "{1}",
    "{}",
    "{,2}",
    "#",
    " ",
    "&&",
    "--",
    "(?#c)",
    "(?#\\)c)",
    "(?P=n)",
]
# So many at the start are valid nearly everywhere.
PLAIN_ATOMS = 18
PLAIN_QUANTIFIERS = 6
QUANTIFIERS = [
    "*",
    "+",
    "?",
    "*?",
    "+?",
    "??",
    "*+",
    "++",
    "?+",
    "{2}",
    "{1,2}",
    "{,2}",
    "{1,}",
    "{,}",
    "{0}",
    "{2,1}",
    "{1,2}?",
    "{2}+",
    "{ 1}",
    "{a",
    "{1",
    "{1,",
    "**",
    "+*",
    "{0,20000}",
    "{1}{2}",
]
SET_ITEMS = [
    *"ab1._-^[]&|~",
    "a-z",
    "0-9",
    "A-z",
    "&&",
    "--",
    "||",
    "~~",
    "[b]",
    "[^b]",
    "[:alpha:]",
    "&&[a]",
    r"\d",
    r"\D",
    r"\w",
    r"\W",
    r"\s",
    r"\S",
    r"\b",
    r"\]",
    r"\-",
    r"\\",
    r"\x61",
    r"\141",
    r"\1",
    r"\0",
    r"\8",
    r"\h",
    r"\R",
    r"\p{L}",
    r"\Qa\E",
    r"\n",
    r"\u0131",
    "a-",
    "-a",
    "z-a",
    r"\d-z",
    "a-\\d",
    "\u0131",
    "\u0100-\u0200",
    "\xe9",
    " ",
    "\n",
    "#",
]
OPENINGS = [
    "(",
    "(",
    "(?:",
    "(?:",
    "(?P<n>",
    "(?P<m_1>",
    "(?=",
    "(?!",
    "(?<=",
    "(?<!",
    "(?>",
    "(?i:",
    "(?s:",
    "(?m:",
    "(?a:",
    "(?u:",
    "(?x:",
    "(?-i:",
    "(?i-s:",
    "(?<n>",
    "(?'n'",
    "(?(1)",
    "(?(n)",
    "(?|",
    "(?R",
    "(?d:",
    "(?i)",
    "(?P>",
]
GLOBAL_FLAGS = ["(?i)", "(?s)", "(?m)", "(?a)", "(?u)", "(?x)", "(?im)", "(?ia)", "(?L)", "(?d)", "(?U)", "(?i)(?s)"]


class Generator:
    """Generates patterns and names."""

    def __init__(self, rng):
        self.rng = rng

    def pattern(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.3:
            return self.mutated(rng.choice(REAL))
        pattern = self.alternatives(3)
        if kind < 0.4:
            pattern = rng.choice(GLOBAL_FLAGS) + pattern
        if rng.random() < 0.1:
            pattern = self.mutated(pattern)
        return pattern

    def alternatives(self, depth):
        count = self.rng.choice([1, 1, 1, 1, 2, 2, 3])
        return "|".join(self.sequence(depth) for _ in range(count))

    def sequence(self, depth):
        return "".join(self.item(depth) for _ in range(self.rng.choice([0, 1, 1, 2, 2, 3, 4])))

    def item(self, depth):
        rng = self.rng
        kind = rng.random()
        if depth and kind < 0.3:
            item = rng.choice(OPENINGS[:10] if rng.random() < 0.85 else OPENINGS) + self.alternatives(depth - 1) + ")"
        elif kind < 0.45:
            item = self.set()
        elif kind < 0.5:
            item = re.sub(r"([\\\[\](){}*+?.^$|])", r"\\\1", rng.choice(ODD)) if rng.random() < 0.7 else rng.choice(ODD)
        elif kind < 0.93:
            item = rng.choice(ATOMS[:PLAIN_ATOMS])
        else:
            item = rng.choice(ATOMS)
        if rng.random() < 0.3:
            item += rng.choice(QUANTIFIERS[:PLAIN_QUANTIFIERS] if rng.random() < 0.8 else QUANTIFIERS)
        return item

    def set(self):
        rng = self.rng
        plain = rng.random() < 0.5
        items = [rng.choice("ab1._q" if plain else SET_ITEMS) for _ in range(rng.choice([1, 1, 2, 3]))]
        return "[" + rng.choice(["", "", "^"]) + "".join(items) + "]"

    def mutated(self, pattern):
        rng = self.rng
        for _ in range(rng.choice([0, 1, 1, 2])):
            place = rng.randrange(len(pattern) + 1)
            piece = rng.choice(
                ["", "", rng.choice(ATOMS), rng.choice(QUANTIFIERS), rng.choice(OPENINGS), self.set(), rng.choice(ODD)]
            )
            pattern = pattern[:place] + piece + pattern[place + rng.choice([0, 0, 1, 2]) :]
        return pattern

    def name(self, use):
        rng = self.rng
        kind = rng.random()
        if kind < 0.25:
            name = rng.choice(NAMES)
        elif kind < 0.75:
            name = "".join(rng.choice("aabbq1_.A") for _ in range(rng.randrange(8)))
        else:
            name = "".join(rng.choice(ODD) for _ in range(rng.randrange(5)))
            if rng.random() < 0.02:
                name += rng.choice(["\U0001d7d9", "\U0001f600", "\u0378"])
        if rng.random() < 0.1:
            place = rng.randrange(len(name) + 1)
            name = name[:place] + rng.choice(ODD) + name[place:]
        if rng.random() < 0.05:
            name += rng.choice(["\n", "\x85", "\u2028", "\r\n", "\r"])
        if use == "layers" and rng.random() < 0.8:
            name += rng.choice([".1.", ".1.", ".01.", ".2.", ".\u0661.", ".1.1."]) + "q"
        # A module always has a name; only the model itself has none.
        return name or "q"


# ---- as PEFT matches -------------------------------------------------------------------------------------------------


class TooSlow(Exception):
    pass


def give_up(_signal, _frame):
    raise TooSlow


def matches(use, pattern, name):
    """Whether a pattern matches a name, by the lines of PEFT's tuners_utils.py and other.py."""
    if use == "target":
        return bool(re.fullmatch(pattern, name))
    if use == "exclude":
        return not (pattern and re.fullmatch(pattern, name))
    if use == "key":
        return bool(re.match(rf"(.*\.)?({pattern})$", name))
    if use == "save":
        return not re.match(rf"(^|.*\.){pattern}($|\..*)", name)
    if name == "q":
        return True
    if not name.endswith(".q"):
        return False
    if not pattern:
        match = re.match(r".*?\.[^.]*\.(?P<idx>\d+)\.", name)
    else:
        match = re.match(rf"(?:^|.*?\.){pattern}\.(?P<idx>\d+)\.", name)
    index = match.groupdict().get("idx") if match else None
    return index is not None and int(index) == 1


def expected(use, pattern, names):
    """Returns a digit per name; None if Python rejects the pattern, "" if it takes too long."""
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        if use == "key":
            re.compile(pattern)
        return "".join("1" if matches(use, pattern, name) else "0" for name in names)
    except (re.error, OverflowError, RecursionError, ValueError):
        return None
    except TooSlow:
        return ""
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


# ---- as splora matches -----------------------------------------------------------------------------------------------


class Splora:
    """splora's matcher, running in one process."""

    def __init__(self):
        self.process = test_driver("io.github.splora.adapter.PatternVerdicts")

    def answers(self, questions):
        for use, pattern, names in questions:
            words = [use, *(text.encode("utf-16-be", "surrogatepass").hex() for text in (pattern, *names))]
            self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        for _question in questions:
            verdict, _, detail = self.process.stdout.readline().rstrip("\n").partition("\t")
            yield verdict, detail

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def reason(message):
    """Returns a refusal's reason without the pattern and its position."""
    text = re.sub(
        r"^adapter_config\.json: \w+ '.*?(?=uses |not a valid|cannot be|refers back|nests more|takes too)", "", message
    )
    text = re.sub(r" at position \d+.*", "", text)
    return re.sub(r"U\+[0-9A-F]+|\\.", "…", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=25000, help="number of patterns (default 25000)")
    parser.add_argument("--seed", type=int, default=1, help="random seed (default 1)")
    options = parser.parse_args()

    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, give_up)
    rng = random.Random(options.seed)
    generator = Generator(rng)
    splora = Splora()
    rows, reasons, failures, answers = collections.Counter(), collections.Counter(), 0, 0
    questions = [(use, pattern, NAMES) for pattern in REAL for use in ("target", "exclude", "key")]
    real = len(questions)
    for _ in range(options.count):
        use = rng.choice(USES)
        pattern = generator.pattern()
        questions.append((use, pattern, [generator.name(use) for _ in range(8)]))
    for start in range(0, len(questions), BATCH):
        batch = questions[start : start + BATCH]
        for index, (question, (verdict, detail)) in enumerate(zip(batch, splora.answers(batch)), start):
            theirs = expected(*question)
            if verdict == "MATCHES" and theirs == detail:
                row, wrong = "both match the same names", False
                answers += len(detail)
            elif verdict == "REFUSES" and theirs is None:
                row, wrong = "both refuse the pattern", False
            elif verdict == "REFUSES" and theirs != "":
                # Flags inside a rank_pattern or an alpha_pattern are not at the start: Python refuses them as well.
                row, wrong = "only splora refuses the pattern", index < real and "(?i)" not in question[1]
                reasons[reason(detail)] += 1
            elif theirs == "":
                row, wrong = "Python takes too long", False
            else:
                row, wrong = "it MEANS TWO THINGS", True
            rows[row] += 1
            if wrong:
                failures += 1
                print(f"{question}\n  Python: {theirs}\n  splora: {verdict} {detail}")
    splora.close()
    version = ".".join(str(part) for part in sys.version_info[:3])
    print(f"{len(questions)} patterns, seed {options.seed}, Python {version}; {answers} equal answers")
    for row, count in rows.most_common():
        print(f"{count:8d}  {row}")
    print("refused by splora alone:")
    for text, count in reasons.most_common():
        print(f"{count:8d}  {text}")
    print(f"{len(questions) - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
