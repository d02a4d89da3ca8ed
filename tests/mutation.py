"""Count the changes to the code that no unit test notices: ``make mutation ARGS="portal/access"``.

mutmut makes the mutants; ``tests/mutation_judge.py`` judges a sample of them, the same for the same seed, each with the
unit tests of the mutated package that reach it. It works in a copy of the project, because mutmut takes what to mutate
from ``pyproject.toml`` only.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
_COPIES = ROOT / "artefacts" / "mutation"
_KILLED = frozenset({"killed", "timeout"})
_JUDGED = _KILLED | {"survived", "no tests"}


def main() -> None:
    options = _options()
    tests = options.tests or _tests_of(options.packages)
    copy = _COPIES / "-".join(options.packages).replace("/", "-")
    _copy(copy, options.packages)
    numbers = ("seed", "mutants", "workers", "seconds", "longest")
    chosen = [f"--{name}={getattr(options, name)}" for name in numbers]
    judge = [sys.executable, "tests/mutation_judge.py", *chosen, *tests]
    done = subprocess.run(judge, cwd=copy, stdout=subprocess.PIPE, text=True)  # how far it is stands in its errors
    outcomes_file = copy / "outcomes.json"
    if done.returncode or not outcomes_file.is_file():
        sys.exit(f"{done.stdout[-3000:]}\nNo mutants, or the tests fail without any.")
    outcomes = {name: outcome for name, outcome in json.loads(outcomes_file.read_text()).items() if outcome in _JUDGED}
    for name in sorted(name for name, outcome in outcomes.items() if outcome not in _KILLED):
        print(_diff(copy, name).strip(), end="\n\n")
    killed = sum(outcome in _KILLED for outcome in outcomes.values())
    print(f"{len(outcomes)} mutants of {', '.join(options.packages)} (seed {options.seed}): {killed} killed", end="")
    counts = Counter(outcomes.values()).most_common()
    print(f" ({killed / max(1, len(outcomes)):.0%});", ", ".join(f"{count} {outcome}" for outcome, count in counts))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "packages", nargs="+", help="folders or modules, such as portal/access or portal/merge/words/text.py"
    )
    parser.add_argument("--tests", nargs="+", help="what pytest runs (the packages' folders in tests/unit)")
    parser.add_argument("--mutants", type=int, default=300, help="how many to draw; all if there are fewer (300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="processes that make mutants; one judges them")
    parser.add_argument("--seconds", type=float, default=600, help="when to stop; what was judged by then counts (600)")
    parser.add_argument("--longest", type=float, default=2, help="CPU seconds; longer tests judge no mutant (2)")
    return parser.parse_args()


def _tests_of(packages: list[str]) -> list[str]:
    """Return the unit tests of packages: the folder of the same name, else all."""
    folders = {Path("tests/unit") / Path(package).parts[1] for package in packages}
    return (
        sorted(str(folder) for folder in folders) if all((ROOT / each).is_dir() for each in folders) else ["tests/unit"]
    )


def _copy(copy: Path, packages: list[str]) -> None:
    shutil.rmtree(copy, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        if (ROOT / line).is_file():
            (copy / line).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / line, copy / line)
    chosen = [package if package.endswith(".py") else f"{package.rstrip('/')}/*" for package in packages]
    with (copy / "pyproject.toml").open("a") as file:
        file.write(
            "\n[tool.mutmut]\n"
            'source_paths = ["portal", "jobs"]\n'
            'also_copy = ["templates", "static", "docs"]\n'
            f"only_mutate = {json.dumps(chosen)}\n"
        )


def _diff(copy: Path, name: str) -> str:
    shown = subprocess.run([sys.executable, "-m", "mutmut", "show", name], cwd=copy, capture_output=True, text=True)
    return shown.stdout + shown.stderr


if __name__ == "__main__":
    main()
