"""splora for Python: scores, prunes and repairs LoRA adapters so that fine-tunes are safe to ship.

>>> import splora
>>> report = splora.score("./my-lora", base="org/base", aligned="org/aligned")
>>> [module.name for module in report.modules if module.decision == "prune"]

Each function runs the program `splora` and returns its report. Keyword arguments are the program's options:
`fail_on=["pruned>3"]` is `--fail-on 'pruned>3'`, `dry_run=True` is `--dry-run`.
"""

from splora._program import GateFailed, Option, SploraError
from splora._report import Engine, Gate, Module, Report, Summary, Timing, Verdict
from splora._run import prune, repair, score

__all__ = [
    "Engine",
    "Gate",
    "GateFailed",
    "Module",
    "Option",
    "Report",
    "SploraError",
    "Summary",
    "Timing",
    "Verdict",
    "prune",
    "repair",
    "score",
]
