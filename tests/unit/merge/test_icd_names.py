"""A code of ICD-10-CM calls two entries by its names: synonyms of its title join, what it merely counts does not."""

from typing import Any

import pytest

from portal.domain.entry import Entry
from portal.merge import disagreements, read, ruled_out, side_of
from portal.merge.disagreements import SourcedEntry, changes
from portal.merge.issues import icd_names
from portal.merge.issues.icd_exceptions import ANOTHER_THING, ONE_ILLNESS, OTHER_TERMS
from portal.normalise import to_entry
from portal.refresh.compare import PairVerdict, compare

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"


def _issue(text: str, code: str = "", system: str = ICD, **more: Any) -> dict[str, Any]:
    coded = {"coding": [{"system": system, "code": code}]} if code else {}
    return {"resourceType": "Condition", "code": {**coded, **({"text": text} if text else {})}, **more}


def _pair(left: dict[str, Any], right: dict[str, Any]) -> PairVerdict:
    """Return the verdict, which is the same the other way around."""
    verdict, turned = compare(left, right), compare(right, left)
    assert (verdict.verdict, verdict.may_be_same) == (turned.verdict, turned.may_be_same)
    return verdict


@pytest.mark.parametrize(
    ("code", "left", "right"),
    [
        ("I10", "HTN (hypertension)", "Essential hypertension"),
        ("I10", "High blood pressure", "Essential (primary) hypertension"),
        ("I10", "Benign essential HTN", "Primary hypertension"),
        ("I10", "Systemic hypertension", "Hypertension"),
        ("E78.00", "Hypercholesterolemia", "Pure hypercholesterolemia, unspecified"),
        ("E78.2", "Combined hyperlipidemia", "Mixed hyperlipidemia"),
        ("E78.5", "Hyperlipidemia", "Hyperlipidemia, unspecified"),
        ("G47.33", "Obstructive sleep apnea hypopnea", "Obstructive sleep apnea (adult) (pediatric)"),
        ("K21.9", "GERD", "Gastro-esophageal reflux disease without esophagitis"),
        ("F32.A", "Depressive disorder", "Depression, unspecified"),
        ("M54.50", "Lumbago", "Low back pain, unspecified"),
        ("N18.30", "CKD", "Chronic kidney disease, stage 3 unspecified"),
        ("J45.909", "Asthma", "Unspecified asthma, uncomplicated"),
        ("J45.40", "Moderate persistent asthma", "Moderate persistent asthma, uncomplicated"),
        ("E11.9", "Type 2 diabetes mellitus", "Type 2 diabetes mellitus without complications"),
        ("J44.9", "Chronic obstructive airway disease", "Chronic obstructive pulmonary disease, unspecified"),
        ("G43.909", "Migraine", "Migraine, unspecified, not intractable, without status migrainosus"),
        ("G44.209", "Tension headache", "Tension-type headache, unspecified, not intractable"),
        ("M81.0", "Osteoporosis", "Age-related osteoporosis without current pathological fracture"),
        ("M48.061", "Spinal stenosis, lumbar region", "Spinal stenosis, lumbar region without neurogenic claudication"),
        ("J30.1", "Hay fever", "Allergic rhinitis due to pollen"),
        ("M79.7", "Fibrositis", "Fibromyalgia"),
        ("B35.1", "Onychomycosis", "Tinea unguium"),
        ("G50.0", "Tic douloureux", "Trigeminal neuralgia"),
        ("I20.1", "Prinzmetal angina", "Angina pectoris with documented spasm"),
        ("I51.81", "Stress induced cardiomyopathy", "Takotsubo syndrome"),
        (
            "M30.1",
            "Eosinophilic granulomatosis with polyangiitis",
            "Polyarteritis with lung involvement [Churg-Strauss]",
        ),
        ("N48.6", "Peyronie's disease", "Induration penis plastica"),
        ("D67", "Hemophilia B", "Hereditary factor IX deficiency"),
        ("I34.0", "Nonrheumatic mitral valve regurgitation", "Nonrheumatic mitral (valve) insufficiency"),
        ("E53.1", "Vitamin B6 deficiency", "Pyridoxine deficiency"),
        ("N41.9", "Prostatitis", "Inflammatory disease of prostate, unspecified"),
        ("N32.81", "Detrusor muscle hyperactivity", "Overactive bladder"),
        ("H53.2", "Double vision", "Diplopia"),
        ("L03.213", "Preseptal cellulitis", "Periorbital cellulitis"),
        ("K22.6", "Mallory-Weiss syndrome", "Gastro-esophageal laceration-hemorrhage syndrome"),
        ("E03.9", "Hypothyroidism", ""),
        ("R53.83", "Other fatigue", ""),
    ],
)
def test_names_of_one_code_are_one_issue(code: str, left: str, right: str) -> None:
    assert _pair(_issue(left, code), _issue(right, code)).verdict == "same"


