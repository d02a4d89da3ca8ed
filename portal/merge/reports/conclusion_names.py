"""Words of reports' conclusions as explicit tables: abbreviations, findings, and what tells two findings apart.

Only what means one thing in a conclusion belongs here: "LAD" (nodes, or an artery) and "MS" do not. A line of findings is
"name, name: finding"; the names are whole words or their beginnings ("hemorrhag*").
"""

# ruff: noqa: E501 (tables are read line by line)

import re
from collections.abc import Mapping

from portal.merge.reports.conclusion_kinds import ORGANISMS
from portal.merge.words.text import synonyms, word_set

ABBREVIATIONS: Mapping[str, str] = synonyms("""
mrsa, orsa: methicillin resistant staphylococcus aureus
mssa: methicillin susceptible staphylococcus aureus
vre: vancomycin resistant enterococcus
vse: vancomycin susceptible enterococcus
acl: anterior cruciate ligament
pcl: posterior cruciate ligament
mcl: medial collateral ligament
lcl: lateral collateral ligament
atfl: anterior talofibular ligament
ptfl: posterior talofibular ligament
rca: right coronary artery
lcx, left circumflex artery, left circumflex: circumflex
sdh: subdural hematoma
edh: epidural hematoma
sah: subarachnoid hemorrhage
w/o, sin, ausencia de, libre de: without
w/, con: with
s/p: status post
c/w: consistent with
r/o: rule out
2/2: due to
b/l, bilat, bilateral, bilaterales, both, ambos, ambas: both
lt, l, izquierdo, izquierda, izq: left
rt, r, derecho, derecha, der: right
rul: right upper lobe
rml: right middle lobe
rll: right lower lobe
lul: left upper lobe
lll: left lower lobe
bibasilar: both basilar
lobulo inferior derecho: right lower lobe
lobulo superior derecho: right upper lobe
lobulo inferior izquierdo: left lower lobe
lobulo superior izquierdo: left upper lobe
ruq: right upper quadrant
rlq: right lower quadrant
luq: left upper quadrant
llq: left lower quadrant
neg, negativo, negativa, nonreactive: negative
pos, positivo, positiva, reactive: positive
wnl, within normal limits, nl, nml, unremarkable, unremark, dentro de limites normales, dentro de lo normal, sin alteraciones, sin hallazgos, no abnormality, no abnormalities, no significant abnormality, no significant abnormalities, no abnormal finding, no abnormal findings, no significant finding, no significant findings: normal
abnl, abn: abnormal
cardiopulm, cardiopulmonar: cardiopulmonary
abd: abdominal
intracran, intracraneal: intracranial
evid, evidencia: evidence
nilm: negative for intraepithelial lesion or malignancy
nsr: normal sinus rhythm
lsil, low grade squamous intraepithelial lesion: lsil
hsil, high grade squamous intraepithelial lesion: hsil
asc us, ascus, atypical squamous cells of undetermined significance: ascus
ekg: ecg
bx, bxs: biopsy
hydro: hydronephrosis
le: leg
sm, pequeno, pequena: small
lg, grande: large
mod, moderado, moderada: moderate
leve, slight, slightly, minimal, minimally, trace, mildly: mild
grave, severo, severa, marked, severely, markedly: severe
mult: multiple
agudo, aguda, agudos, agudas: acute
cronico, cronica, cronicos, cronicas: chronic
unch, sin cambios, sin cambio, no change, no interval change, no significant change, no significant interval change, no new change, unaltered, estable: unchanged
not significantly changed, has not changed, have not changed, not changed: unchanged
no se observa, no se observan, no se identifica, no se identifican, no se aprecia, no se aprecian, no hay, no evidence of, no convincing evidence of, no definite, no radiographic evidence of, no sonographic evidence of, no ct evidence of, no mammographic evidence of, negative for, free of, absence of, lack of: no
cannot exclude, can not exclude, cannot be excluded, can not be excluded, not excluded, cannot rule out, not ruled out, no se puede descartar, no se descarta: possible
has not resolved, have not resolved, not resolved, not yet resolved, not healed, not yet healed, no resolution of, without resolution of, no ha resuelto, no resuelto, no resuelta: persistent
partial resolution of, near complete resolution of: improved
interval resolution of, complete resolution of, resolution of, resolucion de: no
history of, hx of, h/o, antecedente de, antecedentes de: old
not normal, not unremarkable, no es normal, anormal, anormales, not benign: abnormal
no longer seen, no longer present, no longer identified, no longer visualized, has resolved, have resolved: resolved
wks: weeks
mos, mo: months
yrs, yr: years
""")
"""Abbreviations and turns of phrase, longest first; sides and lobes in full."""

