"""The normal ranges of a measurement, in words."""

from portal.domain import entry as e
from portal.normalise.ranges import AGED
from portal.web import formats
from portal.web.phrases import gettext as _
from portal.web.words import phrase


def ranges_of(part: e.Result | e.Component) -> str:
    """Return the normal range in words; others with what they are of."""
    texts = []
    for range_ in part.ranges:
        text = formats.range_text(range_)
        if text:
            texts.append(f"{text} ({_meaning(range_.meaning)})" if range_.meaning else text)
    return "; ".join(texts)


def _meaning(text: str) -> str:
    """Return what a range is of and for whom, in words ("women, age 12 to 18 years")."""
    parts = text.split(", ")
    ages = f"{AGED} "
    return ", ".join(
        _("age %(age)s", age=part.removeprefix(ages)) if part.startswith(ages) else phrase(part) for part in parts
    )
