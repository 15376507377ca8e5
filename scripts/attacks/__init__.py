"""Attacks on the gate: adapters that hide what they do. See check_attacks.py."""