@pytest.mark.parametrize(
    ("code", "coded", "other"),
    [
        ("I10", "Essential (primary) hypertension", "HTN"),
        ("I10", "HTN (hypertension)", "Essential hypertension"),
        ("I10", "", "High blood pressure"),
        ("E78.00", "Pure hypercholesterolemia, unspecified", "Hypercholesterolemia"),
        ("E78.5", "", "Hyperlipidemia"),
        ("K21.9", "GERD", "Gastroesophageal reflux disease without esophagitis"),
        ("F32.A", "Depression, unspecified", "Depressive disorder"),
        ("M54.50", "Low back pain, unspecified", "Lumbago"),
        ("N17.9", "Acute kidney failure, unspecified", "Acute kidney injury"),
        ("J45.909", "Asthma", "Asthma, uncomplicated"),
        ("N18.30", "CKD", "Chronic kidney disease stage 3"),
        ("L29.9", "Pruritus, unspecified", "Itch"),
        ("I20.1", "Angina pectoris with documented spasm", "Variant angina"),
        ("M79.7", "Fibromyalgia", "Fibromyositis"),
        ("B04", "Monkeypox", "Mpox"),
        ("J84.112", "Idiopathic pulmonary fibrosis", "Cryptogenic fibrosing alveolitis"),
        ("G43.909", "Migraine", "Migraine, not intractable, without status migrainosus"),
        ("I95.1", "Orthostatic hypotension", "Postural hypotension"),
    ],
)
def test_a_name_of_the_code_alone_is_enough_for_the_other_side(code: str, coded: str, other: str) -> None:
    assert _pair(_issue(coded, code), _issue(other)).verdict == "same"
    assert _pair(_issue(coded, code), _issue(other, "123456000", SNOMED)).verdict == "same"


@pytest.mark.parametrize(
    ("code", "left", "right"),
    [
        # Residual codes and titles of several things: their terms are a list.
        ("E78.49", "Familial combined hyperlipidemia", "Other hyperlipidemia"),
        ("K76.89", "Hepatic cyst", "Other specified diseases of liver"),
        ("R09.89", "Carotid bruit", "Chest congestion"),
        ("K52.9", "Ileitis", "Sigmoiditis"),
        ("E87.3", "Metabolic alkalosis", "Respiratory alkalosis"),
        ("N85.4", "Retroversion of uterus", "Anteversion of uterus"),
        ("D69.0", "Allergic vasculitis", "Purpura rheumatica"),
        ("L57.0", "Keratosis", "Actinic keratosis"),
        # Kinds, places and causes of the title.
        ("I25.10", "Atherosclerotic heart disease", "Atherosclerotic heart disease of native coronary artery"),
        ("N40.1", "Benign prostatic hyperplasia", "Enlarged prostate with LUTS"),
        ("L40.0", "Nummular psoriasis", "Psoriasis vulgaris"),
        ("G40.A09", "Juvenile absence epilepsy", "Childhood absence epilepsy"),
        ("A69.20", "Erythema chronicum migrans", "Lyme disease"),
        ("J45.909", "Childhood asthma", "Late onset asthma"),
        ("E05.00", "Thyrotoxicosis with diffuse goiter", "Exophthalmic goiter"),
        ("M54.50", "Loin pain", "Low back pain, unspecified"),
        ("G61.0", "Miller Fisher syndrome", "Guillain-Barre syndrome"),
        ("I44.1", "Wenckebach's block", "Mobitz block, type II"),
        ("N20.0", "Staghorn calculus", "Calculus of kidney"),
        ("F10.20", "Alcohol use disorder, moderate", "Alcohol use disorder, severe"),
        # Terms that are wider than the title.
        ("I63.9", "Stroke", "Cerebral infarction, unspecified"),
        ("B37.9", "Thrush", "Candidiasis, unspecified"),
        ("K75.9", "Hepatitis", "Inflammatory liver disease, unspecified"),
        ("E04.9", "Goiter", "Nontoxic goiter, unspecified"),
        ("G62.9", "Neuropathy", "Polyneuropathy, unspecified"),
        ("L93.0", "Lupus erythematosus", "Discoid lupus erythematosus"),
        ("D75.1", "Polycythemia", "Secondary polycythemia"),
        ("M71.9", "Bursitis", "Bursopathy, unspecified"),
        # Letters that may mean something else.
        ("I67.83", "PRES", "Posterior reversible encephalopathy syndrome"),
        ("L66.12", "FFA", "Frontal fibrosing alopecia"),
        # What is in brackets may tell apart.
        ("I10", "Malignant hypertension", "Essential hypertension"),
        ("L25.9", "Occupational contact dermatitis", "Contact dermatitis"),
        ("N28.1", "Solitary cyst of kidney", "Multiple cysts of kidney"),
    ],
)
def test_what_a_code_merely_counts_stays_two(code: str, left: str, right: str) -> None:
    verdict = _pair(_issue(left, code), _issue(right, code))
    assert verdict.verdict == "different"
    assert _pair(_issue(left, code), _issue(right)).verdict == "different"


