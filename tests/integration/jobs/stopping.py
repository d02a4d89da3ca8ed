"""Workers that stop at a marked point, for tests that kill them there. Nothing in the product knows of this.

``python -m tests.integration.jobs.stopping`` imports everything once and reads JSON lines: ``{"environ": {…}, "stops":
[[target, when, nth, mark]], "log": path}`` forks a worker (``portal worker --burst``) whose ``target`` ("module:name")
stops before or after its nth call; it writes its process id to ``mark`` and sleeps until ``mark`` + ".go" is there.
The answer is the worker's process id; the line ``"wait"`` answers with its exit status.
"""

import importlib
import itertools
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from jobs import work


def main() -> None:
    children: list[int] = []
    for line in sys.stdin:
        order = json.loads(line)
        if order == "wait":
            answer = os.waitpid(children.pop(), 0)[1]
        else:
            answer = os.fork()
            if answer == 0:
                _work(order)
            children.append(answer)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _work(order: dict[str, Any]) -> None:
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(log, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.update(order["environ"])
    for target, when, nth, mark in order["stops"]:
        _stop_at(target, when, nth, Path(mark))
    status = 1
    try:
        status = work.main(["--burst"])
    finally:
        os._exit(status)


def _stop_at(target: str, when: str, nth: int, mark: Path) -> None:
    module_name, _, name = target.partition(":")
    owner: Any = importlib.import_module(module_name)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    real = getattr(owner, last)
    calls = itertools.count(1)

    def stopping(*args: Any, **kwargs: Any) -> Any:
        here = next(calls) == nth
        if here and when == "before":
            _stop(mark)
        result = real(*args, **kwargs)
        if here and when == "after":
            _stop(mark)
        return result

    setattr(owner, last, stopping)


def _stop(mark: Path) -> None:
    mark.with_suffix(".part").write_text(str(os.getpid()))
    mark.with_suffix(".part").rename(mark)
    go = mark.with_suffix(".go")
    while not go.exists():
        time.sleep(0.02)


if __name__ == "__main__":
    main()
