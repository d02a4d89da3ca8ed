"""Words of diagnoses, procedures and tests that mean one thing, as explicit tables.

Each line is "name, name: canonical words". Longer names are replaced first; what is not here is compared by its words.
Only pairs that are exchangeable in every record belong here: what may mean two things ("MS", "RA", "PVD") does not.
"""

# ruff: noqa: E501 (tables are read line by line)

from collections.abc import Mapping

from portal.merge.words.text import synonyms, word_set

ISSUES: Mapping[str, str] = synonyms("""
htn, high blood pressure, hypertensive disorder, arterial hypertension: hypertension
benign essential hypertension, essential primary hypertension, primary hypertension, benign hypertension: essential hypertension
t2dm, dm2, dm 2, dm ii, type 2 dm, t2d, niddm, type 2 diabetes, type 2 diabetes mellitus, diabetes mellitus type 2, diabetes type 2, diabetes mellitus due to type 2, adult onset diabetes, type ii diabetes mellitus, type ii diabetes, type ii dm, diabetes mellitus type ii, diabetes mellitus 2: diabetes type2
t1dm, dm1, dm 1, dm i, type 1 dm, t1d, iddm type 1, type 1 diabetes, type 1 diabetes mellitus, diabetes mellitus type 1, diabetes type 1, juvenile diabetes, type i diabetes mellitus, type i diabetes, diabetes mellitus type i, diabetes mellitus 1: diabetes type1
diabetes mellitus, dm, sugar diabetes: diabetes
gdm, gestational diabetes mellitus: gestational diabetes
pre diabetes, borderline diabetes: prediabetes
copd, chronic obstructive lung disease, chronic obstructive pulmonary disease: copd
gerd, acid reflux, gastroesophageal reflux disease, gastro esophageal reflux disease, gastroesophageal reflux, reflux disease: gerd
chf, congestive heart failure, congestive failure, cardiac failure, heart failure congestive: heart failure
hfref, heart failure with reduced ejection fraction, heart failure with reduced ef, hf with reduced ef: heart failure reduced ejection fraction
hfpef, heart failure with preserved ejection fraction, heart failure with preserved ef, hf with preserved ef: heart failure preserved ejection fraction
cad, coronary heart disease, chd, coronary arteriosclerosis, coronary atherosclerosis, coronary artery disease: coronary artery disease
mi, heart attack, myocardial infarct, myocardial infarction: myocardial infarction
ami, acute mi, acute heart attack: acute myocardial infarction
stemi, st elevation mi, st elevation myocardial infarction, st segment elevation myocardial infarction: stemi myocardial infarction
nstemi, non st elevation mi, non st elevation myocardial infarction: nstemi myocardial infarction
afib, a fib, atrial fib, auricular fibrillation, atrial fibrillation: atrial fibrillation
aflutter: atrial flutter
cva, cerebrovascular accident, brain attack: stroke
tia, mini stroke, transient cerebral ischemia, transient cerebral ischemic attack, transient ischemic attack: transient ischemic attack
dvt, deep venous thrombosis, deep vein thrombosis, thrombosis of deep vein, acute deep vein thrombosis: deep vein thrombosis
pulmonary embolus, pulmonary thromboembolism, acute pe: pulmonary embolism
pad, peripheral arterial disease, peripheral artery disease: peripheral artery disease
ckd, chronic kidney disease, chronic renal disease, chronic renal insufficiency, chronic kidney failure, chronic renal failure: ckd
esrd, end stage renal disease, end stage kidney disease, eskd: end stage renal disease
aki, acute renal failure, acute kidney failure, acute kidney injury: acute kidney injury
uti, bladder infection unspecified, urinary tract infection: urinary tract infection
urti, uri, upper respiratory infection, common cold: upper respiratory infection
cap pneumonia, community acquired pneumonia: community acquired pneumonia
strep throat, streptococcal sore throat, streptococcal pharyngitis, strep pharyngitis: streptococcal pharyngitis
shingles, zoster, herpes zoster: herpes zoster
chickenpox, chicken pox, varicella: varicella
flu, influenza: influenza
covid, covid 19, sars cov 2 infection, coronavirus disease 2019, disease caused by sars cov 2, covid 19 virus infection: covid19
mono, glandular fever, infectious mononucleosis: infectious mononucleosis
c diff colitis, c difficile colitis, clostridium difficile colitis, clostridioides difficile colitis: clostridioides difficile colitis
hiv, hiv disease, human immunodeficiency virus infection, hiv infection: hiv infection
hbv, hep b: hepatitis b
hcv, hep c: hepatitis c
bph, benign prostatic hypertrophy, enlarged prostate, benign prostatic hyperplasia: benign prostatic hyperplasia
oa, degenerative joint disease, djd, osteoarthrosis: osteoarthritis
ibs, irritable bowel syndrome, irritable colon, spastic colon, spastic colitis, mucous colitis: irritable bowel syndrome
ibd: inflammatory bowel disease
pcos, polycystic ovary syndrome, polycystic ovarian syndrome, stein leventhal syndrome, sindrome de ovario poliquistico, sindrome de ovarios poliquisticos: polycystic ovary syndrome
polycystic ovaries, ovario poliquistico, ovarios poliquisticos: polycystic ovary
osa, obstructive sleep apnea, obstructive sleep apnoea, obstructive sleep apnea syndrome: obstructive sleep apnea
adhd, attention deficit disorder with hyperactivity, attention deficit hyperactivity disorder: adhd
ptsd, post traumatic stress disorder, posttraumatic stress disorder: ptsd
ocd, obsessive compulsive disorder: ocd
mdd, major depression, major depressive disorder: major depressive disorder
gad, generalized anxiety disorder: generalized anxiety disorder
sud: substance use disorder
oud: opioid use disorder
aud: alcohol use disorder
alcoholism: alcohol dependence
hld, hyperlipidaemia: hyperlipidemia
high cholesterol, elevated cholesterol, hypercholesterolaemia, hypercholesterolemia: hypercholesterolemia
underactive thyroid, hypothyroid, low thyroid, hypothyroidism: hypothyroidism
overactive thyroid, hyperthyroid, hyperthyroidism: hyperthyroidism
hashimoto thyroiditis, hashimotos thyroiditis, hashimotos disease, hashimoto disease, autoimmune thyroiditis: hashimoto thyroiditis
sle, systemic lupus erythematosus: systemic lupus erythematosus
vit d deficiency, vitamin d deficiency: vitamin d deficiency
b12 deficiency, vitamin b12 deficiency, cobalamin deficiency: vitamin b12 deficiency
iron deficiency anaemia, ida, iron deficiency anemia: iron deficiency anemia
gallstones, gallstone, cholelithiasis: cholelithiasis
kidney stones, kidney stone, nephrolithiasis, renal calculi, renal calculus, renal stone, urinary calculi: kidney stone
ringing in ears, ringing in the ears: tinnitus
hay fever, seasonal allergies, seasonal allergic rhinitis: seasonal allergic rhinitis
eczema, atopic eczema, atopic dermatitis: atopic dermatitis
tennis elbow, lateral epicondylitis of elbow, lateral epicondylitis: lateral epicondylitis
golfers elbow: medial epicondylitis
frozen shoulder, adhesive capsulitis of shoulder, adhesive capsulitis: adhesive capsulitis
cts, carpal tunnel, carpal tunnel syndrome: carpal tunnel syndrome
ns cataract, nuclear sclerosis cataract, nuclear sclerotic cataract, cataract nuclear sclerotic, age related nuclear cataract: nuclear sclerotic cataract
amd, age related macular degeneration, armd: age related macular degeneration
poag, primary open angle glaucoma: primary open angle glaucoma
snhl, sensorineural hearing loss, hearing loss sensorineural: sensorineural hearing loss
pink eye: conjunctivitis
piles: hemorrhoids
stomach flu: gastroenteritis
heart burn: heartburn
aml, acute myeloid leukemia, acute myeloblastic leukemia, acute myelogenous leukemia: acute myeloid leukemia
cll: chronic lymphocytic leukemia
cancer, carcinoma, ca, malignant tumor, malignant neoplasm, malignant tumour: cancer
renal cell carcinoma, rcc: renal cell carcinoma
cancer kidney, cancer of kidney, kidney cancer: kidney cancer
post concussion syndrome, postconcussion syndrome, postconcussional syndrome, post concussional syndrome: postconcussion syndrome
sickle cell disease, scd: sickle cell disease
beta thalassaemia: beta thalassemia
alpha thalassaemia: alpha thalassemia
ra rheumatoid arthritis, rheumatoid arthritis: rheumatoid arthritis
seropositive ra, ra seropositive, seropositive rheumatoid arthritis: seropositive rheumatoid arthritis
seronegative ra, ra seronegative, seronegative rheumatoid arthritis: seronegative rheumatoid arthritis
decubitus ulcer, decubitus, pressure sore, pressure injury, bedsore, bed sore, pressure ulcer: pressure ulcer
sk, seborrheic keratosis: seborrheic keratosis
takotsubo syndrome, takotsubo cardiomyopathy, stress cardiomyopathy, broken heart syndrome: takotsubo cardiomyopathy
crohns disease, crohn disease, crohns, regional enteritis: crohn disease
sjogrens syndrome, sjogren syndrome, sjogrens: sjogren syndrome
alzheimers disease, alzheimer disease, alzheimers: alzheimer disease
parkinsons disease, parkinson disease, parkinsons: parkinson disease
graves disease, graves, toxic diffuse goiter, diffuse toxic goiter, basedow disease: graves disease
downs syndrome, down syndrome, trisomy 21: down syndrome
bells palsy, bell palsy: bell palsy
overweight and obesity: obesity
morbid obesity, severe obesity, class 3 obesity, obesity class 3: obesity class3
obesity class 1, class 1 obesity: obesity class1
obesity class 2, class 2 obesity: obesity class2
low back pain, lumbago, lbp: low back pain
sinus infection: sinusitis
ear infection: otitis media
osteopenia: osteopenia
celiac sprue, coeliac disease, celiac disease: celiac disease
nash, nonalcoholic steatohepatitis: nonalcoholic steatohepatitis
nafld, nonalcoholic fatty liver disease, fatty liver: nonalcoholic fatty liver disease
bacterial pneumonia: bacterial pneumonia
smoker, tobacco smoker, cigarette smoker: smoker
tb, tbc: tuberculosis
pud: peptic ulcer disease
bppv: benign paroxysmal positional vertigo
dka: diabetic ketoacidosis
glucose 6 phosphate dehydrogenase deficiency: g6pd deficiency
lvh: left ventricular hypertrophy
pfo: patent foramen ovale
sbo: small bowel obstruction
siadh: syndrome inappropriate antidiuretic hormone secretion
lbbb: left bundle branch block
rbbb: right bundle branch block
nph: normal pressure hydrocephalus
mrsa: methicillin resistant staphylococcus aureus
gouty arthritis, gouty arthropathy: gout
fsgs: focal segmental glomerulosclerosis
hcm: hypertrophic cardiomyopathy
ild: interstitial lung disease
pbc, primary biliary cirrhosis: primary biliary cholangitis
psc: primary sclerosing cholangitis
cvid: common variable immunodeficiency
pots: postural orthostatic tachycardia syndrome
pnes: psychogenic nonepileptic seizures
vte: venous thromboembolism
etoh: alcohol
heparin induced thrombocytopenia, hit type ii: heparin induced thrombocytopenia
leg, lower extremity, lower limb, lower limbs, lower extremities, lower leg, legs: leg
arm, upper extremity, upper limb, upper limbs, upper extremities, arms: arm
""")
"""Diagnoses: abbreviations, lay words, spellings."""

