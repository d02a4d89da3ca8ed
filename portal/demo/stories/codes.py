"""The codes that the stories use, each as (system, code, display), and what goes with it.

RxNorm and LOINC are in the public domain (LOINC with attribution: this material contains content from LOINC, which is
copyright Regenstrief Institute, Inc. and available at no cost under the licence at loinc.org). SNOMED CT is of free use
in the United States, and most of these codes are of its International Patient Set. ICD-10-CM, CVX and UCUM are free to use.
"""

from typing import Any

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
CVX = "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem"

Coding = tuple[str, str, str]


def concept(text: str, *codings: Coding) -> dict[str, Any]:
    """Return a FHIR CodeableConcept."""
    return {
        "coding": [{"system": system, "code": code, "display": display} for system, code, display in codings],
        "text": text,
    }


def condition(text: str, snomed: str, display: str, icd10: str, meaning: str) -> dict[str, Any]:
    return concept(text, (SNOMED, snomed, display), (ICD10, icd10, meaning))


ASTHMA = condition("Asthma", "195967001", "Asthma", "J45.909", "Unspecified asthma, uncomplicated")
CHILD_ASTHMA = condition(
    "Mild persistent asthma", "426979002", "Mild persistent asthma", "J45.30", "Mild persistent asthma, uncomplicated"
)
DIABETES = condition(
    "Type 2 diabetes",
    "44054006",
    "Diabetes mellitus type 2",
    "E11.9",
    "Type 2 diabetes mellitus without complications",
)
HYPERTENSION = condition(
    "High blood pressure", "59621000", "Essential hypertension", "I10", "Essential (primary) hypertension"
)
LIPIDS = condition("High cholesterol", "55822004", "Hyperlipidemia", "E78.5", "Hyperlipidemia, unspecified")
HIP_ARTHRITIS = condition(
    "Osteoarthritis of the right hip",
    "239872002",
    "Osteoarthritis of hip",
    "M16.11",
    "Unilateral primary osteoarthritis, right hip",
)
RHINITIS = condition(
    "Seasonal allergies", "367498001", "Seasonal allergic rhinitis", "J30.2", "Other seasonal allergic rhinitis"
)
BRONCHITIS = condition("Acute bronchitis", "10509002", "Acute bronchitis", "J20.9", "Acute bronchitis, unspecified")
PALPITATIONS = condition("Palpitations", "80313002", "Palpitations", "R00.2", "Palpitations")
ECZEMA = condition("Eczema", "24079001", "Atopic dermatitis", "L20.9", "Atopic dermatitis, unspecified")
ATRIAL_FIBRILLATION = condition(
    "Atrial fibrillation", "49436004", "Atrial fibrillation", "I48.91", "Unspecified atrial fibrillation"
)
HEART_FAILURE = condition("Heart failure", "84114007", "Heart failure", "I50.9", "Heart failure, unspecified")
OSTEOPOROSIS = condition(
    "Osteoporosis",
    "64859006",
    "Osteoporosis",
    "M81.0",
    "Age-related osteoporosis without current pathological fracture",
)
KIDNEY_3 = condition(
    "Chronic kidney disease, stage 3",
    "433144002",
    "Chronic kidney disease stage 3",
    "N18.30",
    "Chronic kidney disease, stage 3 unspecified",
)
HYPOTHYROID = condition("Underactive thyroid", "40930008", "Hypothyroidism", "E03.9", "Hypothyroidism, unspecified")
PREDIABETES = condition("Prediabetes", "714628002", "Prediabetes", "R73.03", "Prediabetes")
PROSTATE = condition(
    "Enlarged prostate",
    "266569009",
    "Benign prostatic hyperplasia",
    "N40.0",
    "Benign prostatic hyperplasia without lower urinary tract symptoms",
)

