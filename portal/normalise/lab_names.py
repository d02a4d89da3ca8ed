"""Laboratory and vital sign names for people, where the source gave only LOINC's formal name.

An organization's own words ("Platelets", "Hgb A1c, POC") are never replaced. What is replaced are LOINC's long common
names ("Hemoglobin [Mass/volume] in Blood") and short names ("Chloride SerPl-sCnc"), by the everyday name of the same
code. Codes: LOINC (https://loinc.org); the words are ours.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from portal.domain.phrases import N_
from portal.normalise import coding
from portal.normalise.elements import word

_NAMES = {
    "1742-6": N_("Alanine aminotransferase (ALT)"),
    "1751-7": N_("Albumin"),
    "6768-6": N_("Alkaline phosphatase (ALP)"),
    "1920-8": N_("Aspartate aminotransferase (AST)"),
    "1975-2": N_("Bilirubin, total"),
    "1968-7": N_("Bilirubin, direct"),
    "3094-0": N_("Urea nitrogen (BUN)"),
    "6299-2": N_("Urea nitrogen (BUN)"),
    "17861-6": N_("Calcium"),
    "49765-1": N_("Calcium"),
    "2028-9": N_("Carbon dioxide (CO2)"),
    "20565-8": N_("Carbon dioxide (CO2)"),
    "2075-0": N_("Chloride"),
    "2069-3": N_("Chloride"),
    "2093-3": N_("Cholesterol, total"),
    "2085-9": N_("HDL cholesterol"),
    "2089-1": N_("LDL cholesterol"),
    "13457-7": N_("LDL cholesterol (calculated)"),
    "18262-6": N_("LDL cholesterol"),
    "2571-8": N_("Triglycerides"),
    "2160-0": N_("Creatinine"),
    "38483-4": N_("Creatinine"),
    "33914-3": N_("Kidney function (eGFR)"),
    "48642-3": N_("Kidney function (eGFR)"),
    "62238-1": N_("Kidney function (eGFR)"),
    "98979-8": N_("Kidney function (eGFR)"),
    "69405-9": N_("Kidney function (eGFR)"),
    "2345-7": N_("Glucose"),
    "2339-0": N_("Glucose"),
    "1558-6": N_("Glucose, fasting"),
    "10834-0": N_("Globulin"),
    "4548-4": N_("Hemoglobin A1c"),
    "17856-6": N_("Hemoglobin A1c"),
    "718-7": N_("Hemoglobin"),
    "4544-3": N_("Hematocrit"),
    "20570-8": N_("Hematocrit"),
    "6690-2": N_("White blood cells"),
    "26464-8": N_("White blood cells"),
    "789-8": N_("Red blood cells"),
    "26453-1": N_("Red blood cells"),
    "777-3": N_("Platelets"),
    "26515-7": N_("Platelets"),
    "787-2": N_("Mean red cell volume (MCV)"),
    "785-6": N_("Mean red cell hemoglobin (MCH)"),
    "786-4": N_("Mean red cell hemoglobin concentration (MCHC)"),
    "788-0": N_("Red cell distribution width (RDW)"),
    "21000-5": N_("Red cell distribution width (RDW)"),
    "32207-3": N_("Platelet distribution width"),
    "32623-1": N_("Mean platelet volume (MPV)"),
    "2823-3": N_("Potassium"),
    "6298-4": N_("Potassium"),
    "2951-2": N_("Sodium"),
    "2947-0": N_("Sodium"),
    "2885-2": N_("Protein, total"),
    "3016-3": N_("Thyroid stimulating hormone (TSH)"),
    "3024-7": N_("Free thyroxine (free T4)"),
    "2857-1": N_("Prostate specific antigen (PSA)"),
    "30522-7": N_("C-reactive protein, high sensitivity"),
    "1988-5": N_("C-reactive protein (CRP)"),
    "4537-7": N_("Erythrocyte sedimentation rate (ESR)"),
    "2276-4": N_("Ferritin"),
    "2132-9": N_("Vitamin B12"),
    "1989-3": N_("Vitamin D, 25-hydroxy"),
    "33762-6": N_("NT-proBNP"),
    "5902-2": N_("Prothrombin time (PT)"),
    "6301-6": N_("INR"),
    "14959-1": N_("Albumin to creatinine ratio, urine"),
    "9318-7": N_("Albumin to creatinine ratio, urine"),
    "5792-7": N_("Glucose in urine (test strip)"),
    "25428-4": N_("Glucose in urine (test strip)"),
    "5804-0": N_("Protein in urine (test strip)"),
    "20454-5": N_("Protein in urine (test strip)"),
    "5797-6": N_("Ketones in urine (test strip)"),
    "2514-8": N_("Ketones in urine (test strip)"),
    "5770-3": N_("Bilirubin in urine (test strip)"),
    "20505-4": N_("Bilirubin in urine (test strip)"),
    "5794-3": N_("Blood in urine (test strip)"),
    "5799-2": N_("White cell enzyme in urine (test strip)"),
    "5802-4": N_("Nitrite in urine (test strip)"),
    "5811-5": N_("Specific gravity of urine (test strip)"),
    "5803-2": N_("pH of urine (test strip)"),
    "29771-3": N_("Hidden blood in stool"),
    "57905-2": N_("Hidden blood in stool"),
    "94531-1": N_("COVID-19 test (PCR)"),
    "94500-6": N_("COVID-19 test (PCR)"),
    "97097-0": N_("COVID-19 test (antigen)"),
    "58410-2": N_("Complete blood count (CBC)"),
    "57021-8": N_("Complete blood count (CBC) with differential"),
    "24323-8": N_("Comprehensive metabolic panel"),
    "51990-0": N_("Basic metabolic panel"),
    "24321-2": N_("Basic metabolic panel"),
    "57698-3": N_("Lipid panel"),
    "24331-1": N_("Lipid panel"),
    "24356-8": N_("Urinalysis"),
    "24357-6": N_("Urinalysis (test strip)"),
    "24325-3": N_("Liver function panel"),
    "72514-3": N_("Pain (0 to 10)"),
    "8302-2": N_("Height"),
    "29463-7": N_("Weight"),
    "39156-5": N_("Body mass index (BMI)"),
    "8310-5": N_("Body temperature"),
    "8867-4": N_("Heart rate"),
    "9279-1": N_("Respiratory rate"),
    "2708-6": N_("Oxygen saturation"),
    "59408-5": N_("Oxygen saturation"),
    "85354-9": N_("Blood pressure"),
    "55284-4": N_("Blood pressure"),
    "8480-6": N_("Systolic blood pressure"),
    "8462-4": N_("Diastolic blood pressure"),
}

_OWN_WORDS = (
    N_("Body height"),
    N_("Body mass index"),
    N_("Total cholesterol"),
    N_("Cholesterol panel"),
    N_("Thyroid-stimulating hormone (TSH)"),
    N_("Urine albumin/creatinine ratio"),
)
"""What many organizations call the same tests: theirs stay in English, and are read in the person's language, too."""

