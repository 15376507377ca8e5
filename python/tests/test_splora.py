"""Tests of the package `splora`, with the program that SPLORA_HOME names or that is installed with it."""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import splora
from splora._launcher import _keep_cache
from splora._program import arguments

MODEL = Path(__file__).resolve().parents[2] / "testdata" / "tiny-llama"
MODELS = {"base": MODEL / "base", "aligned": MODEL / "aligned"}


class Words(unittest.TestCase):
    def test_options_become_words(self):
        options = {
            "fail_on": ["a>1", "b>2"],
            "dry_run": True,
            "force": False,
            "seed": None,
            "value": -1,
            "output": Path("x"),
        }
        expected = ["prune", "--fail-on=a>1", "--fail-on=b>2", "--dry-run", "--value=-1", "--output=x"]
        self.assertEqual(arguments("prune", options), expected)


class Bar:
    """What the package uses of tqdm's bar."""

    last = None

    def __init__(self, desc, unit):
        Bar.last = self
        self.n, self.total = 0, None

    def update(self, more):
        self.n += more

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        pass


class Runs(unittest.TestCase):
    def test_a_score_is_the_document_as_dataclasses(self):
        report = splora.score(MODEL / "adapter", **MODELS)
        document = report.document
        self.assertEqual(len(report.modules), document["summary"]["modules"])
        self.assertEqual(report.summary.pruned, sum(module.decision == "prune" for module in report.modules))
        for module, entry in zip(report.modules, document["modules"], strict=True):
            self.assertEqual(module.name, entry["name"])
            self.assertEqual(module.score, entry["score"])
            self.assertEqual(module.expected_distance, entry["expectedDistance"])
            self.assertEqual(module.shape, tuple(entry["shape"]))
        with self.assertRaises(dataclasses.FrozenInstanceError):
            report.modules[0].score = 0.0
        self.assertIsNone(report.verdict)

    def test_prune_and_repair_write_adapters(self):
        with tempfile.TemporaryDirectory() as folder:
            pruned = splora.prune(MODEL / "adapter", output=Path(folder) / "pruned", **MODELS)
            repaired = splora.repair(MODEL / "adapter", output=Path(folder) / "repaired", **MODELS)
            self.assertGreater(pruned.summary.pruned, 0)
            self.assertEqual(len(repaired.modules), len(pruned.modules))
            for name in ["pruned", "repaired"]:
                self.assertTrue((Path(folder) / name / "adapter_model.safetensors").is_file())
                written = json.loads((Path(folder) / name / "splora-report.json").read_text())
                self.assertEqual(written["summary"]["modules"], pruned.summary.modules)

    def test_the_progress_bar_of_a_short_run_ends_full(self):
        with mock.patch("splora._run.import_module", return_value=mock.Mock(tqdm=Bar)):
            report = splora.score(MODEL / "adapter", **MODELS, progress=True)
            self.assertEqual((Bar.last.n, Bar.last.total), (len(report.modules), len(report.modules)))
            with self.assertRaises(splora.GateFailed):
                splora.score(MODEL / "adapter", **MODELS, fail_on=["pruned>=1"], progress=True)
            self.assertEqual((Bar.last.n, Bar.last.total), (len(report.modules), len(report.modules)))

    def test_a_failed_gate_is_an_exception_of_its_own_with_the_report(self):
        with self.assertRaises(splora.GateFailed) as caught:
            splora.score(MODEL / "adapter", **MODELS, fail_on=["pruned>=1", "max-score>1000"])
        self.assertEqual(caught.exception.exit_code, 3)
        verdict = caught.exception.report.verdict
        self.assertFalse(verdict.passed)
        self.assertEqual([gate.passed for gate in verdict.gates], [False, True])

    def test_bad_input_is_an_exception_with_the_messages(self):
        with self.assertRaises(splora.SploraError) as caught:
            splora.score("/no/such/adapter", **MODELS)
        self.assertEqual(caught.exception.exit_code, 4)
        self.assertIn("/no/such/adapter", str(caught.exception))
        with self.assertRaises(splora.SploraError) as caught:
            splora.score(MODEL / "adapter", **MODELS, no_such_option=True)
        self.assertEqual(caught.exception.exit_code, 2)
        self.assertNotIsInstance(caught.exception, splora.GateFailed)

    def test_the_module_is_the_program(self):
        help_page = subprocess.run(
            [sys.executable, "-m", "splora", "--help"], capture_output=True, text=True, check=True
        )
        self.assertIn("Usage: splora COMMAND", help_page.stdout)
        wrong = subprocess.run([sys.executable, "-m", "splora", "scroe"], capture_output=True, text=True)
        self.assertEqual(wrong.returncode, 2)


class Cache(unittest.TestCase):
    def test_the_cache_becomes_the_newest_file_unless_a_jar_is_another(self):
        with tempfile.TemporaryDirectory() as folder:
            lib = Path(folder)
            (lib / "a.jar").write_bytes(b"1234")
            (lib / "sizes").write_text("4 a.jar\n")
            (lib / "splora.aot").write_bytes(b"cache")
            os.utime(lib / "splora.aot", (1000, 1000))
            _keep_cache(folder)
            self.assertGreaterEqual((lib / "splora.aot").stat().st_mtime, (lib / "a.jar").stat().st_mtime)
            (lib / "a.jar").write_bytes(b"12345")
            os.utime(lib / "splora.aot", (1000, 1000))
            _keep_cache(folder)
            self.assertEqual((lib / "splora.aot").stat().st_mtime, 1000)


if __name__ == "__main__":
    unittest.main()
