"""``/metrics`` for Prometheus: refreshes, queue, links, answers. Counts and codes only, nobody's data.

Not public: with ``PORTAL_METRICS_TOKEN`` only for who shows it; without one only for a caller on this machine that did
not come through a proxy. What is counted in the database is the same whichever process answers; times of answers are
those of the process that answers, which the label ``process`` names.
"""

import hmac
import os
import time
from collections.abc import Iterator
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from portal.endpoints import public
from portal.extensions import current_services
from portal.services import Services
from portal.store.audit import segments
from portal.store.links import refresh_report

blueprint = Blueprint("metrics", __name__)
_KEY = "tributary.metrics"
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


class _Stored(Collector):
    """What the database and the queue say at the moment of the question."""

    def __init__(self, services: Services) -> None:
        self._here = services

    def collect(self) -> Iterator[Metric]:
        with self._here.db.reading() as tx:
            refreshes = refresh_report.refresh_counts(tx)
            links = refresh_report.link_counts(tx)
            waiting = refresh_report.waiting_refreshes(tx)
            wrong = refresh_report.wrong_persons(tx)
            unsealed = segments.oldest_unsealed(tx)
            unsealed_seconds = (tx.now - unsealed).total_seconds() if unsealed else 0.0
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
        depth = self._here.queue.depth()
        yield GaugeMetricFamily("tributary_queue_up", "Whether the queue answers.", value=depth is not None)
        if depth is not None:
            yield GaugeMetricFamily("tributary_queue_jobs", "Jobs that wait in the queue.", value=depth)


def bind(app: Flask) -> None:
    """Measure every answer of this application."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Stored(app.extensions["tributary"]))
    seconds = Histogram(
        "tributary_http_seconds",
        "Time until an answer is made, by endpoint and class of status.",
        ["endpoint", "status", "process"],
        registry=registry,
        buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    )
    app.extensions[_KEY] = registry

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        began = g.pop("began", None)
        if began is not None:
            endpoint = request.endpoint or "none"
            status = f"{response.status_code // 100}xx"
            seconds.labels(endpoint, status, str(os.getpid())).observe(time.perf_counter() - began)
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