@pytest.mark.parametrize(
    ("coded", "code", "other"),
    [
        ("Unspecified asthma, uncomplicated", "J45.909", "Asthma"),
        ("Gastro-esophageal reflux disease without esophagitis", "K21.9", "GERD"),
        ("Age-related osteoporosis without current pathological fracture", "M81.0", "Osteoporosis"),
        ("Type 2 diabetes mellitus without complications", "E11.9", "Type 2 diabetes"),
        ("Chronic kidney disease, stage 3 unspecified", "N18.30", "CKD"),
        ("Gastro-esophageal reflux disease without esophagitis", "K21.9", "GERD with esophagitis"),
    ],
)
def test_who_has_not_the_code_must_not_say_less_or_else(coded: str, code: str, other: str) -> None:
    verdict = _pair(_issue(coded, code), _issue(other))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (_issue("High blood pressure"), _issue("Family history of essential hypertension", "I10")),
        (_issue("History of high blood pressure"), _issue("Essential hypertension", "I10")),
        (_issue("Suspected high blood pressure"), _issue("Essential hypertension", "I10")),
        (_issue("Acute itch"), _issue("Pruritus, unspecified", "L29.9")),
        (_issue("Itch, right"), _issue("Pruritus, unspecified", "L29.9")),
        (_issue("Chronic mitral valve regurgitation"), _issue("Nonrheumatic mitral (valve) insufficiency", "I34.0")),
        (_issue("Boil", onsetDateTime="2015-03-01"), _issue("Furuncle", "L02.92", onsetDateTime="2024-03-01")),
        (_issue("Bacterial enteritis", onsetDateTime="2015-03-01"), _issue("Bacterial intestinal infection", "A04.9")),
        (_issue("High blood pressure", "I15.9"), _issue("Essential hypertension", "I10")),
        (_issue("Tic douloureux", verificationStatus={"coding": [{"code": "refuted"}]}), _issue("", "G50.0")),
    ],
)
def test_what_keeps_apart_wins_over_a_name(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert _pair(left, right).verdict == "different"


def test_a_shared_code_of_snomed_is_not_the_code_that_has_the_names() -> None:
    coded, other = _issue("Unspecified asthma, uncomplicated", "J45.909"), _issue("Asthma", "195967001", SNOMED)
    coded["code"]["coding"].append(other["code"]["coding"][0])
    verdict = _pair(coded, other)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


def test_two_codes_of_one_entry_call_it_by_no_name() -> None:
    both = _issue("Essential hypertension", "I10")
    both["code"]["coding"].append({"system": ICD, "code": "N18.30"})
    assert _pair(both, _issue("High blood pressure")).verdict == "different"


def test_a_code_of_another_edition_has_no_names() -> None:
    who = _issue("Essential hypertension", "I10", "http://hl7.org/fhir/sid/icd-10")
    assert _pair(who, _issue("High blood pressure")).verdict == "different"


def test_every_reviewed_code_is_in_the_table_and_has_the_names_that_were_decided() -> None:
    """Of a new release the terms that are new have to be read: ``icd_exceptions`` takes what is no name."""
    lines = {code: texts for code, *texts in (line.split("\t") for line in _lines())}
    assert {*ANOTHER_THING, *ONE_ILLNESS, *OTHER_TERMS} <= {code for code, texts in lines.items() if len(texts) > 1}
    for code in ANOTHER_THING:
        assert len(_names(code)) == 1, code
    for code in ONE_ILLNESS:
        assert len(_names(code)) > 1, code


def _lines() -> list[str]:
    return [line for part in icd_names._table().namelist() for line in icd_names._lines(part)]


def _names(code: str) -> tuple[icd_names.Name, ...]:
    named = icd_names.code_names(code)
    return named.names if named else ()


def _entry(resource: dict[str, Any]) -> Entry:
    return to_entry(resource, lambda _reference: None)


def test_a_name_of_a_code_is_not_the_title_of_a_code_beside_it() -> None:
    """ "Ringworm", which dermatophytosis counts, reads as tinea corporis: a code of its own."""
    by_code = {
        code: named
        for code in (line.partition("\t")[0] for line in _lines())
        if (named := icd_names.code_names(code)) is not None
    }
    titles: dict[tuple[object, ...], set[str]] = {}
    for code, named in by_code.items():
        titles.setdefault(_called(named, named.names[0]), set()).add(code)
    beside = {
        code: others
        for code, named in by_code.items()
        for name in named.names[1:]
        if (others := {other for other in titles.get(_called(named, name), ()) if not code.startswith(other)})
    }
    assert len(by_code) > 40_000
    assert beside == {}


def _called(named: icd_names.CodeNames, name: icd_names.Name) -> tuple[object, ...]:
    return (name.needed, name.parts, named.title.side, named.title.contexts)


def test_what_pages_read_leaves_the_table_alone() -> None:
    icd_names.code_names.cache_clear()
    icd_names._lines.cache_clear()
    entry = _entry(_issue("Essential hypertension", "I10", note=[{"text": "Ruled out."}]))
    other = _entry(_issue("High blood pressure", "I10"))
    side_of(entry)
    ruled_out(entry)
    sourced = [SourcedEntry("1", "here", entry), SourcedEntry("2", "here", other)]
    changes(sourced)
    disagreements(sourced)
    assert icd_names._lines.cache_info().currsize == 0
    read(entry, source="here")
    assert icd_names._lines.cache_info().currsize == 1
