"""``make bench``: run every benchmark, print the numbers, and write them to docs/benchmarks.md.

A benchmark is a module ``bench_<name>.py`` here with a function ``run() -> str`` that gives its Markdown section.
Name some to run only those; their sections replace the ones in the document, up to what is noted by hand behind a
section's ``<!-- notes by hand -->``. ``soak`` takes ten minutes and runs only when it is named. At the end it says how
long each took, and of how many CPU seconds, those of the servers it started and waited for included.
"""

import importlib
import os
import re
import sys
import time
from pathlib import Path

_NOTES = "<!-- notes by hand -->"
HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "benchmarks.md"
_INTRODUCTION = """# Benchmarks

Written by `make bench` (or `python -m tests.benchmarks NAME` for one). Every number is compared with a floor that does
the unavoidable part of the same work on the same machine, so that the ratio means something elsewhere.
"""


def main(names: list[str]) -> None:
    known = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    sections = _sections()
    took: list[str] = []
    for name in names or [name for name in known if name != "soak"]:
        began, cpu = time.perf_counter(), _cpu_seconds()
        section = importlib.import_module(f"tests.benchmarks.bench_{name}").run()
        print(section, flush=True)
        sections[name] = with_notes(section, sections.get(name, ""))
        took.append(f"{name}: {time.perf_counter() - began:.0f} s, {_cpu_seconds() - cpu:.0f} s of CPU")
    body = "\n\n".join(f"<!-- {name} -->\n{sections[name]}" for name in sorted(sections) if name in known)
    DOCUMENT.write_text(f"{_INTRODUCTION}\n{body}\n")
    print(*took, sep="\n")


def _cpu_seconds() -> float:
    """Return those of this process and of all that it has waited for; a PostgreSQL server is nobody's child."""
    return sum(os.times()[:4])


def with_notes(section: str, present: str) -> str:
    """Return a section with what was noted by hand behind the present one."""
    _, marker, notes = present.partition(_NOTES)
    return f"{section.strip()}\n\n{marker}{notes}".strip()


def _sections() -> dict[str, str]:
    """The sections of the present document, by benchmark."""
    if not DOCUMENT.exists():
        return {}
    parts = re.split(r"<!-- (\w+) -->\n", DOCUMENT.read_text())[1:]
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


if __name__ == "__main__":
    main(sys.argv[1:])
