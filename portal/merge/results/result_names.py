"""Names of tests: abbreviations, qualities, methods and specimens as they are written. Explicit tables.

Only what changes the meaning of a value is a quality, a method or a system; serum, plasma and blood are one system for
most tests (LOINC's "Ser/Plas"), so they are said by nobody.
"""

# ruff: noqa: E501 (tables are read line by line)

from collections.abc import Mapping

from portal.merge.words.text import synonyms

_TESTS = synonyms("""
hgb, hb, haemoglobin, hemoglobin: hemoglobin
hct, haematocrit, hematocrit: hematocrit
wbc, white blood cell count, white blood cells, leukocytes, white cell count: leukocytes
rbc, red blood cell count, red blood cells, erythrocytes: erythrocytes
plt, platelet count, platelets: platelets
anc, absolute neutrophils, absolute neutrophil count: absolute neutrophils
a1c, hba1c, hgba1c, hb a1c, hgb a1c, hemoglobin a1c, glycated hemoglobin, hemoglobin a1c hemoglobin total, glycohemoglobin: hemoglobin a1c
na, sodium: sodium
k, potassium, k+: potassium
cl, chloride: chloride
co2, carbon dioxide co2, carbon dioxide, bicarbonate: carbon dioxide
bun, urea nitrogen, urea nitrogen bun, blood urea nitrogen: urea nitrogen
cr, creat, creatinine: creatinine
ca, calcium: calcium
glucose, glu, glucose level, blood glucose, blood sugar: glucose
alt, sgpt, alt sgpt, sgpt alt, alanine aminotransferase, alanine aminotransferase alt: alanine aminotransferase
ast, sgot, ast sgot, sgot ast, aspartate aminotransferase, aspartate aminotransferase ast: aspartate aminotransferase
alk phos, alp, alkaline phosphatase, alkaline phosphatase alp: alkaline phosphatase
total bilirubin, bilirubin total, bilirubin, bili, bilirrubina: bilirubin
albumin: albumin
total protein, protein total, protein: protein
cholesterol total, total cholesterol, cholesterol, chol: cholesterol
triglycerides, triglyceride, trig: triglyceride
hdl, hdl cholesterol, hdl c, hdl chol: hdl cholesterol
ldl, ldl cholesterol, ldl c, ldl chol, ldl chol nih, ldl cholesterol nih: ldl cholesterol
tsh, thyrotropin, thyroid stimulating hormone tsh, thyroid stimulating hormone: thyrotropin
t4, thyroxine, thyroxine t4, tiroxina: thyroxine
psa, prostate specific antigen, prostate specific antigen psa, prostate specific ag: prostate specific antigen
crp, c reactive protein, c reactive protein crp: c reactive protein
esr, sed rate, erythrocyte sedimentation rate, erythrocyte sedimentation rate esr: erythrocyte sedimentation rate
inr: inr
pt, prothrombin time, prothrombin time pt: prothrombin time
ptt, aptt: aptt
ferritin: ferritin
vitamin b12, vitamin b 12, b12, cobalamin, cobalamin vitamin b12: cobalamin
25 hydroxyvitamin d2+25 hydroxyvitamin d3, 25 hydroxyvitamin d total, vitamin d 25 hydroxy, vitamin d 25 oh, 25 hydroxyvitamin d, vitamin d 25 oh total: 25 hydroxyvitamin d
uric acid, urate: uric acid
magnesium, mg: magnesium
phosphate, phosphorus, inorganic phosphate: phosphate
ldh, lactate dehydrogenase: lactate dehydrogenase
lactate, lactic acid: lactate
d dimer, fibrin d dimer feu, d dimer quantitative, fibrin d dimer: d dimer
egfr, gfr 1.73 sq m.predicted, kidney function egfr: egfr
weight, body weight, wt: body weight
height, body height, ht, stature: body height
hbsag, hepatitis b surface antigen, hep b surface antigen, hep b s ag, hepatitis b surface ag, hbs ag: hepatitis b surface antigen
hbsab, anti hbs, hepatitis b surface antibody, hep b surface antibody, hepatitis b surface ab, hbs ab: hepatitis b surface antibody
hcv ab, hepatitis c antibody, hep c antibody, hep c ab, anti hcv, hepatitis c ab, hepatitis c virus antibody, hepatitis c virus ab: hepatitis c antibody
fe, iron: iron
phos: phosphate
mg: magnesium
bp systolic, systolic bp, pressure systolic, systolic blood pressure, sbp: systolic pressure
bp diastolic, diastolic bp, pressure diastolic, diastolic blood pressure, dbp: diastolic pressure
pressure, panel pressure, bp panel: blood pressure
pap, pap smear, papanicolaou smear, pap test, cervical cytology: pap smear
afp, alpha fetoprotein, alpha 1 fetoprotein: alpha fetoprotein
fobt, fecal occult blood, fecal occult blood test, stool occult blood, occult blood stool: fecal occult blood
covid 19 pcr, covid 19 rna, covid pcr, covid 19 naat, sars cov 2 rna, sars cov 2 pcr, sars cov 2 naat: sars cov 2 rna
rapid strep, rapid strep a, strep a ag, strep a antigen, group a strep antigen, strep group a ag: streptococcus a antigen
pregnancy test, hcg qualitative, hcg qual, beta hcg qualitative, pregnancy test qualitative: hcg qualitative
bmi, body mass index, body mass index bmi: body mass index
temp, temperature, body temperature: body temperature
bp, blood pressure: blood pressure
pulse, heart rate, hr: heart rate
resp, respirations, respiratory rate, rr: respiratory rate
spo2, o2 sat, oxygen saturation, pulse ox: oxygen saturation
pco2, carbon dioxide partial pressure: pco2
po2: po2
albumin creatinine, albumin creatinine ratio, microalbumin creatinine ratio, acr, microalbumin creatinine: albumin creatinine ratio
strep a, rapid strep a, streptococcus pyogenes ag: strep a antigen
glucosa, glucosa sanguinea, azucar sanguinea: glucose
hemoglobina glucosilada, hemoglobina glicosilada, hemoglobina a1c: hemoglobin a1c
hemoglobina: hemoglobin
hematocrito: hematocrit
plaquetas: platelets
leucocitos, globulos blancos, wbc count, white count, white blood count: leukocytes
eritrocitos, globulos rojos, rbc count, red blood count: erythrocytes
creatinina: creatinine
potasio: potassium
sodio: sodium
cloruro: chloride
calcio: calcium
magnesio: magnesium
fosforo: phosphate
albumina: albumin
proteina total, proteinas totales: protein
bilirrubina total, bilirrubinas, t bili, tbili, total bili, bili total: bilirubin
colesterol total, colesterol: cholesterol
colesterol ldl, cholesterol in ldl, cholesterol ldl: ldl cholesterol
colesterol hdl, cholesterol in hdl, cholesterol hdl: hdl cholesterol
trigliceridos: triglyceride
acido urico: uric acid
ferritina: ferritin
thyroid stim hormone, thyroid stimulating horm, tsh hormona estimulante de tiroides, hormona estimulante de tiroides, hormona estimulante de la tiroides, tirotropina, tsh 3rd generation, tsh third generation: thyrotropin
gfr, glomerular filtration rate, glomerular filtration rate 1.73 sq m.predicted: egfr
25 oh vitamin d, 25 oh vit d, vit d 25, vit d 25 hydroxy, vit d 25 oh, 25 hydroxy vitamin d, vitamina d 25 hidroxi: 25 hydroxyvitamin d
vitamina b12: cobalamin
prothrombin time inr, pt inr, protime inr: inr
peso, peso corporal: body weight
estatura, talla: body height
pulso, frecuencia cardiaca: heart rate
frecuencia respiratoria: respiratory rate
temperatura, temperatura corporal: body temperature
presion arterial: blood pressure
saturacion de oxigeno: oxygen saturation
white cells, white blood cells, white blood cell, wbcs, leucocytes, leukocyte count: leukocytes
red cells, red blood cells, red blood cell, rbcs, erythrocyte count: erythrocytes
plt count, platelet, plts, thrombocytes: platelets
carbon dioxide total, co2 total, total co2, tco2, hco3, bicarb: carbon dioxide
calcium total, total calcium: calcium
trigs, tg, triglycerides total: triglyceride
folate, folic acid: folate
tibc, iron binding capacity, total iron binding capacity, iron binding capacity total, iron binding cap tibc: iron binding capacity
% saturation, iron saturation, transferrin saturation, tsat, % iron saturation, iron % saturation, iron sat: iron saturation
ck, cpk, creatine kinase, ck total, cpk total, total ck, creatine kinase ck, creatine kinase total: creatine kinase
troponin t, troponin t cardiac, cardiac troponin t, tnt: troponin t
troponin i, troponin i cardiac, cardiac troponin i, tni: troponin i
bnp, brain natriuretic peptide, b type natriuretic peptide, natriuretic peptide b, b natriuretic peptide: natriuretic peptide b
nt probnp, ntprobnp, probnp, nt pro bnp, n terminal pro bnp, natriuretic peptide.b prohormone n terminal, natriuretic peptide b prohormone n terminal: nt probnp
ggt, gamma gt, gamma glutamyl transferase, ggtp, gamma glutamyl transpeptidase: gamma glutamyl transferase
mcv, mean corpuscular volume, mean cell volume, erythrocyte mean corpuscular volume, mean red cell volume mcv, mean red cell volume: mcv
mch, mean corpuscular hemoglobin, erythrocyte mean corpuscular hemoglobin, mean red cell hemoglobin mch, mean red cell hemoglobin: mch
mchc, mean corpuscular hemoglobin concentration, erythrocyte mean corpuscular hemoglobin concentration, mean red cell hemoglobin concentration mchc, mean red cell hemoglobin concentration: mchc
rdw, rdw cv, red cell distribution width, erythrocyte distribution width, red cell distribution width rdw: rdw
mpv, mean platelet volume, platelet mean volume, mean platelet volume mpv: mpv
sed rate westergren, westergren sed rate, esr westergren, erythrocyte sedimentation rate westergren: erythrocyte sedimentation rate
hs crp, high sensitivity crp, crp high sensitivity, c reactive protein high sensitivity, cardiac crp, crp cardiac, crp hs: c reactive protein high sensitivity
microalb creat ratio, uacr, albumin creatinine ratio urine, albumin to creatinine ratio, microalbumin creat ratio, malb creat ratio, alb creat ratio, albumin/creatinine: albumin creatinine ratio
microalbumin, albumin microalbumin: microalbumin
testosterone total, total testosterone: testosterone
estradiol, estradiol e2: estradiol
pth, pth intact, parathyroid hormone, parathyroid hormone intact, intact pth, parathyrin intact, parathyrin.intact, parathyrin: parathyroid hormone
cea, carcinoembryonic antigen, carcinoembryonic ag: carcinoembryonic antigen
ca 125, cancer ag 125, cancer antigen 125: ca 125
ca 19 9, cancer ag 19 9, cancer antigen 19 9: ca 19 9
ca 15 3, cancer ag 15 3, cancer antigen 15 3: ca 15 3
hcg beta, beta hcg, hcg quant, hcg, beta hcg quant, choriogonadotropin beta subunit, choriogonadotropin.beta subunit, choriogonadotropin beta: hcg
t3 total, total t3, triiodothyronine, triiodothyronine t3, t3: triiodothyronine
t3 uptake, t3 resin uptake, triiodothyronine t3 resin uptake, triiodothyronine resin uptake: t3 uptake
neutrophils/100 leukocytes, neutrophils %, % neutrophils, neutrophil %, neutrophils percent, neut %, neutrophils pct: neutrophils %
neutrophils segmented/100 leukocytes, segmented neutrophils/100 leukocytes, segmented neutrophils %, segs %, % segs: segmented neutrophils %
lymphocytes/100 leukocytes, lymphocytes %, % lymphocytes, lymphocyte %, lymphs %, lymphocytes percent, lymphocytes pct: lymphocytes %
monocytes/100 leukocytes, monocytes %, % monocytes, monocyte %, monos %, monocytes percent: monocytes %
eosinophils/100 leukocytes, eosinophils %, % eosinophils, eosinophil %, eos %, eosinophils percent: eosinophils %
basophils/100 leukocytes, basophils %, % basophils, basophil %, basos %, basophils percent: basophils %
neutrophils abs, neutrophils absolute, abs neutrophils, neut abs, abs neut: absolute neutrophils
lymphs abs, lymphocytes abs, lymphocytes absolute, absolute lymphocytes, abs lymphs absolute, alc: absolute lymphocytes
monos abs, monos absolute, monocytes abs, monocytes absolute, absolute monocytes, abs monocytes: absolute monocytes
eos abs, eos absolute, eosinophils abs, eosinophils absolute, absolute eosinophils, abs eosinophils, aec: absolute eosinophils
basos absolute, basos abs, basophils abs, basophils absolute, absolute basophils, abs basophils, baso absolute: absolute basophils
hep b core antibody, anti hbc, hepatitis b core antibody, hepatitis b core ab, hbcab, hbc ab, hep b core ab: hepatitis b core antibody
hiv 1 2 ag ab, hiv ag ab, hiv 4th gen, hiv ag ab combo, hiv 1 2 ag ab combo, hiv 1+2 ab+hiv1 p24 ag, hiv 1 2 antigen antibody: hiv antigen antibody
neut, neuts, polys, neutrofilos: neutrophils
segs, segmented neutrophils, neutrophils segmented, segmentados: segmented neutrophils
lymph, lymphs, linfocitos: lymphocytes
mono, monos, monocitos: monocytes
eo, eos, eosinofilos: eosinophils
baso, basos, basofilos: basophils
specific gravity, sp gravity, spec grav, sg: specific gravity
protein electrophoresis, spep: protein electrophoresis
fsh, follitropin, follicle stimulating hormone: follitropin
lh, lutropin, luteinizing hormone: lutropin
prl, prolactin: prolactin
hemoglobina glucosilada a1c, hba1c glicosilada: hemoglobin a1c
nitrogeno ureico, nitrogeno de urea, bun nitrogeno ureico: urea nitrogen
fosfatasa alcalina: alkaline phosphatase
hierro: iron
velocidad de sedimentacion, vsg, velocidad de sedimentacion globular: erythrocyte sedimentation rate
proteina c reactiva, pcr proteina c reactiva: c reactive protein
antigeno prostatico especifico: prostate specific antigen
a g ratio, ag ratio, albumin globulin ratio, albumin/globulin, albumin/globulin ratio: albumin globulin ratio
bun creat ratio, bun creatinine ratio, bun/creatinine ratio, urea nitrogen/creatinine: urea nitrogen creatinine ratio
tpo ab, tpo antibody, thyroperoxidase ab, thyroid peroxidase ab, thyroid peroxidase tpo ab, thyroid peroxidase antibody, thyroid peroxidase antibodies: thyroperoxidase antibody
eag, average glucose, glucose mean value, glucose mean value from glycated hemoglobin: average glucose
immature grans, immature grans abs, immature granulocytes abs, immature granulocytes: immature granulocytes
cd4, cd4 count, absolute cd4, cd4 absolute, cd3+cd4+ t4 helper cells, cd3+cd4+ cells: cd4
pain score, pain level, pain 0 to 10, pain 0 10, pain severity 0 10 verbal numeric rating: pain score
hcv rna, hcv rna pcr, hcv viral load, hepatitis c virus rna viral load, hepatitis c rna, hcv rna viral load: hepatitis c rna
hiv 1 rna viral load, hiv viral load, hiv rna, hiv 1 rna, hiv rna pcr: hiv rna
smoking status, tobacco smoking status: smoking status
""")


