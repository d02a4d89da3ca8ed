"""Numbers, units, ranges, reasons, files, languages: the smallest parts, at the edges where they change."""

from base64 import b64encode
from decimal import Decimal
from hashlib import sha1
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.entry import Code, Quantity, Range
from portal.normalise.attachments import attachments
from portal.normalise.coding import LOINC, all_codes, code_in, codes_of, in_extension, names_of
from portal.normalise.elements import extension, flag, line, lines, narrative, number, paragraph, word
from portal.normalise.languages import language, of_title
from portal.normalise.quantities import (
    absent_reason,
    amount_text,
    decimal_text,
    humane_unit,
    quantity,
    range_text,
    ratio_text,
    value_of,
)
from portal.normalise.ranges import ranges
from portal.normalise.result_kinds import is_commented, parts_of
from portal.normalise.results import interpretation
from portal.normalise.subjects import subject_references
from tests.unit.normalise.samples import UCUM, amount, concept

ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
TO = "\N{EN DASH}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1" * 40, "1" * 40),
        ("1" * 41, ""),
        (" 5 ", "5"),
        ("+5", "5"),
        (".5", ".5"),
        ("5.", "5."),
        ("1e3", "1000"),
        ("1_000", ""),
        ("٣", ""),
        (False, ""),
        (0, "0"),
        (10**39, "1" + "0" * 39),
        (1.23456, "1.23"),
        (1.2345, "1.2345"),
        (0.99996, "1"),
        (0.123456, "0.1235"),
        (-12.345678, "-12.35"),
        (1e-12, "1e-12"),
        (1e-11, "0.00000000001"),
        (Decimal("NaN"), ""),
        (Decimal("1.50"), "1.50"),
        (float("-inf"), ""),
    ],
)
def test_numbers(value: object, text: str) -> None:
    assert decimal_text(value) == text


@given(st.decimals(min_value=1, max_value=10**16, allow_nan=False, places=7), st.sampled_from([1, -1]))
def test_noise_behind_a_number_is_rounded_as_decimals_are(value: Decimal, sign: int) -> None:
    """To two decimals, and from a half to the even one: never as the binary number beside it would be."""
    decimals_left = (sign * value).quantize(Decimal("0.01")).normalize()
    assert decimal_text(sign * value) == format(decimals_left, "f")


@pytest.mark.parametrize("value", ["1.00500", "1.01500", "2.67500", "-1.00500", "999999999999999.99500"])
def test_a_half_is_rounded_to_the_even_decimal(value: str) -> None:
    assert decimal_text(Decimal(value)) == format(Decimal(value).quantize(Decimal("0.01")).normalize(), "f")


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (3, 3), (3.0, 3), (Decimal("3.0"), 3), ("12", 12), (True, None), (3.5, None), ("3.5", None), ("-1", None),
        (10**12, None), (10**12 - 1, 10**12 - 1), (-(10**12), None), (float("nan"), None), ("1" * 12, int("1" * 12)),
        ("1" * 13, None), (None, None), (1e12, None),
    ],
)  # fmt: skip
def test_whole_numbers(value: object, whole: int | None) -> None:
    assert number(value) == whole


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"value": 5, "unit": "mg"}, Quantity(value="5", unit="mg")),
        ({"value": 5, "code": "mg", "system": UCUM}, Quantity(value="5", unit="mg", code="mg")),
        ({"value": 5, "code": "ug", "system": "urn:oid:2.16.840.1.113883.6.8"}, Quantity(value="5", unit="µg",
         code="ug")),
        ({"value": 5, "code": "own_unit", "system": "urn:own"}, Quantity(value="5", unit="own_unit")),
        ({"value": 5, "unit": "beats", "code": "own", "system": "urn:own"}, Quantity(value="5", unit="beats")),
        ({"value": 5, "comparator": "ad"}, Quantity(value="5", comparator="ad")),
        ({"value": 5, "comparator": "~"}, Quantity(value="5")),
        ({"value": "x"}, None),
        ("5 mg", None),
    ],
)  # fmt: skip
def test_quantities(written: object, expected: Quantity | None) -> None:
    assert quantity(written) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"low": amount(1, "mg"), "high": amount(2, "mg")}, f"1{TO}2 mg"),
        ({"low": {"value": 1}, "high": amount(2, "mg")}, f"1{TO}2 mg"),
        ({"low": amount(1, "mg"), "high": amount(2, "g")}, f"1 mg{TO}2 g"),
        ({"low": amount(1, "mg")}, "≥ 1 mg"),
        ({"high": amount(2, "mg")}, "≤ 2 mg"),
        ({}, ""),
    ],
)
def test_spans(value: object, text: str) -> None:
    assert range_text(value) == text
    assert amount_text({"doseRange": value}, "dose") == text


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        ({"value": 1}, {"value": 128}, "1:128"),
        (amount(5, "mg"), amount(1, "mL"), "5 mg per mL"),
        (amount(5, "mg"), {"value": "1.0"}, "5 mg"),
        (amount(5, "mg"), amount(2, "mL"), "5 mg per 2 mL"),
        (amount(8, "tablets"), amount(1, "d"), "8 tablets per day"),
        (amount(5, "mg"), None, "5 mg"),
        (None, amount(1, "mL"), ""),
    ],
)
def test_ratios(numerator: object, denominator: object, text: str) -> None:
    ratio = {"numerator": numerator, "denominator": denominator}
    assert ratio_text(ratio) == text
    assert amount_text({"xRatio": ratio}, "x") == text


