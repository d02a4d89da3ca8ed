"""How a medicine is to be taken, on a Spanish page: sentences of ours in Spanish, what was sent as it was sent."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from babel.support import Translations
from flask import Flask
from flask_babel import Babel
from markupsafe import escape

from portal.demo import stories
from portal.demo.network import INSTANCES
from portal.domain.entry import Entry, Medication
from portal.domain.errors import NormaliseError
from portal.domain.plans import Dispense
from portal.normalise import dosage, timing, to_entry
from portal.paths import TRANSLATIONS
from portal.web.health import dose_phrases, dose_words, facts, lines
from portal.web.health.differences import value_text
from portal.web.health.search_text import readable
from portal.web.sent import Sent, Several
from tests.shared_data import bundles, ndjson

_TYPES = frozenset({"MedicationRequest", "MedicationStatement", "MedicationDispense"})
_DEMO_DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def spanish_page() -> Iterator[None]:
    app = Flask("portal")
    app.config |= {"BABEL_DEFAULT_LOCALE": "es", "BABEL_TRANSLATION_DIRECTORIES": str(TRANSLATIONS)}
    Babel(app)
    with app.test_request_context():
        yield


def order(*dosages: Mapping[str, Any], **more: Any) -> Entry:
    return to_entry(
        {
            "resourceType": "MedicationRequest",
            "id": "m",
            "status": "active",
            "intent": "order",
            "authoredOn": "2026-03-01",
            "medicationCodeableConcept": {"text": "Acetaminophen 500 mg"},
            "dosageInstruction": list(dosages),
            **more,
        },
        lambda _reference: None,
    )


def _tablets(number: float, **more: Any) -> dict[str, Any]:
    return {"doseAndRate": [{"doseQuantity": {"value": number, "unit": "tablet"}}], **more}


def _repeat(**repeat: Any) -> dict[str, Any]:
    return {"timing": {"repeat": repeat}}


_BY_MOUTH = {"route": {"coding": [{"system": "http://snomed.info/sct", "code": "26643006", "display": "Oral"}]}}
_TAKE = {"method": {"coding": [{"system": "http://snomed.info/sct", "code": "419652001", "display": "Take"}]}}
_TWICE = _repeat(frequency=2, period=1, periodUnit="d")
_EIGHT_A_DAY = {
    "maxDosePerPeriod": {"numerator": {"value": 8, "unit": "tablet"}, "denominator": {"value": 1, "unit": "day"}}
}


@pytest.mark.parametrize(
    ("element", "english", "spanish"),
    [
        (
            _tablets(2, asNeededCodeableConcept={"text": "Pain"}, **_TAKE, **_BY_MOUTH, **_TWICE, **_EIGHT_A_DAY),
            "Take 2 tablets by mouth, twice a day, as needed for pain, at most 8 tablets per day",
            (
                "Tome 2 tabletas por la boca, dos veces al día, según sea necesario para el dolor, "
                "como máximo 8 tabletas al día"
            ),
        ),
        (
            _tablets(1, **_repeat(frequency=1, period=4, periodMax=6, periodUnit="h"), asNeededBoolean=True),
            "1 tablet, every 4 to 6 hours, as needed",
            "1 tableta, cada 4–6 horas, según sea necesario",
        ),
        (
            {
                "doseAndRate": [{"doseRange": {"low": {"value": 1}, "high": {"value": 2, "unit": "puff"}}}],
                **_repeat(when=["AC"], offset=30, dayOfWeek=["mon", "sat"]),
            },
            "1–2 puffs, 30 minutes before meals, on Monday, Saturday",
            "1–2 inhalaciones, 30 minutos antes de las comidas, los lunes y sábados",
        ),
        (
            _tablets(1, **_repeat(count=1, boundsPeriod={"end": "2026-04-22"})),
            "1 tablet, one time only, until Apr 22, 2026",
            "1 tableta, una sola vez, hasta 22 abr 2026",
        ),
        (
            _tablets(
                0.5,
                **_repeat(
                    frequency=1,
                    period=1,
                    periodUnit="d",
                    timeOfDay=["08:00:00"],
                    boundsDuration={"value": 7, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"},
                ),
            ),
            "0.5 tablet, once a day, at 08:00, for 7 days",
            "0.5 tableta, una vez al día, a las 08:00, durante 7 días",
        ),
        (
            {
                "doseAndRate": [
                    {"type": {"coding": [{"code": "calculated"}]}, "doseQuantity": {"value": 10, "unit": "mg"}},
                    {"type": {"coding": [{"code": "ordered"}]}, "doseQuantity": {"value": 1, "unit": "capsule"}},
                ],
                "timing": {"code": {"text": "2 times daily"}},
                "route": {"text": "Oral"},
            },
            "1 capsule (10 mg) oral, 2 times daily",
            "1 cápsula (10 mg) por la boca, dos veces al día",
        ),
        (
            {
                "doseAndRate": [
                    {
                        "doseQuantity": {"value": 500, "unit": "mL"},
                        "rateRatio": {
                            "numerator": {"value": 100, "unit": "mL"},
                            "denominator": {"value": 1, "unit": "h"},
                        },
                    }
                ],
                "maxDosePerAdministration": {"value": 1000, "unit": "mL"},
            },
            "500 mL at 100 mL per hour, at most 1000 mL at a time",
            "500 mL a 100 mL por hora, como máximo 1000 mL cada vez",
        ),
    ],
)
def test_a_sentence_of_ours_is_composed_in_spanish(element: dict[str, Any], english: str, spanish: str) -> None:
    entry = order(element)
    assert isinstance(entry.detail, Medication)
    assert entry.detail.instructions == (english,)
    assert dose_words.instructions(entry) == (spanish,)
    assert not isinstance(dose_words.instructions(entry)[0], Sent)
    assert lines.line(entry).main == spanish
    assert spanish in [text for fact in facts.facts(entry) for text in fact.values]
    assert spanish.split()[1] in readable(entry), "who looks for a word of the page finds it"


@pytest.mark.parametrize(
    "element",
    [
        _tablets(2, method={"text": "Swish and spit"}, **_TWICE),
        _tablets(2, route={"text": "By feeding tube"}, **_TWICE),
        _tablets(2, site={"text": "Behind the knee"}, **_TWICE),
        _tablets(2, asNeededCodeableConcept={"text": "Restless legs"}, **_TWICE),
        _tablets(2, timing={"code": {"text": "On dialysis days"}}),
        {"doseAndRate": [{"doseQuantity": {"value": 2, "unit": "scoops"}}], **_TWICE},
        _tablets(2, timing={"event": ["2026-03-02"], **_TWICE["timing"]}),  # not among the parts that are kept
        _tablets(2, **_repeat(boundsRange={"low": {"value": 7, "code": "d"}, "high": {"value": 9, "code": "d"}})),
    ],
)
def test_what_has_no_phrase_stays_english_as_a_whole(element: dict[str, Any]) -> None:
    entry = order(element)
    assert isinstance(entry.detail, Medication)
    (told,) = dose_words.instructions(entry)
    assert told == entry.detail.instructions[0]
    assert isinstance(told, Sent)
    assert told.language == "en"
    main = lines.line(entry).main
    assert isinstance(main, Sent)
    assert main.language == "en", "also where the entry's own language is not known"


def test_what_was_sent_keeps_its_words_and_its_language() -> None:
    element = _tablets(1, text="One at night, Normal", additionalInstruction=[{"text": "May cause sleep"}], **_TWICE)
    (told,) = dose_words.instructions(order(element, language="en-US"))
    assert isinstance(told, Several)
    assert told == "1 tableta, dos veces al día. One at night, Normal. May cause sleep"
    assert escape(told) == (
        '1 tableta, dos veces al día. <span lang="en-US" dir="auto">One at night, Normal.</span> '
        '<span lang="en-US" dir="auto">May cause sleep</span>'
    )


def test_several_doses_stand_in_one_line_each_in_its_language() -> None:
    main = lines.line(order(_tablets(1, **_TWICE), {"text": "Half <b>after</b> surgery"})).main
    assert escape(main) == (
        '1 tableta, dos veces al día; <span lang="" dir="auto">Half &lt;b&gt;after&lt;/b&gt; surgery</span>'
    )


def test_words_in_the_readers_language_are_not_said_twice() -> None:
    element = _tablets(1, text="Tome 1 tableta dos veces al día", **_TWICE)
    (told,) = dose_words.instructions(order(element, language="es"))
    assert told == "Tome 1 tableta dos veces al día"
    assert isinstance(told, Sent)
    assert told.language == "es"


def test_words_alone_that_say_it_in_english_get_the_spanish_beside_them() -> None:
    element = _tablets(1, text="1 tablet twice a day with food", **_TWICE)
    entry = order(element)
    assert isinstance(entry.detail, Medication)
    assert entry.detail.instructions == ("1 tablet twice a day with food",)
    assert dose_words.instructions(entry) == ("1 tableta, dos veces al día. 1 tablet twice a day with food",)


@pytest.mark.parametrize(
    ("field", "value", "spanish"),
    [
        ("dose", "2 tablets", "2 tabletas"),
        ("dose", "2 scoops", "2 scoops"),
        ("maximum", "8 tablets per day", "8 tabletas al día"),
        ("duration", "7 days", "7 días"),
        ("prn", "when needed: pain", "Según sea necesario (pain)"),
        ("prn", "regularly", "Con regularidad"),
        ("prn", "regularly and when needed: pain", "Con regularidad, y según sea necesario (pain)"),
        ("route", "by mouth", "por la boca"),
    ],
)
def test_a_part_that_differs(field: str, value: str, spanish: str) -> None:
    assert value_text(field, value) == spanish


def test_every_dose_of_the_data_is_spanish_or_says_that_it_is_not() -> None:
    """No English word of ours is in a text that counts as the page's own; no text is half of either."""
    english = _english_words()
    looked_at = composed = 0
    for entry in _medicines():
        for text, stored in zip(dose_words.instructions(entry), entry.detail.instructions, strict=True):  # type: ignore[union-attr]
            looked_at += 1
            pieces = text.pieces if isinstance(text, Several) else (text,)
            ours = " ".join(piece for piece in pieces if not isinstance(piece, Sent))
            composed += bool(ours.strip())
            assert not english & set(re.findall(r"[^\W\d_]+", ours.casefold())), (stored, text)
            if any(isinstance(piece, Sent) and piece.language == "en" and not entry.language for piece in pieces):
                assert text == stored
    assert looked_at > 100
    assert composed > looked_at / 2


