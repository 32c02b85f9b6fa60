"""What loading the knowledge base costs, beside the bare parsing of the same files.

`tomllib` with `parse_float=Decimal` is the floor: it reads the text and checks nothing. The
difference is what the checks, the frozen values and the release hash cost. Both run in one
process, in turn; the figure is CPU time of this process.
"""

import argparse
import time
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median

import mesoplan

DATA = Path(mesoplan.__file__).parent / "knowledge" / "data"
ROUNDS = 15


def parse_only() -> int:
    """Parse every TOML file of the base and return how many there are."""
    files = sorted(DATA.rglob("*.toml"))
    for path in files:
        tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return len(files)


def cpu_ms(action: Callable[[], object]) -> float:
    """Return the CPU time of one call in milliseconds."""
    start = time.process_time()
    action()
    return (time.process_time() - start) * 1000


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    actions: dict[str, Callable[[], object]] = {
        "tomllib.loads, same files": parse_only,
        "mesoplan.load_knowledge()": mesoplan.load_knowledge,
    }
    files = parse_only()
    mesoplan.load_knowledge()
    times: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            times[name].append(cpu_ms(action))
    floor = median(next(iter(times.values())))
    size = sum(path.stat().st_size for path in DATA.rglob("*.toml")) / 1024
    width = max(map(len, times))
    print(f"CPU time for {files} files, {size:.0f} KiB, median (lowest to highest) of {rounds}")
    print(f"{'':{width}}  {'ms':>6}  {'range, ms':>15}  {'x parsing':>9}")
    for name, values in times.items():
        spread = f"{min(values):.1f} to {max(values):.1f}"
        print(f"{name:{width}}  {median(values):6.1f}  {spread:>15}  {median(values) / floor:9.2f}")


if __name__ == "__main__":
    main()
