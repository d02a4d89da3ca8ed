"""RQ's worker, whose work horse (the process of its jobs) does many jobs, one after the other.

RQ forks a process for each job. More than half of what a small refresh took was then making anew what the process
before had: statements compiled, connections to the database, pages of memory copied. The worker still watches its
horse: heartbeats, time-outs, and what becomes of the job of one that was killed are RQ's own.

A horse is replaced after ``JOBS`` jobs, after a job that failed (whatever that left in it goes with it), and once it
grew by more than ``MEMORY``; one that has nothing to do leaves. So nothing grows, and no job is another's burden for
long.
"""

import json
import os
import resource
import select
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from rq import Queue, Worker
from rq.exceptions import NoSuchJobError
from rq.executions import Execution
from rq.job import Job

from jobs import context
from portal.domain.forgetting import forget

JOBS = 200
MEMORY = 256 * 1024  # KiB that a horse may grow by
IDLE_SECONDS = 60.0
_DONE = b"+"
_LONGEST = 4096  # bytes of the names of a job


@dataclass(frozen=True, slots=True)
class _Horse:
    """A work horse as its worker sees it: EOF on ``pipe`` says that it is gone."""

    pid: int
    pipe: socket.socket

    def hand(self, names: bytes) -> bool:
        """Hand it a job; False where it is gone."""
        try:
            with suppress(BlockingIOError):
                self.pipe.recv(1, socket.MSG_DONTWAIT)  # that it had done the one before
            self.pipe.send(names)
        except OSError:
            return False
        return True

    def done(self) -> bool:
        """Wait until it has done its job; False where it is gone."""
        with suppress(ConnectionResetError):
            # Only looked at: an alarm that interrupts the wait must not take what was said.
            return bool(self.pipe.recv(1, socket.MSG_PEEK))
        return False


class InstanceWorker(Worker):
    """RQ's worker with a horse that stays, and connections of its own in it."""

    _horse: _Horse | None = None
    _names = b""

    @property
    def horse_pid(self) -> int:
        return self._horse.pid if self._horse else 0

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        execution = self.execution
        self._names = json.dumps([job.id, execution.id if execution else "", queue.name]).encode()
        self._hand()

    def wait_for_horse(self) -> "tuple[int | None, int | None, resource.struct_rusage | None]":
        """Return as ``os.wait4`` does when the job is done, or its process gone."""
        while self._horse and not self._horse.done():
            pid, status, usage = super().wait_for_horse()
            self._horse = None
            if status != os.EX_OK:
                return pid, status, usage
            self._hand()  # it had left already as the job came
        return self.horse_pid, os.EX_OK, None

    def teardown(self) -> None:
        super().teardown()  # type: ignore[no-untyped-call]
        if self._horse:
            self._horse.pipe.close()
            super().wait_for_horse()  # it leaves at once; whoever stops the worker finds nothing of it afterwards

    def _hand(self) -> None:
        if self._horse and self._horse.hand(self._names):
            return
        if self._horse:
            super().wait_for_horse()
        self._horse = self._forked()
        self._horse.hand(self._names)

    def _forked(self) -> _Horse:
        ours, its = socket.socketpair()
        pid = os.fork()
        if pid:
            its.close()
            return _Horse(pid, ours)
        status = 1
        try:
            os.setpgrp()
            ours.close()
            context.after_fork()
            self.setup_work_horse_signals()  # type: ignore[no-untyped-call]
            self._work_as_horse(its)
            status = os.EX_OK
        finally:
            os._exit(status)

    def _work_as_horse(self, pipe: socket.socket) -> None:
        most = _peak() + MEMORY
        for _ in range(JOBS):
            ready, *_rest = select.select([pipe], [], [], IDLE_SECONDS)
            names = pipe.recv(_LONGEST) if ready else b""
            if not names:
                return
            good = self._performed(*json.loads(names))
            pipe.send(_DONE)
            if not good or _peak() > most:
                return

    def _performed(self, job_id: str, execution_id: str, queue_name: str) -> bool:
        (queue,) = (each for each in self.queues if each.name == queue_name)
        options: Any = {"connection": self.connection, "serializer": self.serializer}
        try:
            job = self.job_class.fetch(job_id, **options)
        except NoSuchJobError:  # the queue was lost meanwhile; the sweep asks for it again
            return True
        self.execution = Execution(execution_id, job_id, self.connection, self.name)
        try:
            return bool(self.perform_job(job, queue, self.execution))
        finally:
            forget()


def _peak() -> int:
    """Return the most memory that this process had at once, in KiB; after a fork it begins with its parent's."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
