"""What names something that the reader may not see: the reference goes, with its words and what was read of them.

What the text of the item itself says stays: it is the item's. A reference is one to what the person keeps private, to
what is confidential by its label or by the organization's rule, to a result that waits, to somebody else's message, and
to what says something of nothing but these.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from portal.access.visibility import Sight
from portal.domain.entry import Entry
from portal.domain.errors import NormaliseError
from portal.domain.resource_types import DESCRIBING
from portal.normalise import stamped, to_entry
from portal.normalise.context import written_references
from portal.normalise.device_uses import USE, device_of, with_uses
from portal.normalise.elements import items, obj, word
from portal.sharing.fitting import ABSENT, reference_name
from portal.store import Tx
from portal.store.records import batches, packing, references, resources
from portal.store.records.resources import StoredResource

_DEVICE = "Device"


@dataclass(frozen=True, slots=True)
class Reread:
    """A resource that names something withheld. ``names`` are these ("Type/id"); ``entry`` what it says without them,
    None where that is nothing."""

    names: frozenset[str]
    entry: Entry | None


Waiting = Callable[[str, AbstractSet[str]], AbstractSet[str]]
"""Return which of these "Type/id" of a source are not released to the reader yet."""


def reread(
    tx: Tx, *, person_id: str, sight: Sight, stored: Iterable[StoredResource], waiting: Waiting | None = None
) -> Mapping[str, Reread]:
    """Return, by id, those of a person's resources that name what a reader with this sight may not see."""
    if sight.whole and waiting is None:
        return {}
    by_source: dict[str, list[StoredResource]] = {}
    for each in stored:
        by_source.setdefault(each.source, []).append(each)
    again: dict[str, Reread] = {}
    for source, of_source in by_source.items():
        again |= _Source(tx, person_id, source).reread(of_source, sight, waiting)
    return again


def hidden(tx: Tx, *, source: str, sight: Sight, stored: Sequence[StoredResource]) -> frozenset[str]:
    """Return the names ("Type/id") in these resources of what a reader with this sight may not see."""
    if sight.whole:
        return frozenset()
    return _hidden(tx, source, sight, (name for each in stored for name in names_in(each.text)))


def without(value: Any, names: AbstractSet[str]) -> Any:
    """Return (part of) a resource without the references to these; that there was one is said, as it may be required.

    A narrative that was made of the elements says them again, and goes, too. Sources:
    http://hl7.org/fhir/R4/extension-data-absent-reason.html; http://hl7.org/fhir/R4/valueset-narrative-status.html.
    """
    if isinstance(value, list):
        return [without(part, names) for part in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("reference"), str) and reference_name(value) in names:
        return dict(ABSENT)
    parts = {name: without(part, names) for name, part in value.items()}
    if is_made_of_elements(parts.get("text")) and parts != value:
        del parts["text"]
    return parts


def is_made_of_elements(narrative: object) -> bool:
    """Tell whether a narrative says nothing but what the elements of its resource say."""
    return word(obj(narrative).get("status")) in _MADE_OF_ELEMENTS


_MADE_OF_ELEMENTS = frozenset({"generated", "extensions"})


def names_in(text: bytes) -> frozenset[str]:
    """Return the "Type/id" of every reference in the JSON of resources, but those to a patient."""
    named = {reference_name({"reference": each}) for each in written_references(text)}
    return frozenset(name for name in named if name and not name.startswith("Patient/"))


def described(tx: Tx, *, source: str, names: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Return what those of these say something of that say it of others: the words for them may tell of it."""
    describing = [name for name in names if name.partition("/")[0] in DESCRIBING]
    stored = resources.many(tx, references=describing, source=source) if describing else ()
    named = {f"{each.type}/{each.fhir_id}": items(each.body.get(DESCRIBING[each.type])) for each in stored}
    return {name: frozenset(map(reference_name, targets)) for name, targets in named.items() if targets}


def _hidden(tx: Tx, source: str, sight: Sight, names: Iterable[str], waiting: Waiting | None = None) -> frozenset[str]:
    own = frozenset(names)
    about = described(tx, source=source, names=own)
    every = own.union(*about.values()) - {""}
    withheld = references.withheld(tx, references=every, source=source, sight=sight)
    withheld |= waiting(source, every) if waiting is not None else frozenset()
    return withheld.union(name for name, targets in about.items() if targets <= withheld)


class _Source:
    """What one organization sent of a person."""

    def __init__(self, tx: Tx, person_id: str, source: str) -> None:
        self._tx, self._person_id, self._source = tx, person_id, source

    def reread(self, stored: Sequence[StoredResource], sight: Sight, waiting: Waiting | None) -> dict[str, Reread]:
        uses = self._uses() if any(each.type == _DEVICE for each in stored) else {}
        named = {each.id: names_in(b"\n".join([each.text, *uses.get(each.fhir_id, ())])) for each in stored}
        withheld = _hidden(self._tx, self._source, sight, frozenset().union(*named.values()), waiting)
        return {
            each.id: Reread(names, self._entry(each, uses.get(each.fhir_id, ()), names))
            for each in stored
            if (names := named[each.id] & withheld)
        }

    def _uses(self) -> dict[str, list[bytes]]:
        """Return the statements of use by the FHIR id of their Device: what they say is read as the device's."""
        by_device: dict[str, list[bytes]] = {}
        of_person = batches.of_type(self._tx, person_id=self._person_id, source=self._source, kind=USE)
        for text in (packing.unpack(each.packed) for each in of_person):
            device = reference_name({"reference": device_of(packing.decode(text))})
            by_device.setdefault(device.removeprefix(f"{_DEVICE}/"), []).append(text)
        return by_device

    def _entry(self, stored: StoredResource, uses: Iterable[bytes], names: AbstractSet[str]) -> Entry | None:
        """Return what a resource says without what it names; None where it says nothing then."""

        def lookup(reference: str, /) -> Mapping[str, Any] | None:
            name = reference_name({"reference": reference})
            named = resources.many(self._tx, references=[name], source=self._source) if name not in names else ()
            theirs = (each for each in named if each.person_id in (None, self._person_id) or each.type == "Patient")
            return next(({"resourceType": each.type, **each.body} for each in theirs), None)

        whole = without({"resourceType": stored.type, "id": stored.fhir_id, **stored.body}, names)
        if stored.type == _DEVICE:
            whole = with_uses(whole, [without(packing.decode(text), names) for text in uses])
        try:
            return stamped(to_entry(whole, lookup), whole)
        except NormaliseError:
            return None
