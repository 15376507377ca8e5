"""The parts of evaluate_refusals.py."""
