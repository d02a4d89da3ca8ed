"""Requirement F5, product.md section 6: with reduced data a page shows all that is known, and asks for nothing more."""

import re

from tests.hostile.web.stage import Stage, addresses

_ASKS = re.compile(r"<img\b|<iframe\b|hx-get=|hx-trigger=\"[^\"]*(?:load|every|revealed|intersect)")
_SHOWN = re.compile(r'data-(?:entry|link|thread)="([^"]+)"')


def test_every_page_shows_all_and_asks_for_nothing(stage: Stage) -> None:
    client = stage.visitor(stage.victim)
    paths = [each.path for each in addresses(stage) if each.method == "GET" and "person" not in each.about]
    before = {path: client.get(path) for path in paths}
    pages = {path: client.get(path, headers={"Save-Data": "on"}) for path in paths}
    looked_at = 0
    for path, page in pages.items():
        if page.mimetype != "text/html" or page.status_code != 200:
            continue
        looked_at += 1
        html = page.get_data(as_text=True)
        asks = _ASKS.search(html)
        assert not asks, (path, html[asks.start() : asks.start() + 200] if asks else "")
        shown = set(_SHOWN.findall(before[path].get_data(as_text=True)))
        assert set(_SHOWN.findall(html)) >= shown, path
    assert looked_at > 30