METFORMIN = concept("Metformin 500 mg tablet", (RXNORM, "861007", "metformin hydrochloride 500 MG Oral Tablet"))
LISINOPRIL_10 = concept("Lisinopril 10 mg tablet", (RXNORM, "314076", "lisinopril 10 MG Oral Tablet"))
LISINOPRIL_20 = concept("Lisinopril 20 mg tablet", (RXNORM, "314077", "lisinopril 20 MG Oral Tablet"))
ALBUTEROL = concept("Albuterol inhaler", (RXNORM, "745679", "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"))
FLUTICASONE = concept(
    "Fluticasone inhaler 44 mcg",
    (RXNORM, "895994", "120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler"),
)
ATORVASTATIN = concept("Atorvastatin 20 mg tablet", (RXNORM, "617310", "atorvastatin 20 MG Oral Tablet"))
CETIRIZINE = concept("Cetirizine 10 mg tablet", (RXNORM, "1014678", "cetirizine hydrochloride 10 MG Oral Tablet"))
ACETAMINOPHEN = concept("Acetaminophen 325 mg tablet", (RXNORM, "313782", "acetaminophen 325 MG Oral Tablet"))
IBUPROFEN = concept("Ibuprofen 200 mg tablet", (RXNORM, "310965", "ibuprofen 200 MG Oral Tablet"))
HYDROCORTISONE = concept("Hydrocortisone 1% cream", (RXNORM, "106258", "hydrocortisone 10 MG/ML Topical Cream"))
METOPROLOL = concept(
    "Metoprolol succinate 50 mg extended-release tablet",
    (RXNORM, "866436", "24 HR metoprolol succinate 50 MG Extended Release Oral Tablet"),
)
APIXABAN = concept("Apixaban 5 mg tablet", (RXNORM, "1364445", "apixaban 5 MG Oral Tablet"))
FUROSEMIDE = concept("Furosemide 40 mg tablet", (RXNORM, "313988", "furosemide 40 MG Oral Tablet"))
OMEPRAZOLE = concept("Omeprazole 20 mg capsule", (RXNORM, "198051", "omeprazole 20 MG Delayed Release Oral Capsule"))
ASPIRIN_81 = concept("Aspirin 81 mg tablet", (RXNORM, "243670", "aspirin 81 MG Oral Tablet"))
ALENDRONATE = concept("Alendronate 10 mg tablet", (RXNORM, "904420", "alendronic acid 10 MG Oral Tablet"))

PENICILLIN = concept(
    "Penicillin",
    (SNOMED, "764146007", "Substance with penicillin structure and antibacterial mechanism of action"),
    (RXNORM, "70618", "penicillin"),
)
SULFONAMIDE = concept("Sulfa antibiotics", (SNOMED, "763875007", "Product containing sulfonamide"))
CAT = concept("Cats", (SNOMED, "260152009", "Cat dander"))
PEANUT = concept("Peanut", (SNOMED, "762952008", "Peanut"))
HIVES = concept("Hives", (SNOMED, "126485001", "Urticaria"))
RASH = concept("Rash", (SNOMED, "271807003", "Eruption of skin"))
ANAPHYLAXIS = concept("Anaphylaxis", (SNOMED, "39579001", "Anaphylaxis"))
SNEEZING = concept("Sneezing", (SNOMED, "76067001", "Sneezing"))

