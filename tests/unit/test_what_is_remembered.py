"""What is worked out once and remembered holds little of what somebody sent: no cache grows by what a source writes."""

import gc
import re
import sys
from typing import Any

from portal.domain.forgetting import forget
from portal.merge import SourcedEntry, disagreements, read, wordings
from portal.merge.medications.sig_words import sig_text
from portal.merge.words.text import NOTES_AT_A_TIME
from portal.normalise import to_entry
from portal.normalise.elements import TEXT_LIMIT
from tests.unit.normalise.samples import LOINC, TYPES, others, sample

_LONG, _FEW = 200_000, 200
_NAME = 1_000  # characters: names with their codes; what is longer are somebody's words
_WRITTEN = frozenset({"code", "comment", "conclusion", "description", "display", "text", "title", "unit"})


def _lengthened(value: Any, name: str = "") -> Any:
    """Return a resource with so much more in each of its texts."""
    if isinstance(value, dict):
        return {key: _lengthened(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_lengthened(part, name) for part in value]
    return f"{value} {'x' * _LONG}" if isinstance(value, str) and name in _WRITTEN else value


def _told(value: Any, place: str = "") -> Any:
    """Return a resource with a word of somebody's own in notes, topic, reasons, narrative and names of people."""
    if isinstance(value, dict):
        return {key: _told(part, f"{place}.{key}") for key, part in value.items()}
    if isinstance(value, list):
        return [_told(part, place) for part in value]
    return f"{value} {_OWN_WORD}" if isinstance(value, str) and _ABOUT_SOMEBODY.search(place) else value


_OWN_WORD = "zqxjv"
_ABOUT_SOMEBODY = re.compile(
    r"[.](?:note|annotation|dosageInstruction|dosage|payload)[.](?:text|patientInstruction|contentString)$"
    r"|[.](?:comment|conclusion|div|patientInstruction|instruction)$"
    r"|[.](?:topic|reason|reasonCode|statusReason)[.]text$"
    r"|[.](?:requester|performer|recorder|asserter|author|practitioner|sender|individual|actor)[.]display$"
    r"|[.]name[.](?:text|family|given)$"
)


def _with_many_codes(kind: str) -> dict[str, Any]:
    codings = [{"system": LOINC, "code": f"{place}-1", "display": f"{place} {'x' * 200}"} for place in range(500)]
    concept = {"coding": codings, "text": "Many codes"}
    return sample(kind, code=concept, component=[{"code": concept, "valueString": "here"}])


def _remembered() -> dict[str, tuple[int, int]]:
    """Return the caches of the modules that read records: the longest that each is asked by, and how many it holds."""
    modules = [each for name, each in sys.modules.items() if name.startswith(("portal.merge", "portal.normalise"))]
    caches = {value for each in modules for value in vars(each).values() if hasattr(value, "cache_info")}
    return {
        f"{cache.__module__}.{cache.__qualname__}": (
            max(_length(key) for entries in gc.get_referents(cache) if type(entries) is dict for key in entries),
            cache.cache_info().maxsize or sys.maxsize,
        )
        for cache in caches
    }


def _caches() -> set[Any]:
    modules = [each for name, each in sys.modules.items() if name.partition(".")[0] in ("portal", "jobs")]
    return {value for each in modules for value in vars(each).values() if type(value) is _CACHE}


_CACHE = type(sig_text)


def _names_with_it() -> set[str]:
    """Return the caches that hold the word, in what they are asked or what they answer."""
    return {
        f"{cache.__module__}.{cache.__qualname__}"
        for cache in _caches()
        if any(_OWN_WORD in repr(held).casefold() for held in gc.get_referents(cache) if type(held) is dict)
    }


def _length(key: object) -> int:
    if isinstance(key, str):
        return len(key)
    return sum(map(_length, gc.get_referents(key))) if not isinstance(key, type) else 0


def test_no_cache_holds_what_is_longer_than_a_text_that_is_kept() -> None:
    forget()  # as at the end of a request: other tests have none
    for kind in TYPES:
        for resource in (_lengthened(sample(kind)), _with_many_codes(kind)):
            read(to_entry({**resource, "resourceType": kind}, others), source="home")
    caches = _remembered()
    assert max(length for length, _most in caches.values()) > _FEW
    assert {name: length for name, (length, _most) in caches.items() if length > TEXT_LIMIT + 100} == {}
    of_notes = {name for name, (length, most) in caches.items() if length > _NAME and most > NOTES_AT_A_TIME}
    assert of_notes == set(), "what is written about somebody is not remembered beyond what is compared just now"


def test_when_a_page_or_a_delivery_is_through_no_cache_holds_what_was_written_about_somebody() -> None:
    forget()
    before = _names_with_it()
    for kind in TYPES:
        words = {"note": [{"text": "Stopped smoking."}], "conclusion": "No mass.", "topic": {"text": "My test"}}
        resource = _told({**sample(kind), **words})
        entry = to_entry({**resource, "resourceType": kind}, others)
        read(entry, source="home")
        twins = [SourcedEntry(source, source, entry) for source in ("home", "link")]
        disagreements(twins)
        wordings(twins)
    sigs = ("Take 1 tablet daily, Monday dose zqxjv", "Inject 5 units at 8:00 am zqxjv")
    assert [sig_text(text) for text in sigs]
    assert _names_with_it() - before, "else it would prove nothing"
    forget()
    assert _names_with_it() == set()