DENYING = word_set("no without not negative nor denies neither ni")
BEHIND = re.compile(
    r"\b(?:not (?:seen|identified|present|visuali[sz]ed|demonstrated|evident|detected|appreciated|found)|absent|negative"
    r"|ruled out|excluded|resolved|ausentes?|descartad[oa]s?)\b"
)
"""What denies the words before it."""
UNLIKELY = re.compile(
    r"\b(?:(?:un|less |not )likely|improbable|doubtful|poco probables?|improbables?|low suspicion"
    r"|not (?:suspected|suspicious|concerning|worrisome|favou?red|probable|suggestive)"
    r"|(?:likely|probably|possibly|may be|could be) (?:no|not|without|negative))\b"
)
LIKELY = re.compile(
    r"\b(?:probabl[ey]|suspect(?:ed)?|suspicio(?:n|us)|suggest\w*|likely|concern\w*|worrisome|favou?r(?:s|ed|ing)?"
    r"|probables?|sospech\w+|suger\w+)\b"
)
POSSIBLE = re.compile(
    r"\b(?:possibl[ey]|questionable|question|equivocal|may|might|could|indeterminate|versus|vs|rule out|posibles?)\b"
)
"""How sure a reader was, from the least to the most; "no suspicious mass" denies it."""
BETWEEN_TWO = re.compile(r"\b(?:versus|vs)\b")
NORMAL = word_set("normal normally clear intact normales negative benign")
INTACT = word_set("intact normal clear patent integro integra")
AFFECTED = word_set("positive abnormal involved affected positivo positiva")
FIRST_ASIDE = re.compile(
    r"^\s*(?:(?:clinical )?(?:indications?|history|hx|comparison|technique|reason(?: for (?:exam|study))?|procedure|exam"
    r"|examination|study|indicaci[oó]n|t[eé]cnica|comparaci[oó]n|motivo)\s*[:=-]|rule out\b(?!.*:))",
    re.IGNORECASE,
)
"""Sentences that tell why and how it was looked for."""

