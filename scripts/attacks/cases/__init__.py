"""One file for each kind of disguise; every file here is found by itself. `features.py` is the shortest example."""