PROCEDURES: Mapping[str, str] = synonyms("""
ctr, carpal tunnel decompression: carpal tunnel release
tka, total knee replacement, total knee arthroplasty, tkr: total knee arthroplasty
tha, total hip replacement, total hip arthroplasty, thr: total hip arthroplasty
appendix removed, removal of appendix, excision of appendix, appy, appendectomy: appendectomy
gallbladder removed, removal of gallbladder, chole, cholecystectomy: cholecystectomy
c section, cesarean section, caesarean section, cesarean delivery, cesarean, caesarean: cesarean section
egd, upper endoscopy, esophagogastroduodenoscopy, upper gi endoscopy, gastroscopy: esophagogastroduodenoscopy
cabg, coronary artery bypass graft, coronary artery bypass grafting, coronary bypass: coronary artery bypass graft
x3, three vessels, x 3, triple vessel: 3vessels
x4, four vessels, x 4: 4vessels
x2, two vessels, x 2: 2vessels
pci, percutaneous coronary intervention, ptca, coronary angioplasty: percutaneous coronary intervention
lad, left anterior descending coronary artery, left anterior descending artery, left anterior descending: ladartery
rca, right coronary artery, right main coronary artery: rcaartery
lcx, left circumflex artery, circumflex artery: lcxartery
ekg, ecg, electrocardiogram, 12 lead ecg, ecg 12 lead, electrocardiogram 12 lead, 12 lead electrocardiogram: electrocardiogram
echo, tte, transthoracic echocardiogram, echocardiography, echocardiogram: echocardiogram
cxr, chest xray, chest x ray, x ray of chest, radiograph of chest, x ray chest, plain chest x ray: chest xray
mammography, mammogram: mammogram
x ray: xray
pe iol: phacoemulsification intraocular lens
ce iol: cataract extraction intraocular lens
kidney transplantation, renal transplant, renal transplantation, trasplante renal, trasplante de rinon: kidney transplant
liver transplantation, hepatic transplant, trasplante hepatico, trasplante de higado: liver transplant
heart transplantation, cardiac transplant, cardiac transplantation: heart transplant
lung transplantation, pulmonary transplant: lung transplant
d c: dilation and curettage
tonsils removed, tonsillectomy: tonsillectomy
repair of hernia, hernia repair, herniorrhaphy, hernioplasty: hernia repair
iol, lio, lens implant, lens implantation, insertion intraocular lens, insertion intraocular lens prosthesis, intraocular lens prosthesis, insertion lens: intraocular lens
knee scope, knee arthroscopy, arthroscopy of knee: knee arthroscopy
colon scope, colonoscopy: colonoscopy
robotic prostatectomy, robot assisted laparoscopic prostatectomy, ralp: robotic prostatectomy
spinal tap, lumbar puncture, lp: lumbar puncture
ear tubes, tympanostomy tubes, ear tube placement: ear tube placement
""")

