"""Count the changes to the code that no unit test notices: ``make mutation ARGS="portal/access"``.

mutmut makes the mutants and runs each against the tests that reach it. This draws a sample, the same for the same seed,
and works in a copy of the project, because mutmut takes what to mutate from ``pyproject.toml`` only.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPY = ROOT / "artefacts" / "mutation"
_KILLED = frozenset({"killed", "timeout", "caught by type check"})


def main() -> None:
    options = _options()
    _copy(options.packages, options.tests)
    drawn = _draw(options.mutants, options.seed)
    output = _mutmut("run", "--max-children", str(options.workers), *drawn)
    if "Failed to run" in output:
        sys.exit(f"{output[-3000:]}\nThe tests fail without any mutant.")
    every = _outcomes()
    outcomes = {name: every.get(name, "not tried") for name in drawn}
    for name in sorted(name for name, outcome in outcomes.items() if outcome not in _KILLED):
        print(_mutmut("show", name).strip(), end="\n\n")
    killed = sum(outcome in _KILLED for outcome in outcomes.values())
    print(f"{len(drawn)} mutants of {', '.join(options.packages)} (seed {options.seed}): {killed} killed", end="")
    counts = Counter(outcomes.values()).most_common()
    print(f" ({killed / len(drawn):.0%});", ", ".join(f"{count} {outcome}" for outcome, count in counts))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("packages", nargs="+", help="folders or modules, such as portal/access or portal/merge/text.py")
    parser.add_argument("--tests", nargs="+", default=["tests/unit"], help="what pytest runs (tests/unit)")
    parser.add_argument("--mutants", type=int, default=300, help="how many to draw; all if there are fewer (300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def _copy(packages: list[str], tests: list[str]) -> None:
    shutil.rmtree(COPY, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        if (ROOT / line).is_file():
            (COPY / line).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / line, COPY / line)
    chosen = [package if package.endswith(".py") else f"{package.rstrip('/')}/*" for package in packages]
    with (COPY / "pyproject.toml").open("a") as file:
        file.write(
            "\n[tool.mutmut]\n"
            'source_paths = ["portal", "jobs"]\n'
            'also_copy = ["templates", "static", "docs"]\n'
            f"only_mutate = {json.dumps(chosen)}\n"
            f"pytest_add_cli_args_test_selection = {json.dumps(tests)}\n"
        )


def _draw(count: int, seed: int) -> list[str]:
    """Return the names of the mutants to try."""
    output = _mutmut("run", "none")  # makes the mutants, runs the tests without any, and then finds none of that name
    modules = [json.loads(path.read_text())["exit_code_by_key"] for path in (COPY / "mutants").rglob("*.meta")]
    names = sorted(name for mutants in modules for name in mutants)
    if "nothing matches" not in output or not names:
        sys.exit(f"{output[-3000:]}\nNo mutants, or the tests fail without any.")
    return random.Random(seed).sample(names, min(count, len(names)))


def _outcomes() -> dict[str, str]:
    lines = _mutmut("results", "--all", "true").splitlines()
    return {name.strip(): outcome.strip() for name, _, outcome in (line.rpartition(": ") for line in lines) if name}


def _mutmut(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "mutmut", *arguments], cwd=COPY, capture_output=True, text=True)
    return done.stdout + done.stderr


if __name__ == "__main__":
    main()
