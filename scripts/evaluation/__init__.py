"""What evaluate_refusals.py is made of."""