_FINDINGS: Mapping[str, str] = synonyms("""
fracture*, fractura*, fx, fxs: fracture
dislocat*, subluxat*, luxacion: dislocation
consolidat*, infiltrat*, pneumoni*, neumoni*, pna, airspace opaci*, airspace disease, bronchopneumoni*: consolidation
ground glass, ggo, ggos: ground glass
atelecta*: atelectasis
effusion*, derrame*: effusion
pneumothora*, neumotorax, ptx: pneumothorax
edema*, oedema*: edema
cardiomegal*, enlarged heart, cardiac enlargement: cardiomegaly
emphysem*, enfisema*: emphysema
nodule*, nodulo*, nodular*: nodule
mass, masses, masa*, tumor*, tumour*: mass
lesion*: lesion
cyst, cysts, quiste*: cyst
embol*, tromboembol*, thromboembol*, pulmonary emboli, pe, filling defect*: embolism
thromb*, tromb*, dvt, clot*: thrombosis
hemorrhag*, haemorrhag*, hemorrag*, bleed*, hematoma*, haematoma*, ich: hemorrhage
infarct*, stroke*, ischemi*, ischaemi*, isquemi*: infarct
aneurysm*, aneurisma*: aneurysm
dissect*, diseccion: dissection
stenosis, stenoses, stenotic, estenosis: stenosis
hydroneph*, hidronef*: hydronephrosis
stone*, calcul*, lithiasis, nephrolith*, urolith*, litiasis: stone
cholelith*, gallstone*, colelitiasis: gallstone
obstruct*, sbo: obstruction
perforat*, free air, pneumoperiton*: perforation
appendicitis, apendicitis: appendicitis
cholecystitis, colecistitis: cholecystitis
pancreatitis: pancreatitis
diverticulitis: diverticulitis
diverticulosis, diverticula, diverticulum: diverticulosis
ulcerative colitis: ulcerative colitis
crohn*: crohn
colitis: colitis
gastritis: gastritis
esophagitis, oesophagitis: esophagitis
ulcer*, ulcera*: ulcer
hernia*: hernia
abscess*, absceso*: abscess
ascites, ascitis: ascites
steatosis, fatty liver, higado graso, esteatosis, fatty infiltration: steatosis
cirrho*, cirros*: cirrhosis
hepatomegal*: hepatomegaly
splenomegal*: splenomegaly
fibroid*, leiomyoma*, mioma*: fibroid
lymphadenopath*, adenopath*, adenopat*, enlarged lymph node*: lymphadenopathy
degenerat*, djd, osteoarth*, arthros*, artrosis, spondylos*: degenerative
disc herniat*, disk herniat*, disc protrusion*, disk protrusion*, hnp: disc herniation
disc bulg*, disk bulg*: disc bulge
tear, tears, torn, rupture*, desgarro: tear
osteomyelit*: osteomyelitis
osteopeni*: osteopenia
osteoporo*: osteoporosis
scolio*, escolio*: scoliosis
calcificat*, calcified: calcification
fibrosis, fibrotic, scar*: fibrosis
polyp, polyps, polypoid, polipo*: polyp
tubular adenoma*, adenoma*, adenomatous: adenoma
tubulovillous*, villous*: villous
sessile serrated*: serrated
hyperplastic*: hyperplastic
metasta*, mets: metastasis
residual disease, residual tumor, residual tumour, residual cancer, minimal residual disease, enfermedad residual: residual disease
dysplasia*, displasia*, dysplastic: dysplasia
atypi*, atipi*: atypia
malignan*, cancer*, neoplas*, malign*: malignancy
carcinoma*, adenocarcinoma*, adenoca: carcinoma
ductal carcinoma in situ, dcis, carcinoma in situ, melanoma in situ: in situ carcinoma
squamous cell*, scc: squamous
basal cell*, bcc: basal cell
melanom*: melanoma
lymphoma*, linfoma*: lymphoma
leukemi*, leukaemi*, leucemi*: leukemia
nevus, nevi, naevus: nevus
keratos*: keratosis
inflammat*, inflamat*: inflammation
helicobacter, h pylori, h. pylori, pylori: helicobacter
celiac*, coeliac*: celiac
granuloma*: granuloma
sinusitis: sinusitis
otitis: otitis
cellulitis: cellulitis
demyelinat*, desmieliniz*: demyelination
seizure*, epileptiform*, convuls*: epileptiform
atrophy, atrophic, atrofi*: atrophy
anemi*, anaemi*: anemia
neutropeni*: neutropenia
thrombocytopeni*: thrombocytopenia
leukocytos*, leucocitos*: leukocytosis
regurgitation, insufficiency: regurgitation
hypertroph*, hipertrof*: hypertrophy
hypokines*, akines*, wall motion abnormalit*: wall motion
vegetation*: vegetation
arrhythmi*, arritmi*: arrhythmia
atrial fibrillation, afib, fibrilacion auricular: atrial fibrillation
normal sinus rhythm, sinus rhythm, ritmo sinusal: sinus rhythm
bundle branch block, lbbb, rbbb: bundle branch block
growth, crecimiento: growth
abnormal: abnormal
nondiagnostic, unsatisfactory, inadequate, insufficient, qns, no diagnostico, insuficiente: not diagnostic
""")


FINDINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(r"\b" + re.escape(name).replace(r"\*", r"\w*") + r"\b"), finding)
    for name, finding in sorted({**_FINDINGS, **ORGANISMS}.items(), key=lambda each: -len(each[0]))
)
IMPLIED: Mapping[str, str] = {
    "gallstone": "stone",
    **dict.fromkeys(
        ("carcinoma", "squamous", "basal cell", "melanoma", "lymphoma", "leukemia", "metastasis"), "malignancy"
    ),
    **dict.fromkeys(ORGANISMS.values(), "growth"),
}
"""What a finding is a kind of: "negative for malignancy" denies a melanoma."""

OF_ITSELF = re.compile(r"\b[a-z]{3,}(?:oma|omas|itis|osis|emia|pathy|plasia|ectasis|megaly|penia|algia|rrhage)\b")
"""Ends of words that name a finding whatever stands before them."""
LASTING = word_set("""
degenerative fibrosis calcification atrophy scoliosis osteopenia osteoporosis emphysema steatosis cirrhosis cyst
diverticulosis hernia gallstone granuloma fibroid hypertrophy cardiomegaly
""")
"""Findings that "no acute abnormality" leaves room for."""
POSITIVE = re.compile(r"(?:is |was |test |result |study )*(?:positive|detected|reactive)")
"""All that a part says where it says no more than that something was found."""
NOT_DETECTED = re.compile(r"(?:is |was |result )*not detected")
AMENDING = re.compile(r"(?:addendum|addenda|correction|corrected|amended|revised|adenda|correccion|corregido)\b")
"""How a sentence begins that holds instead of what stands before it."""
SIGNED = (
    (re.compile(r"\b([A-Z]{1,5}\d{0,2})\+(?!\w)|(?<=\w)\s?\(\+\)"), "positive"),
    (re.compile(r"\b(?!(?:PRE|POST|NON|ANTI|SUB|MID)-)([A-Z]{1,5}\d{0,2})-(?![\w>])|(?<=\w)\s?\(-\)"), "negative"),
)
"""What pathologists write behind a marker: "ER+", "HER2 (-)"."""
TYPED = re.compile(r"\b(influenza|flu|hepatitis|type|group|tipo|grupo|factor) ([a-e])\b")
"""Kinds that a letter tells apart."""
DEGREES: Mapping[str, str] = {
    **dict.fromkeys(["mild", "small", "tiny", "minor"], "mild"),
    "moderate": "moderate",
    **dict.fromkeys(["severe", "large", "massive", "extensive"], "severe"),
}
COURSES: Mapping[str, str] = {
    **dict.fromkeys(["acute", "new", "nuevo", "nueva", "recent", "reciente"], "acute"),
    **dict.fromkeys(["chronic", "old", "remote", "healed", "healing", "prior", "antiguo", "antigua"], "chronic"),
}
TRENDS: Mapping[str, str] = {
    word: trend
    for trend, words in {
        "more": "increased increase increasing enlarged enlarging larger grown worse worsened worsening progressed "
        "progression progressive aumento aumentado mayor empeoramiento",
        "less": "decreased decrease decreasing smaller improved improving improvement regressed regression diminished "
        "disminuido menor mejoria",
        "the same": "unchanged stable",
    }.items()
    for word in word_set(words)
}
SIDES = word_set("left right both")
PLACES = re.compile(
    r"\b(?:(?:upper|middle|lower) lobe|(?:upper|lower) quadrant|(?:upper|lower) pole|lingula|apex|apical|base|basilar"
    r"|[ctls]\d{1,2}(?: ?[-/] ?[ctls]?\d{1,2})?|frontal|parietal|temporal|occipital|cerebell\w+"
    r"|(?:1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|\d{1,2}th) (?:rib|metatarsal|metacarpal|toe|finger|digit)"
    r"|subdural|epidural|extradural|subarachnoid|intraventricular|intraparenchymal"
    r"|proximal|distal|anterior|posterior|medial|lateral|ascending|descending|transverse|sigmoid|rectum|rectal|cecum|cecal"
    r"|\d{1,2}(?::\d\d)? ?o ?clock)\b"
)
PARTS = re.compile(
    r"\b(?:radius|ulna|humerus|clavicle|scapula|femur|femoral|tibia|fibula|patella|calcaneus|talus|scaphoid|shoulder"
    r"|elbow|wrist|hip|knee|ankle|hand|foot|thumb|ribs?|skull|sacrum|coccyx|aortic|mitral|tricuspid|colon|gastric|stomach"
    r"|esophag\w+|liver|hepatic|kidneys?|renal|adrenal|spleen|pancrea\w+|thyroid|breasts?|prostate|ovar\w+|uter\w+"
    r"|bladder|gallbladder|ureter\w*|brain|lungs?|pulmonary"
    r"|supraspinatus|infraspinatus|subscapularis|biceps|triceps|achilles|quadriceps|hamstring"
    r"|popliteal|iliac|saphenous|jugular|subclavian|axillary|brachial|peroneal|carotid|vertebral"
    r"|lad|circumflex|left main|left anterior descending|right coronary|maxillary|ethmoid|sphenoid)\b"
)
"""Parts of the body that are no other's."""
PART_NAMES: Mapping[str, str] = {
    "femoral": "femur", "rib": "ribs", "stomach": "gastric", "hepatic": "liver", "kidney": "renal", "kidneys": "renal",
    "breasts": "breast", "lungs": "lung", "pulmonary": "lung", "left anterior descending": "lad", "left main": "main",
    "right coronary": "rca",
}  # fmt: skip
WITHIN: Mapping[str, frozenset[str]] = {
    part: word_set(wholes)
    for part, wholes in {
        "radi": "wris elbo", "ulna": "wris elbo", "scap": "wris shou", "hume": "shou elbo", "clav": "shou",
        "femu": "hip knee", "tibi": "knee ankl", "fibu": "knee ankl", "pate": "knee", "talu": "ankl foot",
        "calc": "foot ankl",
    }.items()
}  # fmt: skip
"""Bones and the joints that they make, by the beginnings of their names: a fractured radius is one of the wrist."""
FILLING = word_set("""
a an and any are as at be been being by can case cm con consistent day days de del demonstrated due el en es evidence
evident estudio for from has have hay history identified impression in interval is it la las limits lo los mm month
months noted of on or otherwise overall para patient please present se seen shown detected since specific status post suggested
isolated recovered grew cultured that the there these this to un una visualized was were which with within y year years week weeks definite obvious focal
discrete gross significant significantly relevant identifiable compatible represents represent representing either identified ecg tracing after hours hour hrs hr appearance
appears appear other additional also signs sign radiograph xray x ray ct mri us ultrasound scan sonogram view views film
exam examination study test cxr kub ekg radiografia tomografia ecografia number approximately about measuring measures measure size
sized positive multiple single definitely per again remains remain status degree compared comparison prior previous than
""")
"""Words that make no finding."""
GENERIC = word_set("""
process processes abnormality abnormalities finding findings disease pathology event proceso procesos anormalidad
anormalidades hallazgo hallazgos patologia enfermedad injury lesion lesiones
""")
"""What "no acute …" denies when it denies everything."""
ANATOMY = word_set("""
cardiopulmonary intracranial abdominal osseous bony pulmonary pleural chest thorax abdomen pelvis pelvic brain head neck
lung lungs heart cardiac liver hepatic spleen kidney kidneys renal gallbladder pancreas bowel bone bones joint joints
spine lumbar cervical thoracic knee hip shoulder ankle wrist elbow hand foot arm leg femur tibia fibula radius ulna rib
ribs breast breasts thyroid uterus ovary ovaries ovarian prostate bladder colon stomach esophagus duodenum skin tissue
soft node nodes lymph vein veins artery arteries aorta aortic silhouette mediastinum mediastinal hilar contour contours
lobe quadrant upper lower middle airspace ventricle ventricles sinus sinuses orbit neural foramen canal disc disk
pulmones pulmon corazon torax higado rinon rinones hueso oseo osea cerebro pleura toracico cardiopulmonar mammogram
mammography ef lvef wall motion valve valves biopsy margins margin
""")
