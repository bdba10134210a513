"""A process that compares answers by math-verify: a JSON pair per line in, `true` or `false` per line out.

Its first line is `ready`.

What exceeds the limits ends the process: SIGPROF's own action also ends a computation inside C code (9**9**9**9),
which an exception raised in Python would not.
"""

import json
import logging
import resource
import signal
import sys

CPU_SECONDS = 2.0
"""Per pair. Of the processor, not of the clock, so that a busy machine gives the same scores."""
MEMORY_BYTES = 2 << 30


def main() -> None:
    """Answer pairs until the input ends."""
    logging.disable()
    from math_verify import parse, verify  # noqa: PLC0415 - after the limits' owner: it takes a second

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.set_int_max_str_digits(10_000)
    print("ready", flush=True)
    for line in sys.stdin:
        gold, answer = json.loads(line)
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        try:
            # The limits above stand in for the library's own, which are off.
            parsed = [parse(f"${text}$", parsing_timeout=None) for text in (gold, answer)]
            same = bool(verify(*parsed, timeout_seconds=None))
        except Exception:
            same = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps(same), flush=True)


if __name__ == "__main__":
    main()