@pytest.mark.parametrize(
    ("ucum", "shown"),
    [
        ("{INR}", "INR"), ("{beats}/min", "beats/min"), ("{cells}/uL", "cells/µL"), ("10^9/L", "×10⁹/L"),
        ("10*-3", "×10⁻³"), ("m2", "m²"), ("cm3", "cm³"), ("{ratio}", ""), ("{a_b}", "a b"), ("[in_i]", "in"),
        ("kg/[in_i]", "kg/in"), ("mm[Hg]/s", "mmHg/s"), ("uL", "µL"), ("unit", "unit"), ("ng/mL{FEU}", "ng/mL FEU"),
    ],
)  # fmt: skip
def test_units(ucum: str, shown: str) -> None:
    assert humane_unit(ucum).strip() == shown


@pytest.mark.parametrize(
    ("holder", "expected"),
    [
        ({"dataAbsentReason": concept(ABSENT, "masked", "Masked")}, ("masked", "Masked")),
        ({"dataAbsentReason": concept("urn:own", "X", "Lost")}, ("X", "Lost")),
        ({"dataAbsentReason": {"text": "Lost"}}, ("", "Lost")),
        ({"dataAbsentReason": "unknown"}, ("unknown", "Unknown")),
        ({"valueCodeableConcept": concept(ABSENT, "error", "Error")}, ("error", "Error")),
        ({"_valueString": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                                          "valueCode": "masked"}]}}, ("masked", "")),
        ({"valueQuantity": {"_value": {"extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "error"}]}}},
         ("error", "")),
        ({"valueString": "x", "note": 5}, ("", "")),
    ],
)  # fmt: skip
def test_why_there_is_no_value(holder: dict[str, Any], expected: tuple[str, str]) -> None:
    assert absent_reason(holder) == expected


@pytest.mark.parametrize(
    ("holder", "text"),
    [
        ({"valueInteger": 5}, "5"),
        ({"valueBoolean": True}, "Yes"),
        ({"valueBoolean": None, "valueString": "x"}, "x"),
        ({"valueSampledData": {"origin": amount(10, "mV"), "data": "1 2", "factor": 0.5}}, "10.5, 11.0 mV"),
        ({"valueSampledData": {"data": "1 L"}}, "1, ↓"),
        ({"valuePeriod": {"end": "2024"}}, f"… {TO} 2024"),
        ({"valueQuantity": {"value": "<", "unit": "mg"}}, "< mg"),
        ({"valueQuantity": {"unit": "mg"}}, ""),
        ({}, ""),
    ],
)
def test_values(holder: dict[str, Any], text: str) -> None:
    measured, words = value_of(holder)
    assert (measured.value if measured else words) == text


def test_reference_ranges_say_of_what_and_for_whom_they_are() -> None:
    measured = Quantity(value="5", unit="mg", code="mg")
    own = {
        "low": {"value": 4, "comparator": "<"},
        "high": amount(5, "g"),
        "type": concept("x", "normal", "Normal Range"),
        "appliesTo": [{"text": "Women"}, {"text": "Pregnant"}],
        "age": {"low": amount(18, "a"), "high": amount(40, "a")},
    }
    treated = {"text": "2 to 3", "type": concept("x", "therapeutic")}
    adults, other = (
        {"high": {"value": 9}, "type": {"text": "Adults"}},
        {"low": {"value": 1}, "type": concept("x", "Z9")},
    )
    assert ranges([own, treated, adults, other, {"type": {"text": "empty"}}], measured) == (
        Range(
            low=Quantity(value="4", unit="mg", code="mg", comparator="<"),
            high=Quantity(value="5", unit="g", code="g"),
            meaning=f"Women, Pregnant, age 18{TO}40 years",
        ),
        Range(text="2 to 3", meaning="wanted in treatment"),
        Range(high=Quantity(value="9", unit="mg", code="mg"), meaning="Adults"),
        Range(low=Quantity(value="1", unit="mg", code="mg"), meaning="Z9"),
    )
    assert ranges([adults], None) == (Range(high=Quantity(value="9"), meaning="Adults"),)


@pytest.mark.parametrize(
    ("concepts", "expected"),
    [
        (None, ("", "", ())),
        ([concept("x", "h")], ("H", "High", ("H",))),
        ([{"coding": [{"code": "H"}], "text": "bit HIGH"}], ("H", "bit HIGH", ("H",))),
        ([{"text": "H"}], ("H", "High", ("H",))),
        ([{"text": "low"}], ("L", "low", ("L",))),
        ([concept("x", "Z", "Odd")], ("Z", "Odd", ("Z",))),
        ([{}, concept("x", "N"), concept("x", "LL")], ("LL", "Critically low, Normal", ("N", "LL"))),
        (concept("x", "A"), ("A", "Abnormal", ("A",))),  # DSTU2
    ],
)
def test_flags(concepts: object, expected: tuple[str, str, tuple[str, ...]]) -> None:
    assert interpretation(concepts) == expected


def test_files() -> None:
    data = b64encode(b"Hello").decode()
    (inline,) = attachments([{"contentType": "Text/Plain", "data": data, "title": "PLAN"}])
    digest = b64encode(sha1(b"Hello", usedforsecurity=False).digest()).decode()
    assert (inline.content_type, inline.size, inline.inline, inline.digest) == ("text/plain", 5, True, digest)
    assert inline.title == "Plan"
    (far,) = attachments({"url": "Binary/1", "title": "see Binary/1", "size": "12", "hash": "abc="})
    assert (far.url, far.title, far.size, far.digest, far.inline) == ("Binary/1", "", 12, "abc=", False)
    (named,) = attachments([{"title": "Scan"}, {"contentType": "text/plain"}, {"data": ""}])
    assert (named.title, named.url, named.size) == ("Scan", "", None)
    (broken,) = attachments([{"data": "%%%=a"}])
    assert (broken.digest, broken.inline) == ("", True)


def test_languages_of_a_title() -> None:
    def translated(tag: str, words: str, kind: str = "valueString") -> dict[str, Any]:
        parts = [{"url": "lang", "valueCode": tag}, {"url": "content", kind: words}]
        return {"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": parts}

    beside = {"extension": [translated("es", "Asma"), translated("fr-CA", "Asthme", "valueMarkdown"),
                            translated("no tag", "x"), translated("de", ""), {"url": "x"}]}  # fmt: skip
    code = {"text": "ASTHMA", "_text": beside}
    assert of_title({"code": code}, "Asthma") == (("es", "Asma"), ("fr-CA", "Asthme"))
    assert of_title({"type": [{"coding": [{"display": "Asthma", "_display": beside}]}]}, "Asthma")[0] == ("es", "Asma")
    assert of_title({"code": code}, "Gout") == of_title({"code": {"text": "Asthma"}}, "Asthma") == ()
    assert [language(tag) for tag in ("en", "es-US", "english language", 5)] == ["en", "es-US", "", ""]


def test_codes_and_words_from_odd_places() -> None:
    severity = {"extension": [{"url": "x"}, {"url": "https://x.example/allergy#Severity", "valueCode": "mild"}]}
    assert in_extension(severity, "severity") == "mild"
    assert in_extension({"extension": [{"url": "urn:x-stage", "valueString": "II"}]}, "stage") == "II"
    assert in_extension({}, "stage") == ""
    both = {
        "coding": [{"system": ABSENT, "code": "unknown"}, {"system": "a", "code": "1"}, {"system": "b", "code": "2"}]
    }
    assert (code_in(both), code_in(both, "b"), code_in(both, "c"), code_in(" final ")) == ("1", "2", "", "final")
    assert (all_codes([both, concept("", "3")]), all_codes("x")) == ({"1", "2", "3"}, {"x"})
    assert [code.code for code in codes_of(both, None, [concept("a", "1"), concept("c", "1")])] == ["1", "2", "1"]
    for system in (LOINC, "urn:own"):
        again = [
            {"system": system, "code": code, "display": code + word} for word in "xyx" for code in ("1", " 1 ", "")
        ]
        assert codes_of({"coding": again}) == (Code(system, "1", "1x"),)
    assert names_of([both, {"text": "Own"}, {"text": "own"}, {}]) == ("Code 1", "Own")


def test_texts_are_cut_where_they_must_be() -> None:
    assert line("x" * 300) == "x" * 300
    assert line("x" * 301) == "x" * 299 + "…"
    assert (paragraph("a\n\n\nb\r", 3), paragraph("a\n\n\nb\r", 4)) == ("a…", "a\n\nb")
    assert (word(" a "), word("x" * 64), word("x" * 65), word(5)) == ("a", "x" * 64, "", "")
    assert (lines(["a", "", 5, "b"]), lines("a"), lines(None)) == (("a", "b"), ("a",), ())
    assert [flag(value) for value in (True, "true", "false", 1, None)] == [True, True, False, False, False]
    div = "<div>One &lt;1&gt;<br/>two<script>x()</script><table><tr><td>a</td><td>b</td></tr></table></div>"
    assert narrative({"text": {"div": div}}) == "One <1>\ntwo\na\nb"
    assert extension({"extension": {"url": "urn:x", "valueCode": "1"}}, "urn:x")["valueCode"] == "1"
    assert extension({"extension": [{"url": "urn:y"}]}, "urn:x") == {}


def test_a_cut_is_said_whatever_was_left_out_of_the_text_before() -> None:
    """Line ends of two characters made a text shorter than its limit after its end had been cut off."""
    assert paragraph("take\r\n" * 300, 2000) == "\n".join(["take"] * 300)
    assert paragraph("take\r\n" * 500, 2000).endswith("\ntake…")
    assert paragraph("a" + "\r\n" * 9000 + "b", 2000) == "a…"
    assert paragraph("a" + "\r\n" * 9000, 2000) == "a"
    assert (line("a" + " " * 2000 + "b"), line("a" + " " * 2000)) == ("a…", "a")
    assert value_of({"valueString": "x" * 4000})[1] == "x" * 4000
    assert value_of({"valueString": "x" * 4001})[1] == "x" * 3999 + "…"
    narrated = narrative({"text": {"div": f"<div>{'<p>a b</p>' * 2100}</div>"}})
    assert (narrated[:4], narrated[-1]) == ("a b\n", "…")


@pytest.mark.parametrize(
    ("resource", "commented"),
    [
        ({"resourceType": "DiagnosticReport", "code": {"text": "CBC"}, "conclusion": "Fine."}, True),
        ({"resourceType": "DiagnosticReport", "code": {"text": "CT scan"}, "conclusion": "Fine."}, False),
        ({"resourceType": "DiagnosticReport", "code": {"text": "CBC"}, "conclusion": " "}, False),
        ({"resourceType": "Observation", "note": [{"text": "", "authorReference": {"type": "CareTeam"}}]}, False),
        ({"resourceType": "Observation", "note": [{"text": "x"}, {"text": "y", "authorReference":
          {"reference": "CareTeam/1"}}]}, True),
    ],
)  # fmt: skip
def test_what_counts_as_a_clinicians_word(resource: dict[str, Any], commented: bool) -> None:
    assert is_commented(resource) is commented


def test_parts_of_a_report_and_of_a_panel() -> None:
    report = {
        "result": [{"reference": "https://x.example/fhir/Observation/1"}],
        "hasMember": {"reference": "Observation/2"},
    }
    assert list(parts_of(report)) == ["Observation/1", "Observation/2"]


@pytest.mark.parametrize(
    ("resource", "subjects"),
    [
        ({"resourceType": "Patient", "id": "no id!"}, ()),
        ({"resourceType": "Task", "for": {"reference": "Patient/1"}}, ("Patient/1",)),
        ({"resourceType": "Communication", "sender": {"reference": "https://x/Patient/1"},
          "recipient": [{"reference": "Practitioner/2"}, {"reference": "urn:uuid:3", "type": "Patient"}]},
         ("urn:uuid:3", "https://x/Patient/1")),
        ({"resourceType": "Appointment", "participant": [{"actor": {"reference": "Patient"}}]}, ()),
        ({"resourceType": "Basic", "recipient": [{"reference": "Patient/1"}]}, ()),
    ],
)  # fmt: skip
def test_whom_a_resource_is_about(resource: dict[str, Any], subjects: tuple[str, ...]) -> None:
    assert subject_references(resource) == subjects
