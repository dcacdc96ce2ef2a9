"""Run `python -m tests.oracle 10000`: so many random cases, spread over the shapes, and the smallest that differs."""

import sys

from tests.oracle.agreement import ALL, agreements

say = sys.stdout.write


def main(number: int) -> int:
    share, total, differing = -(-number // len(ALL)), 0, 0
    for shape in ALL:
        try:
            judged = agreements(shape, share, derandomize=False)
        except AssertionError as difference:
            notes = "\n".join(getattr(difference, "__notes__", ()))
            say(f"{shape}: the ledgers differ\n{difference}\n{notes}\n")
            differing += 1
            continue
        total += judged
        say(f"{shape}: {judged} cases agree\n")
    say(f"{total} cases agree\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
