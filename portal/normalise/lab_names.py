"""Laboratory and vital sign names for people, where the source gave only LOINC's formal name.

An organization's own words ("Platelets", "Hgb A1c, POC") are never replaced. What is replaced are LOINC's long common
names ("Hemoglobin [Mass/volume] in Blood") and short names ("Chloride SerPl-sCnc"), by the everyday name of the same
code. Codes: LOINC (https://loinc.org); the words are ours.
"""

import re

from portal.normalise import coding
from portal.normalise.elements import word

_NAMES = {
    "1742-6": "Alanine aminotransferase (ALT)",
    "1751-7": "Albumin",
    "6768-6": "Alkaline phosphatase (ALP)",
    "1920-8": "Aspartate aminotransferase (AST)",
    "1975-2": "Bilirubin, total",
    "1968-7": "Bilirubin, direct",
    "3094-0": "Urea nitrogen (BUN)",
    "6299-2": "Urea nitrogen (BUN)",
    "17861-6": "Calcium",
    "49765-1": "Calcium",
    "2028-9": "Carbon dioxide (CO2)",
    "20565-8": "Carbon dioxide (CO2)",
    "2075-0": "Chloride",
    "2069-3": "Chloride",
    "2093-3": "Cholesterol, total",
    "2085-9": "HDL cholesterol",
    "2089-1": "LDL cholesterol",
    "13457-7": "LDL cholesterol (calculated)",
    "18262-6": "LDL cholesterol",
    "2571-8": "Triglycerides",
    "2160-0": "Creatinine",
    "38483-4": "Creatinine",
    "33914-3": "Kidney function (eGFR)",
    "48642-3": "Kidney function (eGFR)",
    "62238-1": "Kidney function (eGFR)",
    "98979-8": "Kidney function (eGFR)",
    "69405-9": "Kidney function (eGFR)",
    "2345-7": "Glucose",
    "2339-0": "Glucose",
    "1558-6": "Glucose, fasting",
    "10834-0": "Globulin",
    "4548-4": "Hemoglobin A1c",
    "17856-6": "Hemoglobin A1c",
    "718-7": "Hemoglobin",
    "4544-3": "Hematocrit",
    "20570-8": "Hematocrit",
    "6690-2": "White blood cells",
    "26464-8": "White blood cells",
    "789-8": "Red blood cells",
    "26453-1": "Red blood cells",
    "777-3": "Platelets",
    "26515-7": "Platelets",
    "787-2": "Mean red cell volume (MCV)",
    "785-6": "Mean red cell hemoglobin (MCH)",
    "786-4": "Mean red cell hemoglobin concentration (MCHC)",
    "788-0": "Red cell distribution width (RDW)",
    "21000-5": "Red cell distribution width (RDW)",
    "32207-3": "Platelet distribution width",
    "32623-1": "Mean platelet volume (MPV)",
    "2823-3": "Potassium",
    "6298-4": "Potassium",
    "2951-2": "Sodium",
    "2947-0": "Sodium",
    "2885-2": "Protein, total",
    "3016-3": "Thyroid stimulating hormone (TSH)",
    "3024-7": "Free thyroxine (free T4)",
    "2857-1": "Prostate specific antigen (PSA)",
    "30522-7": "C-reactive protein, high sensitivity",
    "1988-5": "C-reactive protein (CRP)",
    "4537-7": "Erythrocyte sedimentation rate (ESR)",
    "2276-4": "Ferritin",
    "2132-9": "Vitamin B12",
    "1989-3": "Vitamin D, 25-hydroxy",
    "33762-6": "NT-proBNP",
    "5902-2": "Prothrombin time (PT)",
    "6301-6": "INR",
    "14959-1": "Albumin to creatinine ratio, urine",
    "9318-7": "Albumin to creatinine ratio, urine",
    "5792-7": "Glucose in urine (test strip)",
    "25428-4": "Glucose in urine (test strip)",
    "5804-0": "Protein in urine (test strip)",
    "20454-5": "Protein in urine (test strip)",
    "5797-6": "Ketones in urine (test strip)",
    "2514-8": "Ketones in urine (test strip)",
    "5770-3": "Bilirubin in urine (test strip)",
    "20505-4": "Bilirubin in urine (test strip)",
    "5794-3": "Blood in urine (test strip)",
    "5799-2": "White cell enzyme in urine (test strip)",
    "5802-4": "Nitrite in urine (test strip)",
    "5811-5": "Specific gravity of urine (test strip)",
    "5803-2": "pH of urine (test strip)",
    "29771-3": "Hidden blood in stool",
    "57905-2": "Hidden blood in stool",
    "94531-1": "COVID-19 test (PCR)",
    "94500-6": "COVID-19 test (PCR)",
    "97097-0": "COVID-19 test (antigen)",
    "58410-2": "Complete blood count (CBC)",
    "57021-8": "Complete blood count (CBC) with differential",
    "24323-8": "Comprehensive metabolic panel",
    "51990-0": "Basic metabolic panel",
    "24321-2": "Basic metabolic panel",
    "57698-3": "Lipid panel",
    "24331-1": "Lipid panel",
    "24356-8": "Urinalysis",
    "24357-6": "Urinalysis (test strip)",
    "24325-3": "Liver function panel",
    "72514-3": "Pain (0 to 10)",
    "8302-2": "Height",
    "29463-7": "Weight",
    "39156-5": "Body mass index (BMI)",
    "8310-5": "Body temperature",
    "8867-4": "Heart rate",
    "9279-1": "Respiratory rate",
    "2708-6": "Oxygen saturation",
    "59408-5": "Oxygen saturation",
    "85354-9": "Blood pressure",
    "55284-4": "Blood pressure",
    "8480-6": "Systolic blood pressure",
    "8462-4": "Diastolic blood pressure",
}

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
    name = coding.title_of(concept, (coding.LOINC, coding.SNOMED))
    coded = coding.name_of(concept)
    if coded and not _FORMAL.search(name):
        return name
    for one in coding.codings(concept):
        if one.get("system") == coding.LOINC:
            everyday = _NAMES.get(word(one.get("code")))
            if everyday:
                return everyday
    return _PROPERTY.sub("", name).strip() or name


def component_order(codes: tuple[str, ...]) -> int:
    """Where a component belongs among its siblings: systolic before diastolic pressure, others as sent."""
    return next((_COMPONENT_ORDER[code] for code in codes if code in _COMPONENT_ORDER), 0)
