"""Prompt and task files: JSON Lines, validated line by line."""

import json


class BadInput(Exception):
    """A file that cannot be used; the message names file, line and field."""


def read(path, fields):
    """Returns the objects of a JSON Lines file; each must have text in all of `fields`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(f"{path}: cannot be read: {problem}") from problem
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as problem:
            raise BadInput(f"{path}: line {number}: not valid JSON: {problem.msg}") from problem
        except RecursionError as problem:
            raise BadInput(f"{path}: line {number}: nested too deeply") from problem
        if not isinstance(row, dict):
            raise BadInput(f"{path}: line {number}: expected a JSON object")
        for field in fields:
            if not isinstance(row.get(field), str) or not row[field].strip():
                raise BadInput(f"{path}: line {number}: {field}: expected text")
            if any("\ud800" <= letter <= "\udfff" for letter in row[field]):
                raise BadInput(f"{path}: line {number}: {field}: has half of a character (an unpaired surrogate)")
        rows.append(row)
    if not rows:
        raise BadInput(f"{path}: empty; expected one JSON object per line, with {', '.join(fields)}")
    return rows