BODY: Mapping[str, str] = synonyms("""
lower extremity, lower limb, lower limbs, lower extremities, lower leg, legs, leg: leg
upper extremity, upper limb, upper limbs, upper extremities, arms: arm
eyes: eye
ears: ear
knees, kne: knee
hips: hip
l4 l5, l4l5: l4l5
l5 s1, l5s1: l5s1
l3 l4, l3l4: l3l4
""")

SIDES: Mapping[str, str] = {
    "right": "right", "r": "right", "rt": "right", "left": "left", "l": "left", "lt": "left", "bilateral": "both",
    "bilat": "both", "bil": "both", "both": "both", "b/l": "both", "bl": "both", "od": "right", "os": "left", "ou": "both", "rle": "right",
    "lle": "left", "rue": "right", "lue": "left", "ble": "both", "bue": "both", "dextra": "right", "sinistra": "left",
    "ambos": "both", "ambas": "both", "izq": "left", "der": "right",
    "derecho": "right", "derecha": "right", "izquierdo": "left", "izquierda": "left",
}  # fmt: skip
SIDE_PARTS: Mapping[str, str] = {
    "od": "eye", "os": "eye", "ou": "eye", "rle": "leg", "lle": "leg", "ble": "leg", "rue": "arm", "lue": "arm",
    "bue": "arm",
}  # fmt: skip
"""Abbreviations of a side, and the part of the body that goes with them."""
EAR_LETTERS: Mapping[str, str] = {"ad": "right", "as": "left", "au": "both"}
"""Auris dextra, sinistra, uterque: told at the end of what can only be of an ear, as "as" is a word."""
OF_EARS = word_set("""
ear ears hearing tinnitus otitis otalgia otorrhea otosclerosis tympanic cerumen cholesteatoma mastoiditis eustachian
deafness myringotomy tympanostomy tympanoplasty mastoidectomy stapedectomy audiometry
""")


