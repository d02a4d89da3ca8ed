"""What is made of each coded entry, whole: HL7's mapping "C-CDA on FHIR" is what it should be."""

from base64 import b64encode
from decimal import Decimal
from typing import Any

import pytest

from portal.domain.clinical_document import Enclosed
from portal.domain.people import Address, HumanName, Identifier
from portal.normalise.ccda import clinical_document
from portal.normalise.ccda.entries import resources_in
from portal.normalise.ccda.home_documents import resources_of
from tests.unit.normalise.ccda import coded as c
from tests.unit.normalise.ccda.documents import document, unstructured
from tests.unit.normalise.samples import LOINC, RXNORM, SNOMED, THO, UCUM

META = {"tag": [{"code": "document"}]}
_WRITTEN = "2024-04-01T10:05:00-05:00"


def written_as(section: str, **more: Any) -> list[dict[str, Any]]:
    raw = document(section).encode()
    kinds = resources_in(raw, document="d", patient="Patient/maria", meta=META, **more)
    listed = [resource for resources in kinds.values() for resource in resources]
    assert len({resource.pop("id") for resource in listed}) == len(listed)
    assert [resource.pop("meta") for resource in listed] == [META] * len(listed)
    return listed


def coding(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def test_an_allergy() -> None:
    hives = c.coded("value", "247472004", c.SNOMED, "Hives", kind="CD")
    inner = f'<entryRelationship typeCode="MFST"><observation>{hives}</observation></entryRelationship>'
    other = f'<entryRelationship typeCode="SUBJ"><observation>{hives}</observation></entryRelationship>'
    assert written_as(c.part("48765-2", c.allergy(c.PENICILLIN, inner=other + inner))) == [
        {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": {"coding": [{"system": f"{THO}allergyintolerance-clinical", "code": "active"}]},
            "code": coding(RXNORM, "70618", "Penicillin"),
            "onsetDateTime": "2010",
            "reaction": [{"manifestation": [coding(SNOMED, "247472004", "Hives")]}],
            "recordedDate": _WRITTEN,
            "patient": {"reference": "Patient/maria"},
        }
    ]


def test_an_allergy_to_what_has_a_name_only() -> None:
    (named,) = written_as(c.part("48765-2", c.allergy("<name>Bee  venom</name>", status="aborted")))
    assert (named["code"], named["clinicalStatus"]["coding"][0]["code"]) == ({"text": "Bee venom"}, "inactive")
    assert "reaction" not in named


def test_a_problem_with_a_translation() -> None:
    own = c.coded("translation", "M10.9", "2.16.840.1.113883.6.90", "Gout, unspecified")
    value = c.coded("value", "90560007", c.SNOMED, "Gout", kind="CD", inner=own)
    assert written_as(c.part("11450-4", c.problem(value, high="20200304"))) == [
        {
            "resourceType": "Condition",
            "clinicalStatus": {"coding": [{"system": f"{THO}condition-clinical", "code": "resolved"}]},
            "category": [{"coding": [{"system": f"{THO}condition-category", "code": "problem-list-item"}]}],
            "code": {
                "coding": [
                    {"system": SNOMED, "code": "90560007", "display": "Gout"},
                    {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M10.9", "display": "Gout, unspecified"},
                ],
                "text": "Gout",
            },
            "onsetDateTime": "2015",
            "abatementDateTime": "2020-03-04",
            "recordedDate": _WRITTEN,
            "subject": {"reference": "Patient/maria"},
        }
    ]


def test_a_medicine() -> None:
    more = (
        '<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="12" unit="h"/></effectiveTime>'
        '<doseQuantity value="2.5" unit="mL"/>'
    )
    drug = c.medication(c.LISINOPRIL, sig="With food", more=more, high="20230301")
    taken, ordered = written_as(c.part("10160-0", drug, c.medication(c.LISINOPRIL, mood="RQO")))
    assert taken == {
        "resourceType": "MedicationStatement",
        "status": "completed",
        "medicationCodeableConcept": coding(RXNORM, "314076", "lisinopril 10 MG Oral Tablet"),
        "dosage": [
            {
                "text": "With food",
                "timing": {"repeat": {"frequency": 1, "period": Decimal(12), "periodUnit": "h"}},
                "doseAndRate": [
                    {"doseQuantity": {"value": Decimal("2.5"), "unit": "mL", "code": "mL", "system": UCUM}}
                ],
            }
        ],
        "effectivePeriod": {"start": "2023-01-05", "end": "2023-03-01"},
        "dateAsserted": _WRITTEN,
        "subject": {"reference": "Patient/maria"},
    }
    assert (ordered["resourceType"], ordered["intent"]) == ("MedicationRequest", "order")
    assert ordered["medicationCodeableConcept"] == taken["medicationCodeableConcept"]


def test_a_vaccine() -> None:
    drug = c.coded("code", "158", c.CVX, "influenza") + "<lotNumberText>AB12</lotNumberText>"
    assert written_as(c.part("11369-6", c.medication(drug, status="completed"))) == [
        {
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": coding("http://hl7.org/fhir/sid/cvx", "158", "influenza"),
            "occurrenceDateTime": "2023-01-05",
            "lotNumber": "AB12",
            "patient": {"reference": "Patient/maria"},
        }
    ]
    assert written_as(c.part("11369-6", c.medication(drug, mood="INT"))) == []


def _flagged(value: str, ranges: str = "") -> str:
    flag = '<interpretationCode code="H" codeSystem="2.16.840.1.113883.5.83"/>'
    return c.part("30954-2", c.result(c.SODIUM, value, inner=flag + ranges, status="active"))


def test_a_result() -> None:
    bounds = '<value><low value="135" unit="mmol/L"/></value>'
    words = "<text>135  or more</text>"
    ranges = "".join(
        f"<referenceRange><observationRange>{one}</observationRange></referenceRange>" for one in (bounds, words, "")
    )
    (result,) = written_as(_flagged('<value xsi:type="PQ" value="152.0" unit="mmol/L"/>', ranges))
    unit = {"unit": "mmol/L", "code": "mmol/L", "system": UCUM}
    assert result == {
        "resourceType": "Observation",
        "status": "preliminary",
        "category": [{"coding": [{"system": f"{THO}observation-category", "code": "laboratory"}]}],
        "code": coding(LOINC, "2951-2", "Sodium"),
        "effectiveDateTime": "2024-03-01",
        "interpretation": [{"coding": [{"system": f"{THO}v3-ObservationInterpretation", "code": "H"}]}],
        "referenceRange": [{"low": {"value": Decimal(135), **unit}}, {"text": "135 or more"}],
        "valueQuantity": {"value": Decimal("152.0"), **unit},
        "subject": {"reference": "Patient/maria"},
    }


def test_values_of_each_kind() -> None:
    def value(written: str) -> dict[str, Any]:
        listed = written_as(_flagged(written))
        return {name: part for one in listed for name, part in one.items() if name.startswith("value")}

    assert value('<value xsi:type="INT" value="3"/>') == {"valueQuantity": {"value": Decimal(3)}}
    assert value('<value xsi:type="REAL" value="-3.5"/>') == {"valueQuantity": {"value": Decimal("-3.5")}}
    assert value('<value xsi:type="PQ" value="3" unit="1"/>') == {"valueQuantity": {"value": Decimal(3)}}
    assert value('<value xsi:type="PQ" value="many"/>') == {}
    assert value('<value xsi:type="ED">Clear</value>') == {"valueString": "Clear"}
    assert value('<value xsi:type="BL" value="true"/>') == {}
    assert value("<value>Clear</value>") == {}
    local = '<value xsi:type="CO" code="7" codeSystem="1.2.3" displayName="Few"/>'
    assert value(local) == {"valueCodeableConcept": coding("urn:oid:1.2.3", "7", "Few")}
    bare = '<value xsi:type="CE" code="7"/>'
    assert value(bare) == {"valueCodeableConcept": {"coding": [{"code": "7"}]}}


def test_results_are_of_the_kind_that_their_document_is() -> None:
    section = _flagged('<value xsi:type="ST">Benign</value>')
    (plain,) = written_as(section)
    (tissue,) = written_as(section, described={"type": {"text": "Surgical pathology report"}})
    assert tissue["category"] == [*plain["category"], {"coding": [{"system": f"{THO}v2-0074", "code": "PAT"}]}]
    raw = document(section).replace('displayName="Summary of episode note"', 'displayName="Radiology report"')
    (image,) = resources_in(raw.encode(), document="d", patient="Patient/1", meta=META)["Observation"]
    assert image["category"][1]["coding"][0]["code"] == "RAD"


def test_a_document_at_home_gives_its_entries() -> None:
    def attached(raw: bytes) -> dict[str, Any]:
        return {"attachment": {"contentType": "text/xml", "data": b64encode(raw).decode()}}

    whole = document(c.part("48765-2", c.allergy(c.PENICILLIN))).encode()
    meta = {"tag": [{"code": "document"}], "security": [{"code": "R"}], "versionId": "3"}
    body = {"meta": meta, "content": [attached(b"<broken"), {"attachment": {"data": "%"}}, attached(whole)]}
    (allergy,) = resources_of(body, "doc-1", "maria")["AllergyIntolerance"]
    assert allergy["meta"] == {"tag": meta["tag"], "security": meta["security"]}
    assert allergy["patient"] == {"reference": "Patient/maria"}
    assert resources_of({"content": [attached(b"<broken")]}, "doc-1", "maria") == {}
    assert resources_of({}, "doc-1", "maria") == {}


def test_whom_a_document_is_about_and_who_wrote_it() -> None:
    raw = document().replace(
        '<name use="L"><given>Maria</given><family>Alvarez</family></name>',
        '<name use="C P"><prefix>Ms.</prefix><given>Maria</given><given>T.</given><family>Alvarez</family>'
        '<suffix>Jr.</suffix></name><name use="P"><given>Mia</given></name><name/><name>M. Alvarez</name>',
    )
    raw = raw.replace(
        '<telecom value="tel:', '<id root="9.9"/><telecom value="mailto:maria@x.example"/><telecom value="tel:'
    )
    raw = raw.replace("<postalCode>07801</postalCode>", "<postalCode>07801</postalCode><country>US</country>")
    raw = raw.replace(
        "<custodian>",
        "<author><assignedAuthor><assignedAuthoringDevice><softwareName>Chart 7</softwareName>"
        "</assignedAuthoringDevice></assignedAuthor></author><custodian>",
    )
    read = clinical_document(raw.encode())
    assert read is not None
    (maria,) = read.patients
    assert maria.names == (
        HumanName("Alvarez", ("Maria", "T."), prefix=("Ms.",), suffix=("Jr.",), use="official"),
        HumanName(given=("Mia",), use="nickname"),
        HumanName(text="M. Alvarez"),
    )
    assert maria.addresses == (Address(("1 Main St",), "Dover", "NJ", "07801", "US"),)
    assert (maria.emails, maria.phones) == (("maria@x.example",), ("+1-973-555-0101",))
    assert maria.identifiers == (Identifier(system="urn:oid:1.2.3.4", value="MRN-7"),)
    assert read.authors == ("Dr. Iris Owens, Dover Clinic", "Chart 7")
    assert (read.kind, read.confidentiality, read.enclosed) == ("Summary of episode note", "N", None)
    untitled = clinical_document(document().replace("title>", "subtitle>").encode())
    assert untitled is not None
    assert untitled.title == "Summary of episode note"


def test_the_file_in_an_envelope() -> None:
    read = clinical_document(unstructured("Application/PDF; charset=x", " JVBERi0= ").encode())
    assert read is not None
    assert read.enclosed == Enclosed("application/pdf", "JVBERi0=")
    other = clinical_document(unstructured("text/plain", "words").replace('representation="B64"', "").encode())
    assert other is not None
    assert other.enclosed is None


_TEXT = '<value xsi:type="ST">x</value>'


@pytest.mark.parametrize(
    ("code", "unsure", "sure"),
    [
        ("48765-2", c.allergy(c.PENICILLIN, negated=True), c.allergy(c.PENICILLIN)),
        ("48765-2", c.allergy('<code nullFlavor="UNK"/>'), c.allergy(c.PENICILLIN)),
        ("11450-4", c.problem(c.GOUT, negated=True), c.problem(c.GOUT)),
        ("10160-0", c.medication(c.LISINOPRIL, negated=True), c.medication(c.LISINOPRIL)),
        ("11369-6", c.medication(c.LISINOPRIL, mood="INT"), c.medication(c.LISINOPRIL)),
        ("30954-2", c.result(c.SODIUM, _TEXT, status="cancelled"), c.result(c.SODIUM, _TEXT)),
    ],
)
def test_what_is_not_sure_hides_nothing_that_follows(code: str, unsure: str, sure: str) -> None:
    assert len(written_as(c.part(code, unsure, sure, unsure, sure))) == 2


def test_two_sections_of_one_kind_keep_all_of_their_entries_apart() -> None:
    """Some write the results of each visit into a section of its own; ``written_as`` compares the ids."""
    first, second = (c.part("48765-2", c.allergy(agent), c.allergy(agent)) for agent in (c.PENICILLIN, c.LISINOPRIL))
    assert len(written_as(first + second)) == 4
