"""One map of routes for all applications of a run that have the same ones.

Each test makes an application of its own, with 400 routes, and half of what that costs is that werkzeug reads their
rules. An application's map keeps its rules unread until something is looked up, and then asks the map of the first
application that had the same.
"""

from collections.abc import Iterator
from copy import copy
from operator import attrgetter
from typing import Any

from werkzeug.routing import Map, MapAdapter, Rule, RuleFactory

_maps: dict[tuple[object, ...], Map] = {}
_read = attrgetter(
    *("rule", "endpoint", "subdomain", "host", "strict_slashes", "merge_slashes", "redirect_to"),
    *("build_only", "alias", "websocket", "provide_automatic_options"),
)


class SharedMap(Map):
    """For ``Flask.url_map_class``. A rule that is added later is in the next answer, as in any map."""

    def __init__(self, *, host_matching: bool) -> None:
        super().__init__(host_matching=host_matching)
        self._added: list[Rule] = []
        self._shared: Map | None = None

    def add(self, rulefactory: RuleFactory) -> None:
        self._added += rulefactory.get_rules(self)
        self._shared = None

    def _same(self) -> Map:
        if self._shared is None:
            key = self.host_matching, *self.converters.items(), *map(_description, self._added)
            if key not in _maps:
                # Copies: each of ours stays unread, for the map that has one rule more.
                rules = map(copy, self._added)
                _maps[key] = Map(rules, converters=self.converters, host_matching=self.host_matching)
            self._shared = _maps[key]
        return self._shared

    def iter_rules(self, endpoint: Any | None = None) -> Iterator[Rule]:
        return self._same().iter_rules(endpoint)

    def is_endpoint_expecting(self, endpoint: Any, *arguments: str) -> bool:
        return self._same().is_endpoint_expecting(endpoint, *arguments)

    def bind(self, *args: Any, **named: Any) -> MapAdapter:
        return self._same().bind(*args, **named)

    def bind_to_environ(self, *args: Any, **named: Any) -> MapAdapter:
        return self._same().bind_to_environ(*args, **named)

    def update(self) -> None:
        self._same().update()


def _description(rule: Rule) -> tuple[object, ...]:
    return *_read(rule), frozenset(rule.methods or ()), repr(rule.defaults)