IMPLIED: Mapping[str, frozenset[str]] = {
    part: frozenset(words.split())
    for part, words in {
        "ear": "hearing tinnitus otitis tympanic cerumen",
        "eye": "cataract glaucoma amblyopia macular vitreous retinal retinopathy pseudophakia myopia intraocular conjunctivitis",
        "shoulder": "rotator capsulitis",
        "elbow": "epicondylitis",
        "foot": "plantar",
        "wrist": "carpal",
        "hand": "carpal",
        "arm": "carpal epicondylitis",
        "breast": "mastectomy lumpectomy mammogram",
        "kidney": "renal",
    }.items()
}
"""Parts of the body that a word beside them implies: naming them as well says nothing more."""

STOP = word_set("""
+ of the a an to in on at by for from and or due caused with w nos unspecified finding disorder hcc cms structure
region sided side is are per as part mellitus mellitis melitus nec site specified del de la el los las en y por lado con
""")
"""Words that say nothing of which thing it is."""

CONTEXTS: Mapping[str, str] = {
    r"\bfamily (?:history|hx) of\b|\bfamily history:|\bfhx?\b": "family history",
    r"\b(?:personal |past |previous )?(?:medical |surgical )?(?:history|hx) of\b|\bhx/o\b|\bp[ms]?hx\b:?|\bpast surgical history\b|\bpsh\b:|\bpost[- ]?surgical:|\bap de\b|^\s*(?:hx|antecedentes? (?:personal(?:es)? )?de)\b|,\s*hx\s*$|\bh/o\b|\bhistory:|\bs/p\b|\bstatus post\b|\bpmh\b|\bpast medical history\b|\bold\b|\bprior\b|\bprevious\b": "history",
    r"\bscreening\b|\bscreen for\b": "screening",
    r"\bencounter for\b|\bvisit for\b": "encounter",
    r"\bexposure to\b|\bcontact with\b": "exposure",
    r"\bcarrier\b": "carrier",
    r"\btrait\b|\bminor\b": "trait",
    r"\brisk of\b|\bat risk for\b": "risk",
    r"\blong[- ]?term\b.*\buse\b": "use",
    r"\bpresence of\b|\bstatus\b(?! (?:migrainosus|epilepticus|asthmaticus))": "status",
    r"\bsuspect\b": "suspect",
    r"\bcomplication\b": "complication",
}  # fmt: skip
"""Words that make another statement of a diagnosis. Compared as they stand: one side with, the other without, are two."""

