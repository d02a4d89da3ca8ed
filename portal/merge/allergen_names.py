"""Allergens: other names of one substance, codes of substances and findings, scopes of "no known". Explicit tables."""

# ruff: noqa: E501 (tables are read line by line)

from collections.abc import Mapping

from portal.merge.text import synonyms, word_set

ALLERGENS: Mapping[str, str] = synonyms("""
pcn, penicillins, penicilin, pencillin, penicillin, penicillins class: penicillin
amoxicilin, amoxacillin, amoxicillin: amoxicillin
ibuprofin, ibuprophen: ibuprofen
codiene: codeine
sulfa, sulfa drugs, sulfa antibiotics, sulfonamides, sulfonamide antibiotics, sulfa sulfonamide antibiotics, sulphonamides, sulfonamide, sulfas: sulfonamide antibiotics
asa, aspirin, acetylsalicylic acid: aspirin
nsaids, nsaid, nonsteroidal anti inflammatory drugs, non steroidal anti inflammatory drugs, nonsteroidal antiinflammatory drugs, nonsteroidal anti inflammatory agents: nsaids
statins, hmg coa reductase inhibitors, statins hmg coa reductase inhibitors: statins
ace inhibitors, angiotensin converting enzyme inhibitors, acei: ace inhibitors
cephalosporins, cephalosporin: cephalosporins
quinolones, fluoroquinolones: fluoroquinolones
opioids, narcotics, opiates, opioid analgesics: opioids
iodinated contrast media, contrast media iodinated, iodinated contrast, contrast dye iodinated, iv contrast iodinated, iodine contrast: iodinated contrast
contrast dye, contrast media, iv contrast, ct contrast: contrast
peanuts, peanut: peanut
tree nuts, tree nut, treenuts: tree nuts
eggs, egg, hen egg: egg
milk, cows milk, cow milk, dairy milk: milk
shellfish, shell fish: shellfish
soy, soya: soy
sesame seed, sesame seeds, sesame: sesame
sunflower seed, sunflower seeds: sunflower seed
poppy seed, poppy seeds: poppy seed
mustard seed, mustard seeds, mustard: mustard
soybeans, soybean: soybean
wheat: wheat
strawberries, strawberry: strawberry
kiwi, kiwi fruit, kiwifruit: kiwi
shrimps, shrimp, prawns: shrimp
bee stings, bee sting, bee venom, honey bee venom, bees: bee venom
wasp stings, wasp sting, wasp venom, wasps: wasp venom
latex, natural rubber latex, latex natural rubber, natural rubber: latex
adhesive tape, tape, adhesive, surgical tape, medical tape: adhesive tape
cat, cats, cat dander, cat hair, cat dander extract: cat dander
dog, dogs, dog dander, dog hair: dog dander
mold, molds, mould: mold
dust, house dust: dust
dust mites, dust mite, house dust mite, house dust mites: dust mite
pollen: pollen
grass, grass pollen, grasses: grass pollen
ragweed, ragweed pollen: ragweed pollen
sulfites, sulfite: sulfite
nickel: nickel
sulfameth trimeth, smz tmp, smx tmp, tmp smx, bactrim, bactrim ds, septra, sulfamethoxazole trimethoprim, sulfamethoxazole and trimethoprim, trimethoprim sulfamethoxazole: sulfamethoxazole + trimethoprim
augmentin, amoxicillin clavulanate, amoxicillin potassium clavulanate, amoxicillin and clavulanate: amoxicillin + clavulanate
tylenol with codeine, tylenol 3, acetaminophen codeine, codeine acetaminophen, acetaminophen with codeine: acetaminophen + codeine
hydrocodone acetaminophen, vicodin, norco, lortab, acetaminophen hydrocodone: acetaminophen + hydrocodone
percocet, oxycodone acetaminophen, acetaminophen oxycodone: acetaminophen + oxycodone
neosporin, neomycin polymyxin bacitracin, triple antibiotic, neomycin bacitracin polymyxin: bacitracin + neomycin + polymyxin
unasyn, ampicillin sulbactam: ampicillin + sulbactam
zosyn, piperacillin tazobactam: piperacillin + tazobactam
codeine: codeine
morphine sulfate, morphine: morphine
""")
"""Other names of one allergen, as ``plain`` writes them. A class ("penicillins" aside, which charts use for penicillin) is no member."""

CODES: Mapping[tuple[str, str], str] = {
    **dict.fromkeys((("snomed", code) for code in ["91936005", "764146007", "373270004", "6369005"]), "penicillin"),
    **dict.fromkeys((("snomed", code) for code in ["91935009", "256349002", "762952008"]), "peanut"),
    **dict.fromkeys((("snomed", code) for code in ["300916003", "111088007", "1003755004", "1003774007x"]), "latex"),
    **dict.fromkeys((("snomed", code) for code in ["91939003", "387406002"]), "sulfonamide antibiotics"),
    **dict.fromkeys((("snomed", code) for code in ["91930004", "102263004"]), "egg"),
    **dict.fromkeys((("snomed", code) for code in ["293586001", "387458008"]), "aspirin"),
    **dict.fromkeys((("snomed", code) for code in ["294505008", "372687004"]), "amoxicillin"),
    **dict.fromkeys((("snomed", code) for code in ["424213003", "288328004"]), "bee venom"),
    **dict.fromkeys((("snomed", code) for code in ["300913006", "735029006"]), "shellfish"),
    ("snomed", "3718001"): "milk",
    ("snomed", "13577000"): "tree nuts",
    ("snomed", "426722004"): "iodinated contrast",
    ("snomed", "372665008"): "nsaids",
    ("snomed", "227493005"): "cashew",
    ("snomed", "48319003"): "nickel",
    ("snomed", "260152009"): "cat dander",
    ("snomed", "256277009"): "grass pollen",
    ("snomed", "84489001"): "mold",
    ("rxnorm", "70618"): "penicillin",
    ("rxnorm", "1191"): "aspirin",
    ("rxnorm", "723"): "amoxicillin",
    ("rxnorm", "10831"): "sulfamethoxazole + trimethoprim",
}
"""Substances, findings and ingredients of the commonest allergens."""

NO_KNOWN: Mapping[str, str] = {
    **dict.fromkeys(["716186003", "no-known-allergies"], "all"),
    **dict.fromkeys(["409137002", "no-known-medication-allergies"], "drug"),
    **dict.fromkeys(["429625007", "no-known-food-allergies"], "food"),
    **dict.fromkeys(["428607008", "no-known-environmental-allergies"], "environment"),
    **dict.fromkeys(["1003774007", "716184000"], "latex"),
}
NO_KNOWN_WORDS: Mapping[str, str] = synonyms("""
no known allergies, no known allergy, nka, no allergies, no allergies known, allergies none known, sin alergias conocidas: all
no known drug allergies, no known drug allergy, nkda, no known medication allergies, nkma, no known medication allergy: drug
no known food allergies, no known food allergy, nkfa: food
no known environmental allergies, no known environmental allergy: environment
no known latex allergy, no known latex allergies: latex
""")
NOT_ASKED = frozenset(["nask", "unk", "asku", "ni", "no-allergy-info", "not-asked", "unknown"])

NOISE = word_set("""
allergy allergic to intolerance hypersensitivity sensitivity reaction disorder substance product situation
""")
"""Words around an allergen that say that it is one."""

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
    }
)
"""What is entered where nobody knows the reaction."""