_FORMAL = re.compile(
    r"\[[^\]]*\]|\{[^}]*\}|\.total\b|/Hemoglobin\.|\bin (?:Serum|Blood|Plasma|Urine|Arterial)\b|"
    r"\b(?:SerPl|SerPlBld|Bld|Plas|Ser|Ur|Stl|CSF|Urn)(?:Bld)?-[A-Za-z]{2,}|panel - |2000 panel|sq M\.|"
    r"by (?:Automated|Test strip)|with all children optional"
)
# Kind of property, in brackets; method; template words: what a name without an everyday counterpart is freed of.
_PROPERTY = re.compile(
    r"\s*\[(?:Mass|Moles|#|Volume|Enzymatic|Entitic|Presence|Catalytic|Units|Ratio|Score|Arbitrary|Type|Susceptib)[^\]]*\]|"
    r"\s*\{[^}]*\}|\s+by Automated count|\s+with all children optional",
)
_COMPONENT_ORDER = {"8480-6": 0, "8462-4": 1}


def test_name(concept: object) -> str:
    """The name of a test or measurement for people; LOINC's formal names become everyday ones, own words stay."""
    name = coding.words_of(concept, _PREFERRED)
    if name and not _is_formal(name):
        return name
    name = name or coding.name_of(concept, _PREFERRED)
    for part in coding.codings(concept):
        if part.get("system") == coding.LOINC:
            everyday = _NAMES.get(word(part.get("code")))
            if everyday:
                return everyday
    return _PROPERTY.sub("", name).strip() or name


_PREFERRED = (coding.LOINC, coding.SNOMED)


@lru_cache(maxsize=4096)
def _is_formal(name: str) -> bool:
    """Tell whether a test is called as LOINC calls it; tests repeat a thousand times in a delivery."""
    return _FORMAL.search(name) is not None


def component_order(codes: Iterable[str]) -> int:
    """Where a component belongs among its siblings: systolic before diastolic pressure, others as sent."""
    for code in codes:
        if code in _COMPONENT_ORDER:
            return _COMPONENT_ORDER[code]
    return 0
