"""What one `mesoplan screen` costs from a standing start, beside bare Python and `import numpy`.

Every round runs each command once, in turn, so that a busy machine slows all of them alike. The
figure is CPU time (user and system) of the whole child process, which holds under load where wall
time does not. Runs on Linux and macOS.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 15


def commands(case: Path) -> dict[str, list[str]]:
    """Return what is measured, by the name it is printed under."""
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        'python -c "import numpy"': [sys.executable, "-c", "import numpy"],
        f"mesoplan screen {case.name} --json": [
            *(sys.executable, "-m", "mesoplan.cli"),
            *("screen", str(case), "--json"),
        ],
    }


def cpu_ms(command: Sequence[str]) -> float:
    """Run a command with its output thrown away and return its CPU time in milliseconds."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    try:
        child = os.posix_spawn(
            command[0], tuple(command), os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, quiet, 1)]
        )
    finally:
        os.close(quiet)
    _, status, used = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return (used.ru_utime + used.ru_stime) * 1000


def measure(what: Mapping[str, Sequence[str]], rounds: int) -> dict[str, list[float]]:
    """Run every command once a round, after one round that only warms the file cache."""
    for command in what.values():
        cpu_ms(command)
    times: dict[str, list[float]] = {name: [] for name in what}
    for _ in range(rounds):
        for name, command in what.items():
            times[name].append(cpu_ms(command))
    return times


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", type=Path, help="a case file; default: the first of examples/")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    case = chosen.case or min((ROOT / "examples").glob("*.toml"))
    times = measure(commands(case), chosen.rounds)
    medians = {name: median(values) for name, values in times.items()}
    bare, arrays, _ = medians.values()
    width = max(map(len, medians))
    print(f"CPU time of a cold start, median (lowest to highest) of {chosen.rounds} rounds")
    print(f"{'':{width}}  {'ms':>6}  {'range, ms':>15}  {'x bare':>6}  {'x numpy':>7}")
    for name, values in times.items():
        spread = f"{min(values):.0f} to {max(values):.0f}"
        middle = medians[name]
        print(
            f"{name:{width}}  {middle:6.1f}  {spread:>15}  {middle / bare:6.2f}"
            f"  {middle / arrays:7.2f}"
        )


if __name__ == "__main__":
    main()