OVER = r"\b(?:resolved|inactive|resuelt[oa])\b"
"""Words of a diagnosis that say that it is over: its status, where no code says it."""

ASSERTIONS: Mapping[str, str] = {
    r"\bruled out\b|\bno evidence of\b|\bnegative for\b|\bdenies\b|\bnot allergic to\b|\bno allergy to\b|\bdoes not have\b": "refuted",
    r"\br/o\b|\brule out\b": "to rule out",
    r"^\s*\?|\bpossible\b|\bprobable\b|\bsuspected\b|\blikely\b|\bquestionable\b|\bpresumed\b": "suspected",
    r"\bconfirmed\b": "",
}  # fmt: skip

TYPES = word_set("""
type1 type2 typei typeii dry wet heterozygous homozygous reduced preserved systolic diastolic nonproliferative
proliferative paroxysmal persistent permanent intermittent single
open closed compensated decompensated situ invasive infiltrating latent active
""")
STAGES = frozenset(["mild", "moderate", "severe", "class1", "class2", "class3", "stage", "grade", "metastatic"])
COURSES = frozenset(
    ["acute", "subacute", "chronic", "recurrent", "exacerbation", "flare", "relapse", "remission", "acuteonchronic"]
)
APPROACHES = word_set("""
laparoscopic lap open robotic robot endoscopic percutaneous vaginal abdominal total partial supracervical radical
""")
APPROACH_NAMES: Mapping[str, str] = {"lap": "laparoscopic", "robot": "robotic"}

EPISODIC = word_set("""
abortion abrasion abruption abscess accident acute anaphylaxis appendicitis assault attack attempt avulsion
bacteremia bell bite bleed bleeding blepharitis boil bronchiolitis bronchitis bronchopneumonia burn calculus
candidiasis carbuncle cellulitis chalazion chlamydia cholangitis cholecystitis colitis concussion conjunctivitis
contusion covid19 crash crisis croup cystitis dehydration delirium delivery detachment dislocated dislocation
diverticulitis drowning eclampsia effusion electrocution embolism empyema encephalitis endocarditis epididymitis
epiglottitis epistaxis erysipelas exacerbation exhaustion fall flare folliculitis foreign fracture frostbite
furuncle gastroenteritis giardiasis gonorrhea heatstroke hematoma hemorrhage hordeolum hypercalcemia hyperkalemia
hypernatremia hypocalcemia hypoglycemia hypokalemia hyponatremia hypothermia ileus impetigo infarction infection
influenza injury intoxication intussusception iritis ivy keratitis ketoacidosis labyrinthitis laceration laryngitis
lice lyme malaria mastitis mastoiditis measles meningitis miscarriage mononucleosis mouth mumps myocarditis
nasopharyngitis neuritis norovirus nstemi obstruction orchitis osteomyelitis otitis overdose pancreatitis paronychia
perforation pericarditis peritonitis pertussis pharyngitis pid pinworm pityriasis pneumonia pneumonitis pneumothorax
poisoning postpartum preeclampsia pregnancy preterm pulpitis pyelonephritis rash reaction rhabdomyolysis ringworm
rotavirus rsv rubella rupture salmonellosis scabies seizure sepsis shigellosis shock sinusitis sprain stemi sting
stone strain stroke stye sunburn syncope syphilis takotsubo tear thrombosis thrush tia tinea tonsillitis toothache
torsion transfusion trichomoniasis ulcer urethritis urticaria uveitis vaginitis vaginosis varicella whiplash
withdrawal wound zoster
""")
LASTING = frozenset(["chronic", "recurrent", "ulcerative", "history", "crohn"])
"""Words of what comes and goes, unless one of these stands beside them."""
