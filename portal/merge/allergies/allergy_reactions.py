"""Other names of the signs of an allergy, as explicit tables."""

# ruff: noqa: E501 (tables are read line by line)

import re
from collections.abc import Mapping

from portal.merge.words.text import synonyms

REACTIONS: Mapping[str, str] = synonyms("""
hives, urticaria, welts, wheal, wheals, nettle rash, weal, ronchas, habones, snomed ct 126485001, snomed ct 247472004: hives
itching, pruritus, itchy, itchiness, itch, itchy skin, pruritic, picazon, comezon, prurito, picor, snomed ct 418290006, snomed ct 418363000: itching
rash, skin rash, eruption, eruption of skin, skin eruption, cutaneous eruption, drug rash, exanthema, erupcion, erupcion cutanea, sarpullido, salpullido, exantema, snomed ct 271807003: rash
maculopapular rash, maculopapular eruption, morbilliform rash: maculopapular rash
contact dermatitis, dermatitis: dermatitis
flushing, flushed, redness, erythema, red skin, enrojecimiento, rubor, eritema, snomed ct 238810007: redness
blisters, blistering, bullae, vesicles: blisters
swelling, edema, oedema, swollen, hinchazon, inflamacion, hinchado, snomed ct 65124004, snomed ct 267038008: swelling
facial swelling, face swelling, swelling of face, swollen face, facial edema, edema of face, hinchazon de la cara, hinchazon facial, edema facial, snomed ct 278528006: swelling of the face
lip swelling, swollen lips, swelling of lips, lip edema, hinchazon de los labios, hinchazon de labios, labios hinchados: swelling of the lips
tongue swelling, swollen tongue, swelling of tongue, hinchazon de la lengua, lengua hinchada, snomed ct 421262002: swelling of the tongue
throat swelling, swelling of throat, laryngeal edema, throat closing, throat closed, throat closed up, throat closes, throat closes up, throat swelled, throat swelled up, throat swells, swollen throat, hinchazon de la garganta, edema laringeo, edema de glotis, snomed ct 51599000: swelling of the throat
throat tightness, tightness in throat, tight throat: throat tightness
angioedema, angioneurotic edema, angio edema, quincke edema, snomed ct 41291007: angioedema
anaphylaxis, anaphylactic reaction, anaphylactic shock, anaphylactic, anaphylaxis disorder, anafilaxia, anafilaxis, choque anafilactico, shock anafilactico, reaccion anafilactica, snomed ct 39579001: anaphylaxis
shortness of breath, dyspnea, dyspnoea, trouble breathing, difficulty breathing, breathing difficulty, breathing problems, respiratory distress, cant breathe, hard to breathe, sob, difficulty in breathing, breathing difficulties, dificultad para respirar, falta de aire, falta de aliento, disnea, ahogo, snomed ct 267036007: shortness of breath
wheezing, wheeze, sibilancias, silbidos, snomed ct 56018004: wheezing
bronchospasm, bronchial spasm, broncoespasmo, snomed ct 4386001: bronchospasm
stridor: stridor
nausea, nauseated, nauseous, feels sick, nauseas, feeling sick, nausea only, snomed ct 422587007: nausea
vomiting, emesis, throwing up, vomits, vomited, threw up, vomit, vomito, vomitos, snomed ct 422400008: vomiting
nausea and vomiting, n v, nv, nausea vomiting, nauseas y vomitos, nausea vomito, snomed ct 16932000: nausea + vomiting
n v d, nvd, nausea vomiting diarrhea: nausea + vomiting + diarrhea
diarrhea, diarrhoea, loose stools, loose stool, loose bowel movements, diarrea, snomed ct 62315008: diarrhea
abdominal pain, stomach pain, stomach ache, stomachache, belly pain, abdominal cramps, stomach cramps, cramping, gi pain, abd pain, dolor abdominal, dolor de estomago, dolor de barriga, colicos, snomed ct 21522001: abdominal pain
upset stomach, stomach upset, gi upset, gastrointestinal upset, gi intolerance, gastrointestinal intolerance, gi distress, dyspepsia, indigestion, gi symptoms, malestar estomacal, indigestion estomacal: upset stomach
gi bleed, gi bleeding, gastrointestinal bleeding, gastrointestinal hemorrhage, stomach bleeding, gastrointestinal bleed: gastrointestinal bleeding
constipation, constipated, estrenimiento, snomed ct 14760008: constipation
cough, coughing, dry cough, tos, tos seca, snomed ct 49727002: cough
runny nose, rhinorrhea, rhinitis, allergic rhinitis, nasal congestion, congestion nasal, congestion, moqueo, rinitis, snomed ct 70076002: runny nose
sneezing, sneezes, estornudos, snomed ct 76067001: sneezing
watery eyes, itchy eyes, red eyes, conjunctivitis: irritated eyes
headache, headaches, cephalgia, head pain, dolor de cabeza, cefalea, snomed ct 25064002: headache
dizziness, dizzy, lightheaded, lightheadedness, vertigo, mareo, mareos, snomed ct 404640003: dizziness
drowsiness, drowsy, sleepiness, sleepy, somnolence, sedation, sedated, somnolencia, sueno, snomed ct 271782001: drowsiness
confusion, confused, disorientation, disoriented, altered mental status, ams, mental status change, snomed ct 40917007: confusion
hallucinations, hallucination, hallucinating, alucinaciones, snomed ct 7011001: hallucinations
agitation, agitated, restlessness: agitation
seizure, seizures, convulsion, convulsions, fits, convulsiones, snomed ct 91175000: seizure
syncope, fainting, fainted, passed out, passing out, loss of consciousness, desmayo, desmayos, perdida de conocimiento, snomed ct 271594007: fainting
palpitations, palpitation, palpitaciones, snomed ct 80313002: palpitations
tachycardia, fast heart rate, rapid heartbeat, racing heart, rapid heart rate, taquicardia, snomed ct 3424008: fast heart beat
bradycardia, slow heart rate: slow heart beat
hypotension, low blood pressure, drop in blood pressure, presion baja, hipotension, snomed ct 45007003: low blood pressure
hypertension, high blood pressure: high blood pressure
chest pain: chest pain
arrhythmia, irregular heartbeat, dysrhythmia: irregular heart beat
myalgia, myalgias, muscle pain, muscle ache, muscle aches, muscle soreness, sore muscles, dolor muscular, mialgia, snomed ct 68962001: muscle pain
muscle cramps, muscle cramp, leg cramps, muscle spasm, muscle spasms: muscle cramps
arthralgia, joint pain, joint pains, dolor articular, snomed ct 57676002: joint pain
rhabdomyolysis, rhabdo: rhabdomyolysis
stevens johnson syndrome, sjs, stevens johnson, sindrome de stevens johnson, snomed ct 73442001: stevens johnson syndrome
toxic epidermal necrolysis, ten: toxic epidermal necrolysis
drug reaction with eosinophilia and systemic symptoms, dress syndrome, dress, snomed ct 702809001: dress syndrome
respiratory depression, respiratory arrest, stopped breathing: respiratory depression
liver damage, hepatotoxicity, liver injury, elevated liver enzymes, elevated lfts, increased lfts: liver injury
kidney injury, renal failure, kidney failure, nephrotoxicity, renal insufficiency: kidney injury
thrombocytopenia, low platelets: low platelets
bleeding, hemorrhage, sangrado: bleeding
fever, pyrexia, febrile, fiebre, calentura, snomed ct 386661006: fever
chills, rigors: chills
fatigue, tired, tiredness, lethargy, lethargic, cansancio, fatiga, snomed ct 84229001: fatigue
insomnia, sleeplessness, cant sleep, insomnio, snomed ct 193462001: insomnia
tardive dyskinesia: tardive dyskinesia
dystonia, dystonic reaction, acute dystonia: dystonia
serotonin syndrome: serotonin syndrome
local reaction, injection site reaction: local reaction
oral itching, itching of mouth, itchy mouth, mouth itching, oral allergy syndrome: itching of the mouth
photosensitivity, sun sensitivity: sun sensitivity
red man syndrome, red man, redman, red man reaction, redman syndrome, red mans syndrome, vancomycin flushing syndrome, vancomycin infusion reaction, red neck syndrome: vancomycin infusion reaction
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
        "moderate": "moderate|mod|moderada|moderado",
        "severe": "severe|serious|life-threatening|life threatening|fatal|near-fatal|extreme|grave|graves|severa|severo|fuerte|fuertes",
    }.items()
    for word in words.split("|")
}
DEGREE = re.compile(rf"\b(?:{'|'.join(sorted(DEGREES, key=len, reverse=True))})\b", re.IGNORECASE)
"""Words of how severe a sign was, and the severity of FHIR that each is."""

EVERYWHERE = re.compile(
    r"\b(?:all over(?: (?:the )?body)?|generali[sz]ed|generalizad[oa]s?|diffuse|difus[oa]|widespread)\b", re.IGNORECASE
)
