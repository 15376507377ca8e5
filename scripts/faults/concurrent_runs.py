"""Two runs that write the same output at the same time."""

import collections
import concurrent.futures

from checking import require

from .harness import require_nothing_hidden, run


def two_runs(harness, place):
    codes = collections.Counter()
    for index in range(max(2, harness.kills // 4)):
        for more in ([], ["--force"]):
            output = place / f"out{index}{''.join(more)}"
            command = harness.from_scores(output, *more)
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                results = [future.result() for future in [pool.submit(run, *command) for _ in range(2)]]
            require(harness.state(output) == "whole", f"exit codes {results}")
            require(any(code == 0 for code, _ in results), f"{results}")
            codes[" and ".join(str(code) for code, _ in sorted(results))] += 1
            require_nothing_hidden(place)
    return "whole every time; exit codes " + ", ".join(f"{pair} ({count}×)" for pair, count in codes.items())


FAULTS = [("two runs at once on one output", two_runs)]