# LOINC code, LOINC's name, name for people, UCUM unit, unit for people, reference range (low, high)
Test = tuple[str, str, str, str, str, float | None, float | None]
HBA1C: Test = ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "Hemoglobin A1c", "%", "%", 4.0, 5.6)
TOTAL_CHOLESTEROL: Test = (
    "2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "Total cholesterol", "mg/dL", "mg/dL", None, 199,
)  # fmt: skip
LDL: Test = (
    "13457-7", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation", "LDL cholesterol",
    "mg/dL", "mg/dL", None, 99,
)  # fmt: skip
HDL: Test = (
    "2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "HDL cholesterol", "mg/dL", "mg/dL", 50, None,
)  # fmt: skip
TRIGLYCERIDES: Test = (
    "2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "Triglycerides", "mg/dL", "mg/dL", None, 149,
)  # fmt: skip
CREATININE: Test = (
    "2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "Creatinine", "mg/dL", "mg/dL", 0.5, 1.1,
)  # fmt: skip
POTASSIUM: Test = (
    "2823-3", "Potassium [Moles/volume] in Serum or Plasma", "Potassium", "mmol/L", "mmol/L", 3.5, 5.1,
)  # fmt: skip
SODIUM: Test = ("2951-2", "Sodium [Moles/volume] in Serum or Plasma", "Sodium", "mmol/L", "mmol/L", 136, 145)
GLUCOSE: Test = ("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "Glucose", "mg/dL", "mg/dL", 70, 99)
HEMOGLOBIN: Test = ("718-7", "Hemoglobin [Mass/volume] in Blood", "Hemoglobin", "g/dL", "g/dL", 12.0, 15.5)
TSH: Test = (
    "3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "Thyroid-stimulating hormone (TSH)",
    "m[IU]/L", "mIU/L", 0.4, 4.5,
)  # fmt: skip
NT_PROBNP: Test = (
    "33762-6", "Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma", "NT-proBNP",
    "pg/mL", "pg/mL", None, 450,
)  # fmt: skip
URINE_ALBUMIN: Test = (
    "9318-7", "Albumin/Creatinine [Mass Ratio] in Urine", "Urine albumin/creatinine ratio", "mg/g", "mg/g", None, 29,
)  # fmt: skip
PSA: Test = (
    "2857-1", "Prostate specific Ag [Mass/volume] in Serum or Plasma", "Prostate-specific antigen (PSA)",
    "ng/mL", "ng/mL", None, 4.0,
)  # fmt: skip

LIPID_PANEL = concept("Cholesterol panel", (LOINC, "57698-3", "Lipid panel with direct LDL - Serum or Plasma"))
METABOLIC_PANEL = concept("Basic metabolic panel", (LOINC, "51990-0", "Basic metabolic panel - Blood"))
CHEST_XRAY = concept("Chest X-ray, two views", (LOINC, "36643-5", "XR Chest 2 Views"))
EKG = concept("Electrocardiogram (EKG)", (LOINC, "11524-6", "EKG study"))
ECHO = concept("Heart ultrasound (echocardiogram)", (LOINC, "42148-7", "US Heart"))
BONE_DENSITY = concept("Bone density scan", (LOINC, "38269-7", "DXA Skeletal system Views for bone density"))

HIP_REPLACEMENT = concept("Total replacement of the right hip", (SNOMED, "52734007", "Total replacement of hip"))
HIP_PROSTHESIS = concept("Total hip prosthesis, right", (SNOMED, "304120007", "Total hip replacement prosthesis"))
COLONOSCOPY = concept("Colonoscopy", (SNOMED, "73761001", "Colonoscopy"))
SPIROMETRY = concept("Breathing test (spirometry)", (SNOMED, "127783003", "Spirometry"))
PRICK_TEST = concept("Allergy skin test", (SNOMED, "37968009", "Prick test"))
MAMMOGRAM = concept("Mammogram", (SNOMED, "71651007", "Mammography"))

CHECK_UP = concept("Check-up", (SNOMED, "185349003", "Encounter for check up"))
FOLLOW_UP = concept("Follow-up visit", (SNOMED, "390906007", "Follow-up encounter"))
SYMPTOM = concept("Visit for a symptom", (SNOMED, "185345009", "Encounter for symptom"))
WELL_CHILD = concept("Well-child visit", (SNOMED, "410620009", "Well child visit"))
CONSULTATION = concept("Consultation", (SNOMED, "11429006", "Consultation"))
EMERGENCY = concept("Emergency visit", (SNOMED, "50849002", "Emergency department patient visit"))
SURGERY_STAY = concept("Hospital stay for surgery", (SNOMED, "32485007", "Hospital admission"))

FLU = concept(
    "Influenza (flu) vaccine", (CVX, "140", "Influenza, split virus, trivalent, injectable, preservative free")
)
TDAP = concept("Tetanus, diphtheria and whooping cough (Tdap) vaccine", (CVX, "115", "Tdap"))
COVID = concept("COVID-19 vaccine", (CVX, "309", "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose"))
PNEUMO = concept(
    "Pneumococcal vaccine", (CVX, "216", "Pneumococcal conjugate vaccine 20-valent (PCV20), polysaccharide CRM197")
)
SHINGLES = concept("Shingles vaccine", (CVX, "187", "zoster vaccine recombinant"))
RSV = concept("RSV vaccine", (CVX, "305", "RSV, bivalent, protein subunit RSVpreF, diluent reconstituted, 0.5 mL, PF"))
DTAP = concept("Diphtheria, tetanus and whooping cough (DTaP) vaccine", (CVX, "20", "DTaP"))
POLIO = concept("Polio vaccine", (CVX, "10", "poliovirus vaccine, inactivated"))
MMR = concept("Measles, mumps and rubella (MMR) vaccine", (CVX, "03", "MMR"))
CHICKENPOX = concept("Chickenpox vaccine", (CVX, "21", "varicella"))
HEPATITIS_A = concept("Hepatitis A vaccine", (CVX, "83", "Hep A, ped/adol, 2 dose"))
HEPATITIS_B = concept("Hepatitis B vaccine", (CVX, "08", "Hep B, adolescent or pediatric"))
HIB = concept("Hib vaccine", (CVX, "48", "Hib (PRP-T)"))
