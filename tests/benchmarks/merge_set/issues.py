"""Health issues: SNOMED CT, ICD-10-CM, both, words; buckets, sides, episodes, look-alikes."""

from collections.abc import Iterator

from tests.benchmarks.merge_set import Pair
from tests.factories.fhir import ICD10, SNOMED, condition

PROBLEMS = (  # words here, words there, SNOMED CT, ICD-10-CM
    ("Type 2 diabetes mellitus", "Diabetes mellitus type 2", "44054006", "E11.9"),
    ("Essential hypertension", "Hypertension, essential", "59621000", "I10"),
    ("Asthma", "Asthma (disorder)", "195967001", "J45.909"),
    ("Hyperlipidemia", "Hyperlipidemia, unspecified hyperlipidemia type", "55822004", "E78.5"),
    ("Hypothyroidism", "Acquired hypothyroidism", "40930008", "E03.9"),
    ("Gastroesophageal reflux disease", "GERD", "235595009", "K21.9"),
    ("Migraine", "Migraine headache", "37796009", "G43.909"),
    ("Atrial fibrillation", "A-fib", "49436004", "I48.91"),
    ("Chronic obstructive pulmonary disease", "COPD", "13645005", "J44.9"),
    ("Obstructive sleep apnea", "OSA", "78275009", "G47.33"),
    ("Osteoporosis", "Osteoporosis (disorder)", "64859006", "M81.0"),
    ("Depressive disorder", "Depression", "35489007", "F32.A"),
    ("Generalized anxiety disorder", "GAD", "21897009", "F41.1"),
    ("Psoriasis", "Psoriasis vulgaris", "9014002", "L40.0"),
    ("Gout", "Gout, unspecified", "90560007", "M10.9"),
    ("Iron deficiency anemia", "Anemia, iron deficiency", "87522002", "D50.9"),
    ("Chronic kidney disease stage 3", "CKD stage 3", "433144002", "N18.30"),
    ("Celiac disease", "Coeliac disease", "396331005", "K90.0"),
)


def pairs() -> Iterator[Pair]:
    for index, (here, there, snomed, icd) in enumerate(PROBLEMS):
        both = ((SNOMED, snomed), (ICD10, icd))
        yield Pair("same", condition("a", here, both[0]), condition("b", there, both[0]), f"{here}: SNOMED CT")
        yield Pair("same", condition("a", here, both[1]), condition("b", there, both[1]), f"{here}: ICD-10-CM")
        yield Pair("same", condition("a", here, *both), condition("b", there, both[1]), f"{here}: both / ICD")
        yield Pair("same", condition("a", here, both[0]), condition("b", there, *both), f"{here}: SNOMED / both")
        no_point = (ICD10, icd.replace(".", ""))
        yield Pair("same", condition("a", here, both[1]), condition("b", there, no_point), f"{here}: point left out")
        yield Pair("same", condition("a", here, both[0]), condition("b", here.upper()), f"{here}: code / same words")
        onset = {"onsetDateTime": "2015"}
        yield Pair(
            "disagreeing",
            condition("a", here, *both, **onset),
            condition("b", here, *both, onsetDateTime="2018"),
            "onset",
        )
        over = condition("b", there, *both, status="resolved", abatementDateTime="2020-01-01")
        yield Pair("disagreeing", condition("a", here, *both), over, f"{here}: resolved there")
        other = PROBLEMS[(index + 1) % len(PROBLEMS)]
        yield Pair(
            "different", condition("a", here, both[0]), condition("b", other[0], (SNOMED, other[2])), "another illness"
        )
        yield Pair("different", condition("a", here), condition("b", other[0]), "another illness, words only")
    yield from _particulars()


