"""When something began or ended, told as an age, a range, a span or in words: no date can be told from these."""

from collections.abc import Mapping
from typing import Any

from portal.domain.entry import Fact
from portal.normalise.elements import items, line, period, unique, when
from portal.normalise.quantities import amount_text


def age_facts(resource: Mapping[str, Any], element: str, label: str) -> tuple[Fact, ...]:
    """Return ``<element>Age``, ``Range``, ``String`` and ``Period`` as facts."""
    if not any(f"{element}{kind}" in resource for kind in ("Age", "Range", "String", "Period")):
        return ()
    ages = items(resource.get(f"{element}Age"))
    texts = [amount_text({"xQuantity": age}, "x") for age in ages]
    texts += [amount_text({"xRange": span}, "x") for span in items(resource.get(f"{element}Range"))]
    texts.append(line(resource.get(f"{element}String")))
    listed = [Fact(label, text) for text in unique(texts)]
    start, end = period(resource.get(f"{element}Period"))
    if start and end and start != end:
        listed.append(Fact(label, start=start, end=end))
    elif start and when(resource.get(f"{element}DateTime")) not in (None, start):
        listed.append(Fact(label, start=start))
    return tuple(listed)
