"""``/metrics`` for Prometheus: refreshes, queue, links, answers. Counts and codes only, nobody's data.

Not public: with ``PORTAL_METRICS_TOKEN`` only for who shows it; without one only for a caller on this machine that did
not come through a proxy. What is counted in the database and the queue is the same whichever process answers, and is
asked for at most every 15 seconds by each; times of answers are those of all processes of ``portal serve`` together.

Each answer is a line of the log, too: request id, endpoint, method, status, milliseconds. No address, no person.
"""

import hmac
import os
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import cast

import structlog
from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from portal.endpoints import public
from portal.extensions import current_request, current_services, of_request
from portal.services import Services
from portal.store import scheduled_runs
from portal.store.audit import segments
from portal.store.links import refresh_report

blueprint = Blueprint("metrics", __name__)
_log = structlog.get_logger()
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client
_UNLOGGED = frozenset({"static", "system.alive", "system.ready", "metrics.metrics"})
_KEY = "tributary.metrics"
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


def share(folder: Path) -> None:
    """Let all processes that are forked from this one count together, in files of this folder. Before ``bind``."""
    os.environ[_FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]


class _Stored(Collector):
    """What the database and the queue say, not older than ``seconds``."""

    def __init__(self, services: Services, *, seconds: float) -> None:
        self._here = services
        self._seconds = seconds
        self._read = (0.0, ())  # type: tuple[float, tuple[Metric, ...]]

    def collect(self) -> Iterator[Metric]:
        until, metrics_ = self._read
        if time.monotonic() >= until:
            metrics_ = tuple(self._collect())
            self._read = (time.monotonic() + self._seconds, metrics_)
        yield from metrics_

    def _collect(self) -> Iterator[Metric]:
        with self._here.db.reading() as tx:
            refreshes = refresh_report.refresh_counts(tx)
            links = refresh_report.link_counts(tx)
            waiting = refresh_report.waiting_refreshes(tx)
            wrong = refresh_report.wrong_persons(tx)
            unsealed = segments.oldest_unsealed(tx)
            unsealed_seconds = (tx.now - unsealed).total_seconds() if unsealed else 0.0
            night = scheduled_runs.last_end(tx, job="retention")
        labels = ["organization", "name"]
        ended = GaugeMetricFamily(
            "tributary_refreshes_ended_last_day",
            "Refreshes that ended within 24 hours, by outcome and reason.",
            labels=[*labels, "state", "reason"],
        )
        for refresh in refreshes:
            ended.add_metric([refresh.organization_id, refresh.name, refresh.state, refresh.reason], refresh.count)
        yield ended
        live = GaugeMetricFamily("tributary_links", "Links that are not history, by state.", labels=[*labels, "state"])
        for refresh in links:
            live.add_metric([refresh.organization_id, refresh.name, refresh.state], refresh.count)
        yield live
        yield GaugeMetricFamily("tributary_refreshes_waiting", "Refreshes that wait in the database.", value=waiting)
        open_ = sum(1 for alert in wrong if alert.open)
        yield GaugeMetricFamily(
            "tributary_wrong_person_links", "Links that brought somebody else's records, still open.", value=open_
        )
        yield GaugeMetricFamily(
            "tributary_audit_unsealed_seconds",
            "How long the oldest event of the audit trail has not been sealed; above 60, nobody seals.",
            value=unsealed_seconds,
        )
        if night is not None:
            yield GaugeMetricFamily(
                "tributary_night_ended_timestamp_seconds", "When the nightly jobs last ended.", value=night.timestamp()
            )
        yield from self._queue()

    def _queue(self) -> Iterator[Metric]:
        health = self._here.queue.health()
        yield GaugeMetricFamily("tributary_queue_up", "Whether the queue answers.", value=health is not None)
        if health is None:
            return
        kinds = {
            "jobs": GaugeMetricFamily("tributary_queue_jobs", "Jobs that wait, by kind.", labels=["kind"]),
            "failed": GaugeMetricFamily(
                "tributary_queue_failed_jobs",
                "Jobs that failed since the first that did, for a day, by kind.",
                labels=["kind"],
            ),
            "workers": GaugeMetricFamily(
                "tributary_workers_up", "Whether somebody works on jobs of this kind.", labels=["kind"]
            ),
        }
        for kind, counts in health.kinds.items():
            kinds["jobs"].add_metric([kind], counts.waiting)
            kinds["failed"].add_metric([kind], counts.failed)
            kinds["workers"].add_metric([kind], kind not in health.idle)
        yield from kinds.values()
        yield GaugeMetricFamily(
            "tributary_queue_age_seconds", "For how long the job has waited that is next.", value=health.age
        )
        yield GaugeMetricFamily("tributary_scheduler_up", "Whether a scheduler lives.", value=health.scheduler)


def bind(app: Flask) -> None:
    """Measure every answer of this application."""
    registry = CollectorRegistry(auto_describe=False)
    shared = os.environ.get(_FOLDER, "")
    services: Services = app.extensions["tributary"]
    registry.register(_Stored(services, seconds=15 if shared else 0))
    if shared:
        MultiProcessCollector(registry, shared)  # type: ignore[no-untyped-call]
    seconds = Histogram(
        "tributary_http_seconds",
        "Time until an answer is made, by endpoint and class of status.",
        ["endpoint", "status"],
        registry=None if shared else registry,
        buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    )
    app.extensions[_KEY] = registry
    series = lru_cache(maxsize=1024)(seconds.labels)  # an endpoint's of a status is looked up in three steps

    @app.before_request
    def _begin() -> None:
        of_request()["began"] = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        began = of_request().pop("began", None)
        if began is not None:
            request = current_request()
            endpoint, taken = request.endpoint or "none", time.perf_counter() - began
            series(endpoint, f"{response.status_code // 100}xx").observe(taken)
            if not services.settings.testing and endpoint not in _UNLOGGED:
                milliseconds = round(taken * 1000)
                _log.info(
                    "request", endpoint=endpoint, method=request.method, status=response.status_code, ms=milliseconds
                )
        return response


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Return the figures in Prometheus' text format; 404 for everybody else."""
    if not _may_read():
        abort(404)
    registry = cast(CollectorRegistry, current_app.extensions[_KEY])
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    token = current_services().settings.metrics_token
    if token:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), token.encode())
    before_proxies = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR", request.remote_addr)
    return before_proxies in _LOOPBACK and not any(name in request.headers for name in _FORWARDED)
