"""Other names of the signs of an allergy, as explicit tables."""

# ruff: noqa: E501 (tables are read line by line)

import re
from collections.abc import Mapping

from portal.merge.text import synonyms

REACTIONS: Mapping[str, str] = synonyms("""
hives, urticaria, welts, wheal, wheals, nettle rash, weal: hives
itching, pruritus, itchy, itchiness, itch, itchy skin, pruritic: itching
rash, skin rash, eruption, eruption of skin, skin eruption, cutaneous eruption, drug rash, exanthema: rash
maculopapular rash, maculopapular eruption, morbilliform rash: maculopapular rash
contact dermatitis, dermatitis: dermatitis
flushing, flushed, redness, erythema, red skin: redness
blisters, blistering, bullae, vesicles: blisters
swelling, edema, oedema, swollen: swelling
facial swelling, face swelling, swelling of face, swollen face, facial edema, edema of face: swelling of the face
lip swelling, swollen lips, swelling of lips, lip edema: swelling of the lips
tongue swelling, swollen tongue, swelling of tongue: swelling of the tongue
throat swelling, swelling of throat, laryngeal edema, throat closing, throat closed, throat closes: swelling of the throat
throat tightness, tightness in throat, tight throat: throat tightness
angioedema, angioneurotic edema, angio edema, quincke edema: angioedema
anaphylaxis, anaphylactic reaction, anaphylactic shock, anaphylactic, anaphylaxis disorder: anaphylaxis
shortness of breath, dyspnea, dyspnoea, trouble breathing, difficulty breathing, breathing difficulty, breathing problems, respiratory distress, cant breathe, hard to breathe, sob, difficulty in breathing, breathing difficulties: shortness of breath
wheezing, wheeze: wheezing
bronchospasm, bronchial spasm: bronchospasm
stridor: stridor
nausea, nauseated, nauseous, feels sick: nausea
vomiting, emesis, throwing up, vomits, vomit: vomiting
nausea and vomiting, n v, nv, nausea vomiting: nausea + vomiting
n v d, nvd, nausea vomiting diarrhea: nausea + vomiting + diarrhea
diarrhea, diarrhoea, loose stools, loose stool, loose bowel movements: diarrhea
abdominal pain, stomach pain, stomach ache, stomachache, belly pain, abdominal cramps, stomach cramps, cramping, gi pain, abd pain: abdominal pain
upset stomach, stomach upset, gi upset, gastrointestinal upset, gi intolerance, gastrointestinal intolerance, gi distress, dyspepsia, indigestion, gi symptoms: upset stomach
gi bleed, gi bleeding, gastrointestinal bleeding, gastrointestinal hemorrhage, stomach bleeding, gastrointestinal bleed: gastrointestinal bleeding
constipation, constipated: constipation
cough, coughing, dry cough: cough
runny nose, rhinorrhea, rhinitis, allergic rhinitis, nasal congestion: runny nose
sneezing, sneezes: sneezing
watery eyes, itchy eyes, red eyes, conjunctivitis: irritated eyes
headache, headaches, cephalgia, head pain: headache
dizziness, dizzy, lightheaded, lightheadedness, vertigo: dizziness
drowsiness, drowsy, sleepiness, sleepy, somnolence, sedation, sedated: drowsiness
confusion, confused, disorientation, disoriented, altered mental status, ams, mental status change: confusion
hallucinations, hallucination, hallucinating: hallucinations
agitation, agitated, restlessness: agitation
seizure, seizures, convulsion, convulsions, fits: seizure
syncope, fainting, fainted, passed out, passing out, loss of consciousness: fainting
palpitations, palpitation: palpitations
tachycardia, fast heart rate, rapid heartbeat, racing heart, rapid heart rate: fast heart beat
bradycardia, slow heart rate: slow heart beat
hypotension, low blood pressure, drop in blood pressure: low blood pressure
hypertension, high blood pressure: high blood pressure
chest pain: chest pain
arrhythmia, irregular heartbeat, dysrhythmia: irregular heart beat
myalgia, myalgias, muscle pain, muscle ache, muscle aches, muscle soreness, sore muscles: muscle pain
muscle cramps, muscle cramp, leg cramps, muscle spasm, muscle spasms: muscle cramps
arthralgia, joint pain, joint pains: joint pain
rhabdomyolysis, rhabdo: rhabdomyolysis
stevens johnson syndrome, sjs, stevens johnson: stevens johnson syndrome
toxic epidermal necrolysis, ten: toxic epidermal necrolysis
drug reaction with eosinophilia and systemic symptoms, dress syndrome, dress: dress syndrome
respiratory depression, respiratory arrest, stopped breathing: respiratory depression
liver damage, hepatotoxicity, liver injury, elevated liver enzymes, elevated lfts, increased lfts: liver injury
kidney injury, renal failure, kidney failure, nephrotoxicity, renal insufficiency: kidney injury
thrombocytopenia, low platelets: low platelets
bleeding, hemorrhage: bleeding
fever, pyrexia, febrile: fever
chills, rigors: chills
fatigue, tired, tiredness, lethargy, lethargic: fatigue
insomnia, sleeplessness, cant sleep: insomnia
tardive dyskinesia: tardive dyskinesia
dystonia, dystonic reaction, acute dystonia: dystonia
serotonin syndrome: serotonin syndrome
local reaction, injection site reaction: local reaction
oral itching, itching of mouth, itchy mouth, mouth itching, oral allergy syndrome: itching of the mouth
photosensitivity, sun sensitivity: sun sensitivity
red man syndrome, redman syndrome, red mans syndrome, vancomycin flushing syndrome, vancomycin infusion reaction, red neck syndrome: vancomycin infusion reaction
severe cutaneous adverse reaction, scar: severe cutaneous adverse reaction
feeling of warmth, warm feeling, warmth, feels warm: warmth
metallic taste, dysgeusia: metallic taste
""")
"""Other names of one sign of an allergy; only what is exchangeable in every record. "a + b" are two signs."""

NO_REACTION = frozenset(
    {
        "",
        "unknown",
        "unk",
        "unknown reaction",
        "reaction unknown",
        "not known",
        "unspecified",
        "other",
        "other reaction",
        "other see comments",
        "see comments",
        "see comment",
        "see notes",
        "not noted",
        "not specified",
        "none recorded",
        "does not remember",
        "n a",
        "adverse reaction",
        "adverse reaction to drug",
        "allergic reaction",
        "reaction",
        "allergy",
        "patient does not remember",
        "pt does not remember",
        "childhood reaction",
        "side effect",
        "side effects",
    }
)
"""What is entered where nobody knows the reaction."""

GRAVEST_FIRST = ("severe", "moderate", "mild")
DEGREES: Mapping[str, str] = {
    word: degree
    for degree, words in {
        "mild": "mild|slight|minor|leve",
        "moderate": "moderate|moderada|moderado",
        "severe": "severe|serious|life-threatening|life threatening|fatal|near-fatal|extreme|grave|severa|severo",
    }.items()
    for word in words.split("|")
}
DEGREE = re.compile(rf"\b(?:{'|'.join(sorted(DEGREES, key=len, reverse=True))})\b", re.IGNORECASE)
"""Words of how severe a sign was, and the severity of FHIR that each is."""

EVERYWHERE = re.compile(r"\b(?:all over(?: (?:the )?body)?|generali[sz]ed|diffuse|widespread)\b", re.IGNORECASE)
