"""Judge mutants in one warm process: tests are collected and run once, then each mutant is a fork that runs its own.

A script of ``tests.mutation``, run in its copy of the project. mutmut makes the mutants and the switch between them;
its own runs collect the tests anew for every mutant and start with all of them three times, which takes longer than a
sample may. A mutant is judged by the tests that reach its function until one fails, first by those that reach little
else: they are most likely about it. What makes the tables as a module is imported has run before the fork: that is
judged by all tests, in a process of its own.
"""

import argparse
import gc
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from mutmut import __main__ as mutmut
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

_KILLED, _SURVIVED = 1, 0
_NOT_TRIED = "not tried"
_PLAIN = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir=.", "--no-header")
_CACHED = type(lru_cache(len))


class Judge:
    """A pytest plugin in whose stead of a test loop every drawn mutant is judged; ``outcomes`` by mutant."""

    def __init__(self, drawn: list[str], tests: list[str], *, seconds: float, longest: float) -> None:
        self._tests = tests
        self._at_import: frozenset[str] = frozenset()
        self.outcomes = dict.fromkeys(drawn, _NOT_TRIED)
        self._seconds, self._longest = seconds, longest
        self._reach: dict[str, list[tuple[int, float, pytest.Item]]] = defaultdict(list)
        self._caches: list[Callable[[], None]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._caches = _caches()
        self._at_import = frozenset(state()._stats)
        set_mutant_under_test("stats")
        for item in session.items:
            state()._stats.clear()
            start = time.process_time()
            if not self._passes(item):  # it needs what this loop does not have, and judges nothing
                print(f"{item.nodeid} fails without any mutant", file=sys.stderr)
                continue
            spent = time.process_time() - start
            reached = set(state()._stats)
            for function in reached if spent <= self._longest else ():
                self._reach[function].append((len(reached), spent, item))
        set_mutant_under_test("")
        gc.freeze()  # a fork copies what a collector touches
        end = time.monotonic() + self._seconds
        for name in self.outcomes:
            if time.monotonic() > end:
                break
            self.outcomes[name] = self._judge(name)
            judged = Counter(self.outcomes.values())
            print(f"{judged.total() - judged[_NOT_TRIED]} of {judged.total()}: {dict(judged)}", file=sys.stderr)
        return True

    def _passes(self, item: pytest.Item) -> bool:
        for clear in self._caches:  # an answer that is remembered would be reached by one test only
            clear()
        return not any(report.failed for report in runtestprotocol(item, nextitem=None, log=False))

    def _judge(self, name: str) -> str:
        function = mangled_name_from_mutant_name(name)
        reaching = sorted(self._reach.get(function, ()), key=lambda reach: reach[:2])
        if not reaching:
            return self._judge_import(name) if function in self._at_import else "no tests"
        child = os.fork()
        if not child:
            self._run(name, [(spent, item) for _functions, spent, item in reaching])
        code = os.waitpid(child, 0)[1]
        return "timeout" if os.WIFSIGNALED(code) else "killed" if os.WEXITSTATUS(code) else "survived"

    def _judge_import(self, name: str) -> str:
        command = [sys.executable, "-m", "pytest", "-x", *_PLAIN, *self._tests]
        done = subprocess.run(command, env={**os.environ, "MUTANT_UNDER_TEST": name}, capture_output=True)
        return "killed" if done.returncode else "survived"

    def _run(self, name: str, reaching: list[tuple[float, pytest.Item]]) -> None:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        limit = int(5 + 3 * sum(spent for spent, _item in reaching))
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        set_mutant_under_test(name)
        try:
            os._exit(_SURVIVED if all(self._passes(item) for _spent, item in reaching) else _KILLED)
        finally:
            os._exit(_KILLED)


def _caches() -> list[Callable[[], None]]:
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] == "portal"]
    named = [each for module in modules for each in list(vars(module).items())]
    cached = [value.cache_clear for _name, value in named if type(value) is _CACHED]
    return cached + [value.clear for name, value in named if name == "_CACHE"]


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, kind in (("seed", int), ("mutants", int), ("workers", int), ("seconds", float), ("longest", float)):
        parser.add_argument(f"--{name}", type=kind, required=True)
    parser.add_argument("tests", nargs="+")
    options = parser.parse_args()
    set_mutant_under_test("mutant_generation")
    Path("mutants").mkdir(exist_ok=True)
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.setup_source_paths()
    mutmut.create_mutants(options.workers)
    modules = [json.loads(path.read_text())["exit_code_by_key"] for path in Path("mutants").rglob("*.meta")]
    names = sorted(name for mutants in modules for name in mutants)
    drawn = random.Random(options.seed).sample(names, min(options.mutants, len(names)))
    judge = Judge(drawn, options.tests, seconds=options.seconds, longest=options.longest)
    os.chdir("mutants")
    set_mutant_under_test("stats")
    code = pytest.main([*_PLAIN, *options.tests], plugins=[judge])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        sys.exit(int(code))
    Path("../outcomes.json").write_text(json.dumps(judge.outcomes))


if __name__ == "__main__":
    main()