def _english_words() -> set[str]:
    """Every word of our phrases of doses that no Spanish one has."""
    catalogue = Translations.load(TRANSLATIONS, ["es"])
    tables = [table for name, table in vars(dose_phrases).items() if isinstance(table, Mapping) and name.isupper()]
    phrases = [phrase for table in tables for phrase in _texts(table.values())]
    phrases += [*dosage.ROUTES.values(), *timing.TIMING_CODES.values(), *timing.WHEN.values()]
    phrases += ["as needed", "at most %(limit)s", "at the site: %(site)s", "until %(date)s", "one time only", "once"]
    words = [re.findall(r"[^\W\d_]+", re.sub(r"%\(\w+\)s", "", text)) for text in phrases]
    translated = [re.findall(r"[^\W\d_]+", re.sub(r"%\(\w+\)s", "", catalogue.gettext(text))) for text in phrases]
    english = {word.casefold() for each in words for word in each} - {
        word.casefold() for each in translated for word in each
    }
    assert len(english) > 80
    return english


def _texts(values: Any) -> Iterator[str]:
    for value in values:
        yield from (value,) if isinstance(value, str) else value


def _medicines() -> Iterator[Entry]:
    for resource in _resources():
        try:
            entry = to_entry(resource, lambda _reference: None)
        except NormaliseError:  # a medicine that is named by reference only
            continue
        if isinstance(entry.detail, Medication | Dispense):
            yield entry


def _resources() -> Iterator[dict[str, Any]]:
    listed = [
        *(part["resource"] for _name, bundle in bundles() for part in bundle["entry"]),
        *ndjson("synthea-bulk-10-patients", "MedicationRequest.000.ndjson"),
        *ndjson("us-core-610", "examples.ndjson"),
        *ndjson("epic-export-sanitized", "resources.ndjson"),
        *(resource for instance in INSTANCES for resource in stories.resources(instance.key, _DEMO_DAY)),
    ]
    return (resource for resource in listed if resource["resourceType"] in _TYPES)
