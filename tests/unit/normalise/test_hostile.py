"""Whatever comes in: an Entry or a NormaliseError with a known code, never anything else, never an endless text."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.entry import Entry
from portal.domain.errors import NormaliseError
from portal.normalise import REASONS, clinical_date, section_of, subject_reference, to_entry
from portal.normalise.elements import words
from portal.normalise.registry import read
from tests.unit.normalise.samples import TYPES, others, sample

_WORDS = sorted(
    words(
        "coding system code display text reference status value unit start end period name type category given family "
        "repeat frequency period periodUnit when valueQuantity valueString valueCodeableConcept component contained id "
        "url data title contentType low high numerator denominator actor member role note use telecom address "
        "line deviceName udiCarrier carrierHRF item itemReference ingredient strength userSelected comparator class"
    )
)
_ODD = words(
    "active entered-in-error 2024-02-30 2024-13 0000 NaN 1e999 -0 ٣ #x # http://loinc.org http://snomed.info/sct "
    "http://unitsofmeasure.org 4548-4 716186003 LAB laboratory vital-signs Patient/1 urn:uuid:x true 10*3/uL {} [ "
    "9999-12-31T23:59:60-12:00 0001-01-01T00:00:00+14:00 BED IMP"
)
_TEXTS = st.one_of(
    st.text(max_size=20), st.sampled_from([*sorted(_ODD), "", " ", "\x00", "\ud800", "ALL CAPS (disorder)"])
)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**310),
    st.floats(),
    _TEXTS,
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(_WORDS), st.text(max_size=5)), inner, max_size=5),
    ),
    max_leaves=12,
)


@st.composite
def _damaged(draw: st.DrawFn) -> dict[str, Any]:
    """A rich sample with some of its parts, at any depth, replaced by any JSON."""
    resource = sample(draw(st.sampled_from(TYPES)))
    for _ in range(draw(st.integers(min_value=1, max_value=4))):
        place: Any = resource
        for _depth in range(draw(st.integers(min_value=0, max_value=5))):
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            inner = [key for key in keys if isinstance(place[key], dict | list) and place[key]]
            if not inner:
                break
            place = place[draw(st.sampled_from(inner))]
        key = draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
        if not (place is resource and key == "resourceType"):
            place[key] = draw(_JSON)
    return resource


def _outcome(resource: object, lookup: Any = others) -> Entry | str:
    """The entry, or the code of the refusal. Any other exception is the failure these tests look for."""
    try:
        return read(resource, lookup)
    except NormaliseError as refused:
        return refused.code


def _must_hold(resource: object, lookup: Any = others) -> None:
    found = _outcome(resource, lookup)
    if isinstance(found, Entry):
        assert found.title.strip()
        written = msgspec.json.encode(found)
        assert msgspec.json.decode(written, type=Entry) == found
        assert len(written) < 2_000_000
    else:
        assert found in REASONS
    if isinstance(resource, Mapping):
        assert isinstance(clinical_date(resource), str)
        assert len(clinical_date(resource)) <= 20
        subject = subject_reference(resource)
        assert subject is None or isinstance(subject, str)
        section_of(resource)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_damaged())
def test_a_damaged_resource_gives_an_entry_or_a_named_reason(resource: dict[str, Any]) -> None:
    _must_hold(resource)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(TYPES), st.data())
def test_any_json_under_the_names_of_a_type_gives_an_entry_or_a_named_reason(kind: str, data: st.DataObject) -> None:
    elements = data.draw(st.dictionaries(st.sampled_from([*sample(kind), "contained", "extension"]), _JSON))
    _must_hold({**elements, "resourceType": kind})


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TYPES), _JSON)
def test_what_a_reference_leads_to_may_be_anything(kind: str, found: Any) -> None:
    _must_hold(sample(kind), lambda _reference, /: found)


@given(_JSON)
@settings(max_examples=300, deadline=None)
def test_what_is_no_resource_is_refused(value: Any) -> None:
    _must_hold(value)
    with pytest.raises(NormaliseError):
        to_entry(value, others)


@pytest.mark.parametrize("kind", TYPES)
def test_enormous_texts_and_lists_are_cut(kind: str) -> None:
    def blow_up(value: Any, times: int) -> Any:
        if isinstance(value, dict):
            return {key: blow_up(inner, times) for key, inner in value.items()}
        if isinstance(value, list):
            return [blow_up(inner, 2) for inner in value] * times
        return value + "x y\n" * 500_000 if isinstance(value, str) and " " in value else value

    _must_hold({key: value if key == "resourceType" else blow_up(value, 3000) for key, value in sample(kind).items()})


@pytest.mark.parametrize("kind", TYPES)
def test_deep_nesting_is_not_followed(kind: str) -> None:
    deep: Any = {}
    for level in range(5000):
        deep = {("coding", "extension", "contained")[level % 3]: [deep]}
    for element in sample(kind):
        if element != "resourceType":
            _outcome(sample(kind, **{element: deep}))


def test_references_in_a_circle_end() -> None:
    role = {"resourceType": "PractitionerRole", "practitioner": {"reference": "PractitionerRole/1"}}
    _must_hold(sample("CareTeam"), lambda _reference, /: role)
    contained = [{"resourceType": "Medication", "id": "m", "ingredient": [{"itemReference": {"reference": "#m"}}]}]
    _must_hold(sample("MedicationStatement", contained=contained))
