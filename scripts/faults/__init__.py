"""The faults that check_faults.py injects into runs of splora. Each module holds one kind; `FAULTS` in it is its list.

A fault is a function (harness, folder) -> a description of the outcome; the folder is empty and its own.
"""