def _particulars() -> Iterator[Pair]:
    different = (
        (
            ("Type 1 diabetes mellitus", (SNOMED, "46635009")),
            ("Type 2 diabetes mellitus", (SNOMED, "44054006")),
            "type",
        ),
        (("Diabetes type 1", (ICD10, "E10.9")), ("Diabetes type 2", (ICD10, "E11.9")), "type"),
        (("Type 2 diabetes", (ICD10, "E11.9")), ("Type 2 diabetes with neuropathy", (ICD10, "E11.40")), "complication"),
        (("Hypertension", (SNOMED, "38341003")), ("Pulmonary hypertension", (SNOMED, "70995007")), "organ"),
        (("Diabetes insipidus", (SNOMED, "15771004")), ("Diabetes mellitus", (SNOMED, "73211009")), "look-alike"),
        (("Family history of diabetes", (ICD10, "Z83.3")), ("Diabetes", (ICD10, "E11.9")), "family history"),
        (("History of breast cancer", (ICD10, "Z85.3")), ("Breast cancer", (ICD10, "C50.919")), "history"),
        (("Hypothyroidism", (SNOMED, "40930008")), ("Hyperthyroidism", (SNOMED, "34486009")), "opposite"),
        (("Hypokalemia", (SNOMED, "43339004")), ("Hyperkalemia", (SNOMED, "14140009")), "opposite"),
        (("Long-term use of aspirin", (ICD10, "Z79.899")), ("Long-term use of statin", (ICD10, "Z79.899")), "bucket"),
        (("Status post appendectomy", (ICD10, "Z98.890")), ("Status post hernia repair", (ICD10, "Z98.890")), "bucket"),
        (("Other low back pain", (ICD10, "M54.59")), ("Sciatica", (ICD10, "M54.30")), "neighbour"),
        (("Tendonitis of wrist", (ICD10, "M77.8")), ("Epicondylitis", (ICD10, "M77.8")), "other specified"),
        (("Vitamin B6 deficiency", (ICD10, "E53.8")), ("Vitamin B12 deficiency", (ICD10, "E53.8")), "other specified"),
        (("Acute sinusitis", (SNOMED, "15805002")), ("Chronic sinusitis", (SNOMED, "40055000")), "acute and chronic"),
        (("Osteoarthritis of knee", (SNOMED, "239873007")), ("Osteoarthritis of hip", (SNOMED, "239872002")), "joint"),
        (("COVID-19", (SNOMED, "840539006")), ("Suspected COVID-19", (SNOMED, "840544004")), "suspected"),
    )
    for (here, code), (there, other), why in different:
        yield Pair("different", condition("a", here, code), condition("b", there, other), why)
        yield Pair("different", condition("a", there, other), condition("b", here, code), f"{why}, the other way round")
    fine = (SNOMED, "313436004"), (ICD10, "E11.9")
    finer = (SNOMED, "190331003"), (ICD10, "E11.9")
    yield Pair(
        "different", condition("a", "Diabetes A", *fine), condition("b", "Diabetes B", *finer), "one ICD, two SNOMED"
    )
    for joint, number in (("knee", "239873007"), ("hip", "239872002"), ("shoulder", "57190000")):
        concept = (SNOMED, number)
        left = condition("a", f"Osteoarthritis of {joint}", concept, bodySite=[{"text": f"Left {joint}"}])
        right = condition("b", f"Osteoarthritis of {joint}", concept, bodySite=[{"text": f"Right {joint}"}])
        bare = condition("b", f"Osteoarthritis of {joint}", concept)
        yield Pair("different", left, right, "side")
        yield Pair("same", left, bare, "side given here only")
        yield Pair("same", left, left | {"id": "b"}, "same side")
    for year in range(2010, 2016):
        sore = (SNOMED, "195662009")
        onset = f"{year}-02-01"
        first = condition("a", "Acute viral pharyngitis", sore, status="resolved", onsetDateTime=onset)
        second = condition("b", "Acute viral pharyngitis", sore, status="resolved", onsetDateTime=onset)
        yield Pair("same", first, second, "one episode")
    for short, number, long in (("HTN", "38341003", "Hypertension"), ("DM2", "44054006", "Type 2 diabetes mellitus")):
        coded = condition("a", long, (SNOMED, number))
        yield Pair("same", coded, condition("b", short), "an abbreviation without a code")
    words = ("Chronic  pain.", "Seasonal allergies", "Knee pain", "Tobacco use", "Heart murmur", "Back pain")
    for text in words:
        yield Pair("same", condition("a", text), condition("b", text.upper().replace(".", "")), "the same words")
        yield Pair("different", condition("a", text), condition("b", f"{text} resolved after surgery"), "more words")
