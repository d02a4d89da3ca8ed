"""Allergies: substance, finding and ingredient codes, words around the allergen, classes and members."""

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.merge_set import Pair
from tests.factories.fhir import RXNORM, SNOMED, concept

NDFRT = "http://hl7.org/fhir/ndfrt"
ALLERGENS = (  # substance or ingredient, allergy finding, words here, words there
    ((RXNORM, "70618"), (SNOMED, "91936005"), "Penicillin", "Allergy to penicillin"),
    ((SNOMED, "256349002"), (SNOMED, "91935009"), "Peanut", "Peanut allergy"),
    ((SNOMED, "111088007"), (SNOMED, "300916003"), "Latex", "Latex allergy"),
    ((SNOMED, "387406002"), (SNOMED, "91939003"), "Sulfonamide", "Sulfa antibiotics"),
    ((SNOMED, "102263004"), (SNOMED, "91930004"), "Eggs", "Allergy to eggs"),
    ((RXNORM, "1191"), (SNOMED, "293586001"), "Aspirin", "Aspirin allergy"),
    ((RXNORM, "723"), (SNOMED, "294505008"), "Amoxicillin", "Allergy to amoxicillin"),
)
OTHERS = (
    "Codeine",
    "Morphine",
    "Shellfish",
    "Strawberries",
    "Cat dander",
    "Ragweed pollen",
    "Iodine contrast",
    "Lisinopril",
)


def allergy(fhir_id: str, text: str, *codings: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance",
        "id": fhir_id,
        "clinicalStatus": concept("", ("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active")),
        "patient": {"reference": "Patient/p1"},
        "code": concept(text, *codings),
    } | more


def pairs() -> Iterator[Pair]:
    for index, (substance, finding, here, there) in enumerate(ALLERGENS):
        yield Pair("same", allergy("a", here, substance), allergy("b", there, finding), f"{here}: substance / finding")
        yield Pair("same", allergy("a", here, substance), allergy("b", here), f"{here}: code / words")
        yield Pair("same", allergy("a", here), allergy("b", there), f"{here}: words only")
        yield Pair("same", allergy("a", here, substance), allergy("b", here.upper(), substance), f"{here}: code")
        yield Pair("same", allergy("a", there, finding), allergy("b", here), f"{here}: finding / words")
        mild = {"reaction": [{"manifestation": [{"text": "Hives"}], "severity": "mild"}]}
        severe = {"reaction": [{"manifestation": [{"text": "Anaphylaxis"}], "severity": "severe"}]}
        yield Pair(
            "disagreeing", allergy("a", here, substance) | mild, allergy("b", here, substance) | severe, "severity"
        )
        risk = allergy("a", here, substance, criticality="low"), allergy("b", here, substance, criticality="high")
        yield Pair("disagreeing", *risk, "criticality")
        other = ALLERGENS[(index + 1) % len(ALLERGENS)]
        yield Pair("different", allergy("a", here, substance), allergy("b", other[2], other[0]), "another allergen")
        yield Pair("different", allergy("a", here, substance), allergy("b", other[3], other[1]), "another finding")
        yield Pair("different", allergy("a", here), allergy("b", other[2]), "another allergen, words only")
    for index, text in enumerate(OTHERS):
        yield Pair("same", allergy("a", text), allergy("b", f"Allergy to {text.lower()}"), f"{text}: words")
        next_one = OTHERS[(index + 1) % len(OTHERS)]
        yield Pair("different", allergy("a", text), allergy("b", next_one), f"{text} is not {next_one}")
    yield from _particulars()


def _particulars() -> Iterator[Pair]:
    different = (
        (("Penicillin", (RXNORM, "70618")), ("Amoxicillin", (RXNORM, "723")), "class and member"),
        (("Peanut", (SNOMED, "256349002")), ("Tree nut", (SNOMED, "13577000")), "nuts"),
        (("Sulfonamide", (SNOMED, "387406002")), ("Sulfite", (SNOMED, "29871006")), "look-alike"),
        (("Egg", (SNOMED, "102263004")), ("Egg yolk", (SNOMED, "303300008")), "part"),
        (("Cow's milk", (SNOMED, "3718001")), ("Soy milk", (SNOMED, "256353000")), "milk"),
        (("Bee venom", (SNOMED, "288328004")), ("Wasp venom", (SNOMED, "256440004")), "venom"),
        (("Dust mite", (SNOMED, "260147004")), ("House dust", (SNOMED, "410980008")), "dust"),
    )
    for (here, code), (there, other), why in different:
        yield Pair("different", allergy("a", here, code), allergy("b", there, other), why)
        yield Pair("different", allergy("a", here), allergy("b", there), f"{why}, words only")
    none = (SNOMED, "716186003")
    yield Pair("same", allergy("a", "No known allergies", none), allergy("b", "No Known Allergies", none), "none known")
    yield Pair("different", allergy("a", "No known allergies", none), allergy("b", "Penicillin"), "none / one")
    drug = (SNOMED, "409137002")
    yield Pair(
        "different",
        allergy("a", "No known allergies", none),
        allergy("b", "No known drug allergies", drug),
        "none of what",
    )
    yield Pair("same", allergy("a", "Bee stings"), allergy("b", "Bee venom", (SNOMED, "288328004")), "stings")
    yield Pair("same", allergy("a", "Penicillins"), allergy("b", "Penicillin", (RXNORM, "70618")), "plural")