def _in_any_order(names: dict[str, str]) -> dict[str, str]:
    """Return the names with those of their words sorted; what stands in the table itself wins."""
    ordered = {" ".join(sorted(set(name.split()))): meaning for name, meaning in names.items()}
    return ordered | names


TESTS: Mapping[str, str] = _in_any_order({meaning: meaning for meaning in _TESTS.values()} | _TESTS)
"""Other names of one test, as ``plain`` writes them, without what the tables below take out."""

WHITE_CELLS = frozenset(
    {"neutrophils", "segmented neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils"}
)
"""Counted as a share of all white cells and by themselves: the unit says which."""

METHODS: tuple[tuple[str, str], ...] = (
    (r" (?:poct|poc|point of care|bedside|fingerstick|finger stick|hemocue) ", "point of care"),
    (r" (?:by )?glucometer | meter ", "point of care"),
    (r" (?:home|patient reported|self reported|reported|stated) ", "stated"),
    (r" (?:estimated|est) ", "estimated"),
    (r" (?:measured) ", "measured"),
    (r" (?:ideal) ", "ideal"),
    (r" (?:dry) ", "dry"),
    (r" (?:birth) ", "birth"),
    (r" arterial line | invasive | a line ", "invasive"),
    (r" cuff | noninvasive ", "cuff"),
    (r" (?:by )?pulse oximetry ", "pulse oximetry"),
    (r" mdrd ", "mdrd"),
    (r" ckd epi(?: 2021| 2009)? ", "ckd epi"),
    (r" cystatin c ", "cystatin"),
    (r" ifcc(?: protocol)? ", "ifcc"),
    (r" by calculation | calc(?:ulated)? (?:nih )?", "calculated"),
    (r" by automated count | by manual count | by westergren method | by hplc | automated | by coagulation assay | by naa with probe detection | by rapid immunoassay | by immunofluorescence | by culture | by creatinine based formula | by detection limit [\d. miu/l]+ | by test strip ", ""),
)  # fmt: skip
SYSTEMS: tuple[tuple[str, str], ...] = (
    (r" 24 ?h(?:our|r)? urine | 24 hour urine ", "urine 24h"),
    (r" random urine | urine random | spot urine ", "urine"),
    (r" in cerebral spinal fluid | csf | cerebrospinal fluid ", "csf"),
    (r" (?:in |of )?urine(?: sediment)? | ur | ua ", "urine"),
    (r" (?:cord )arterial ", "cord artery"),
    (r" (?:cord )venous ", "cord vein"),
    (r" (?:in |of )?arterial blood | blda | arterial | abg ", "arterial"),
    (r" (?:in |of )?capillary(?: blood)? ", "capillary"),
    (r" (?:in |of )?venous blood | venous ", "venous"),
    (r" (?:in )?saliva ", "saliva"),
    (r" (?:in )?stool ", "stool"),
    (r" (?:(?:en|de) (?:el )?)?suero(?: o plasma)? | (?:en|de) (?:el )?plasma | en sangre | seric[oa] | plasmatic[oa] ", ""),
    (r" (?:en|de) orina | urinari[oa] ", "urine"),
    (r" (?:in |of )?(?:serum or plasma|serum plasma|serum|plasma|platelet poor plasma|serpl|blood|bld|x in blood) ", ""),
    (r" (?:scnc|mcnc|ccnc|lvl|level|quant|quantitative|ser|levels) ", ""),
)  # fmt: skip
QUALITIES: tuple[tuple[str, str], ...] = (
    (r" fasting ", "fasting"),
    (r" random ", "random"),
    (r" trough ", "trough"),
    (r" peak ", "peak"),
    (r" (\d+) ?(?:h|hr|hour|hours) post (?:dose|\d+ g glucose po) | post dose ", "post dose"),
    (r" morning(?: specimen)? ", "morning"),
    (r" free | libre ", "free"),
    (r" ionized | ionizad[oa] | ionico ", "ionized"),
    (r" indirect[oa]? | unconjugated | no conjugad[oa] ", "indirect"),
    (r" direct[oa]? | conjugad[oa] | conjugated ", "direct"),
    (r" standing ", "standing"),
    (r" sitting ", "sitting"),
    (r" supine | lying ", "lying"),
    (r" oral ", "oral"),
    (r" tympanic(?: membrane)? ", "ear"),
    (r" rectal ", "rectal"),
    (r" axillary ", "axillary"),
    (r" apical ", "apical"),
    (r" radial ", "radial"),
    (r" on room air ", "room air"),
    (r" on \d l o2 ", "on oxygen"),
)  # fmt: skip

ONE_TEST: Mapping[str, str] = {
    "14749-6": "2345-7", "14682-9": "2160-0", "14647-2": "2093-3", "14646-4": "2085-9", "39469-2": "13457-7",
    "14927-8": "2571-8", "2000-8": "17861-6", "14937-7": "3094-0", "14631-6": "1975-2", "14629-0": "1968-7",
    "14933-6": "3084-1", "2601-3": "19123-9", "14879-1": "2777-1", "55284-4": "85354-9", "14635-7": "1989-3",
}  # fmt: skip
"""LOINC has a code of its own for moles of what another counts by mass; and a code before the panel of blood pressure.

Glucose, creatinine, cholesterols, triglycerides, calcium, urea nitrogen, bilirubins, urate, magnesium, phosphate and
25-hydroxyvitamin D in serum or plasma: the values are converted exactly (``portal.merge.results.measures``).
"""
CODED_ANALYTES: Mapping[str, str] = {"1989-3": "calcifediol", "62292-8": "calcifediol"}
"""LOINC codes that say which molecule it is: by its name alone a vitamin D is not converted."""
