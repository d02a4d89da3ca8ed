"""Names of illnesses and operations that are near each other without being exchangeable: their rows name each other.

A clinician takes "Peripheral vascular disease" and PAD, "Plantar fascial fibromatosis" and plantar fasciitis, "Nicotine
dependence" and a smoker for one entry; a table of equal names must not. So these only mark (clinical-truth.md §2,
"Marked"), like letters beside words whose initials they are: "MS" is multiple sclerosis there and mitral stenosis
elsewhere. Lines are "name, name: codes": beginnings of ICD-10-CM codes without points, or codes of procedures.
"""

# ruff: noqa: E501 (tables are read line by line)

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache

from portal.merge.words import concept_names
from portal.merge.words.concepts import read_concept
from portal.merge.words.text import plain, word_set

_ISSUES = """
stroke, cerebral infarction, ischemic stroke, cerebral ischemia, cerebrovascular disease: I63 I64 I693 Z8673
transient ischemic attack: G459 Z8673
peripheral artery disease, peripheral vascular disease, pvd, claudication, intermittent claudication: I739 I702
coronary artery disease, atherosclerotic heart disease, ischemic heart disease, chronic ischemic heart disease, coronary stent, ashd, ihd: I251 I259
heart failure, hfref, hfpef, hfmref: I50
mitral insufficiency, mitral regurgitation, mitral valve regurgitation, mitral valve insufficiency: I340
aortic insufficiency, aortic regurgitation, aortic valve insufficiency: I351
tricuspid insufficiency, tricuspid regurgitation: I361 I071
deep vein thrombosis, venous thromboembolism, thrombosis vein, femoral deep vein thrombosis: I824 I825
pulmonary embolism, pe, lung clot: I26
atrial fibrillation, paf, atrial flutter fibrillation: I48
hypercholesterolemia, hyperlipidemia, dyslipidemia, mixed hyperlipidemia, high cholesterol, lipid disorder, familial hypercholesterolemia: E78
rheumatoid arthritis, ra: M05 M06
smoker, nicotine dependence, tobacco use, tobacco dependence, tobacco abuse, nicotine use, smoking, tobacco user, cigarette smoking, tabaquismo: F17 Z720
alcohol dependence, alcohol use, alcohol abuse, etoh abuse, alcohol misuse: F10
opioid dependence, opioid use, opioid abuse, opiate dependence, heroin dependence, opiate addiction: F11
cannabis use, cannabis dependence, marijuana use, cannabis abuse: F12
irritable bowel, ibs d, ibs c, ibs m: K58
fatty liver, fatty change liver, hepatic steatosis, nonalcoholic fatty liver, metabolic dysfunction associated steatotic liver, steatotic liver, nonalcoholic steatohepatitis: K760 K7581
cholelithiasis, calculus gallbladder, gallbladder calculus, biliary calculus, gallbladder stone: K80
kidney stone, calculus kidney, kidney calculus, ureteral stone, calculus ureter, urolithiasis, renal stone, renal colic: N20
alzheimer disease, alzheimer dementia, alzheimer: G30
dementia, neurocognitive: F01 F02 F03 G30
epilepsy, seizure: G40 R569
neuropathy, polyneuropathy, peripheral neuropathy: G62 G60 G63 E1142 E1042
diabetic neuropathy, diabetic polyneuropathy, diabetic peripheral neuropathy: E1142 E1140 E1042 E1040
diabetic nephropathy, diabetic chronic kidney disease, diabetic ckd, diabetic kidney disease, diabetic renal disease: E1122 E1121 E1022 E1021
prediabetes, impaired fasting glucose, impaired glucose tolerance, abnormal glucose, ifg, igt: R730
hyperglycemia, diabetes hyperglycemia, diabetes uncontrolled: E1165
menopausal symptom, menopause, menopausal, perimenopausal, perimenopause, climacteric, vasomotor symptom: N95
plantar fasciitis, plantar fascial fibromatosis, heel pain: M722
disc herniation, disc displacement, disc disease, disc protrusion, herniated lumbar disc, disc degeneration, degenerative disc disease, disc bulge: M51 M50
sciatica, lumbar radiculopathy, lumbosacral radiculopathy, radiculopathy lumbar, lumbago sciatica: M543 M544 M5416 M5417
low back pain, back pain, dorsalgia: M545 M549
neck pain, cervicalgia: M542
distal radius fracture, lower end radius fracture, wrist fracture, colles fracture: S525 S620 S621
femoral neck fracture, neck femur fracture, hip fracture, femur neck fracture: S720
proximal humerus fracture, upper end humerus fracture, humeral neck fracture: S422
adhd, add, attention deficit, attention deficit hyperactivity, hyperkinetic: F90 F988
autism, autistic, asperger, autism spectrum: F84
erectile dysfunction, impotence, male erectile: N52 F5221
thrombocytopenia, platelets low, thrombopenia: D693 D694 D695 D696
leukopenia, low wbc, white count low: D7281
factor v leiden, activated protein c resistance: D6851
thrombophilia, hypercoagulable, hypercoagulable state: D685 D686
graves disease, thyrotoxicosis diffuse goiter, hyperthyroidism, thyrotoxicosis: E05
hypokalemia, potassium low, potassium deficiency: E876
hyperkalemia, potassium high, potassium elevated: E875
hyponatremia, sodium low: E871
hypernatremia, sodium high: E870
hypocalcemia, calcium low: E8351
hypercalcemia, calcium high: E8352
hypomagnesemia, magnesium low: E8342
hypotension, low blood pressure: I95
hiatal hernia, diaphragmatic hernia, paraesophageal hernia: K44
sickle cell, hb ss, hemoglobin ss, sickle cell anemia: D570 D571
gerd, reflux esophagitis, esophageal reflux: K21
depression, depressive, major depressive, mdd: F32 F33
anxiety, generalized anxiety: F411 F419
bipolar, mania, manic: F31
insomnia, sleep difficulty, trouble sleeping: G4700 G4701 G4709 F5101
obstructive sleep apnea, sleep apnea, osahs, sleep disordered breathing: G473
copd, emphysema, chronic bronchitis, chronic obstructive: J43 J44
allergic rhinitis, seasonal allergic rhinitis, allergies seasonal, environmental allergies, hay fever, rhinitis allergic, pollinosis: J30
chronic sinusitis, rhinosinusitis: J32
atopic dermatitis, dermatitis, eczema: L20
psoriasis, plaque psoriasis, psoriatic: L40
seborrheic keratosis, seborrheic keratoses: L82
actinic keratosis, solar keratosis: L570
melanoma: C43 D03
breast cancer, breast carcinoma, ductal carcinoma, lobular carcinoma: C50 D05
prostate cancer, prostate carcinoma, prostate adenocarcinoma: C61
colon cancer, colorectal cancer, colon adenocarcinoma, bowel cancer: C18 C19
lung cancer, lung adenocarcinoma, lung carcinoma, bronchus lung cancer, nsclc, cell lung carcinoma: C34
kidney cancer, renal cell carcinoma, kidney carcinoma: C64
thyroid cancer, thyroid carcinoma, papillary carcinoma thyroid: C73
bladder cancer, urothelial carcinoma, transitional cell carcinoma: C67
lupus, lupus erythematosus: M32
sjogren: M350
pulmonary fibrosis, idiopathic pulmonary fibrosis: J841
ckd, renal insufficiency, kidney disease, renal disease, renal failure, kidney failure: N18 N19
osteoarthritis, arthrosis, degenerative joint, arthritis: M15 M16 M17 M18 M19
rotator cuff, rotator cuff tear, rotator cuff rupture, rotator cuff syndrome: M751 S460
benign prostatic hyperplasia, prostate enlarged, prostate hypertrophy, prostatism: N40
urinary tract infection, cystitis, bladder infection: N390 N30
uterine leiomyoma, leiomyoma, fibroid, myoma uterus: D25
abnormal uterine bleeding, menorrhagia, heavy menstrual bleeding, heavy periods, dysfunctional uterine bleeding: N92 N93
dysmenorrhea, painful periods, menstrual cramps: N94
latent tuberculosis, positive ppd, positive tb test, tb infection: R761 Z227
otitis media, ear infection: H65 H66
cataract, nuclear sclerosis, lens opacity: H25 H26
glaucoma, open angle glaucoma: H401
macular degeneration, amd: H353
dry eye, keratoconjunctivitis sicca: H041
hearing loss, hypoacusis, deafness, hard hearing: H90 H91
dizziness, vertigo, giddiness, lightheadedness: R42 H81
headache, cephalgia, tension headache: R51 G442
tremor, essential tremor: G250 R251
chest pain, thoracic pain: R07
dyspnea, shortness breath, sob: R060
fatigue, malaise, tiredness: R53
abdominal pain, stomach pain, belly pain: R10
nausea vomiting: R112
obesity, bmi elevated: E66
vitamin d deficiency, vitamin d insufficiency, vitamin d low, vitamin d def, hypovitaminosis d: E55
b12 deficiency, vitamin b12 deficiency, pernicious anemia, b12 def: E538 D51
iron deficiency, iron deficiency anemia: D50 E611
hypothyroidism, hashimoto thyroiditis, autoimmune hypothyroidism: E03 E063
thyroid nodule, nodular goiter, multinodular goiter: E041 E042
carpal tunnel, median nerve entrapment: G560
trigger finger, stenosing tenosynovitis: M653
pacemaker, cardiac pacemaker: Z950
coronary artery bypass, aortocoronary bypass, coronary bypass: Z951
coronary stent, coronary angioplasty, percutaneous coronary: Z955
cholecystectomy, gallbladder absence: Z9049
appendectomy, appendix absence: Z9049
hysterectomy, uterus absence, uteru absence: Z9071
mastectomy, breast absence: Z901
nephrectomy, kidney absence: Z905
splenectomy, spleen absence: Z9081
total knee arthroplasty, artificial knee, knee replacement, knee prosthesis: Z9665
total hip arthroplasty, artificial hip, hip replacement, hip prosthesis: Z9664
anticoagulation, anticoagulant, blood thinner, warfarin therapy: Z7901
insulin use, insulin: Z794
colon polyp, colonic polyp, adenomatous polyp, adenoma colon: K635 D12
"""

_PROCEDURES = """
colonoscopy polypectomy, colonoscopy removal polyp, colonoscopy snare: 45385 45384 45388
colonoscopy: 4537 4538 4539 G0121 G0105 0DJD8ZZ 0DBE8ZX
esophagogastroduodenoscopy: 4323 4324 4325 0DJ08ZZ
cholecystectomy, gallbladder resection: 4756 4760 0FT4
appendectomy, appendix resection, resection appendix: 44950 44960 44970 0DTJ
cataract extraction, cataract removal, phacoemulsification, intraocular lens: 66982 66983 66984 66987 66988 08RJ3JZ 08RK3JZ
hysterectomy: 58150 58152 58180 582 58541 58542 58543 58544 58550 58552 58553 58554 5857 0UT9
hysterectomy salpingo oophorectomy: 58542 58544 58552 58554 58571 58573
cesarean section: 5951 59618 59620 59622 10D00Z
vaginal delivery, spontaneous delivery: 5940 59410 59610 59612 59614 10E0XZZ
total knee arthroplasty, knee replacement, knee joint replacement, knee arthroplasty: 27447 27446 0SRC 0SRD
total hip arthroplasty, hip replacement, hip joint replacement, hip arthroplasty: 27130 0SR9 0SRB
hernia inguinal, inguinal hernia: 4949 4950 4952 49650 49651 0YQ5 0YQ6
chest xray, xray chest, radiography chest, radiologic chest: 7104 71010 71020 BW03
ct head, computed tomography head: 7045 70460 70470
ct abdomen, ct pelvis: 7415 7416 7417 72192 72193 72194
ct chest, ct thorax: 7125 7126 7127
mri brain, mri head, magnetic resonance brain: 7055
mri lumbar spine, magnetic resonance lumbar, imaging lumbar resonance, mri spine: 72148 72149 72158
mri knee, magnetic resonance joint lower: 7372
mammogram: 7706 7705 G020 G0279
bone density, dexa, bone densitometry, absorptiometry: 7708
echocardiogram, echocardiography: 9330 9331 93350 93351
electrocardiogram: 9300 93010 4A02X4Z
stress test: 93015 93016 93017 93018 7845 93350 93351
cardiac catheterization, coronary angiography, heart catheterization: 9345 9346 4A023N
coronary intervention, coronary stent, intracoronary stent, coronary angioplasty: 9292 9294 0270 0271 0272 0273
coronary artery bypass: 3351 3353 0210 0211 0212 0213
pacemaker insertion, pacemaker replacement, pacemaker: 33206 33207 33208 33212 33213 0JH604Z 0JH605Z 0JH606Z
cardioverter defibrillator, icd: 33249 33240 0JH608Z
cardioversion: 92960 5A2204Z
ablation atrial fibrillation, ablation pulmonary vein, cardiac ablation, ablation heart, catheter ablation, ablation: 93656 93653 93654 02583ZZ
knee arthroscopy, arthroscopy knee, meniscectomy: 2988 2987 0SJC4ZZ 0SJD4ZZ
arthroscopy shoulder, rotator cuff repair, cuff repair rotator: 29827 2980 2982 23410 23412
anterior cruciate ligament: 29888
carpal tunnel, median nerve decompression, neuroplasty median nerve: 64721 29848 01N5
joint injection, injection joint, arthrocentesis, injection knee, injection shoulder, injection hip: 2060 2061
epidural steroid injection, epidural injection, epidural: 6232 6448
tonsillectomy, tonsillectomy adenoidectomy: 4282 0CTP
tympanostomy, ear tube placement, tympanostomy tube, myringotomy, ear tube: 69433 69436 69421
prostate biopsy, biopsy prostate: 55700
cystoscopy, cystourethroscopy: 5200 5220 5223 0TJB8ZZ
lithotripsy: 50590 52353 52356
prostate resection, resection prostate, turp: 52601 52630 0VB0 0VT0
lumpectomy, partial mastectomy, segmental mastectomy: 19301 19302
breast biopsy, biopsy breast: 1908 1910 0HBT
skin biopsy, biopsy skin, shave biopsy, punch biopsy, biopsy lesion: 1110
destruction lesion, cryotherapy, cryosurgery, destruction keratose, cryotherapy keratosis, actinic keratosis, destruction premalignant: 1700 1711
iud insertion, intrauterine device, iud: 58300
contraceptive implant, nexplanon, drug delivery implant, implanon, contraceptive implant insertion: 11981 11983
spirometry, pulmonary function test, respiratory function, respiratory function measurement: 9401 9406 9402 9472
sleep study, polysomnography: 9580 95810 95811
picc insertion, picc, peripherally central venous, peripheral central venous catheter: 36568 36569 36572 36573 02HV33Z
port placement, port insertion, venous port, central venous port, venous access device, mediport, portacath, subcutaneous port: 36560 36561 36563 0JH60WZ 0JH60XZ
gastric bypass: 43644 43645 43846 43847 0D16
sleeve gastrectomy, longitudinal gastrectomy: 43775 0DB64Z3
thyroidectomy: 6021 6022 6024 6025 6026 6027 0GTG 0GTH 0GTJ 0GTK
discectomy fusion, cervical fusion, anterior arthrodesis cervical, cervical arthrodesis: 22551 22552 22554 0RG1 0RG2
laminectomy, lumbar decompression: 6304 6303 6300
lumbar fusion, spinal fusion, lumbar arthrodesis: 2263 2261 22558 0SG0 0SG1 0SG3
trabeculoplasty, slt: 65855
capsulotomy, yag, secondary cataract, discission cataract: 66821
intravitreal injection: 67028 3E0C3
hemodialysis, dialysis: 9093 9099 5A1D
peritoneal dialysis: 90945 90947
blood draw, venipuncture, phlebotomy, venous blood collection: 36415
blood transfusion, transfusion: 36430 3023
kidney transplant, transplant kidney: 5036 0TY
bone marrow biopsy, biopsy marrow: 3822
lumbar puncture: 62270 62272 009U3ZX
circumcision: 5415 5416
vasectomy: 55250 0VTQ 0VBQ
tubal ligation, salpingectomy, tubal sterilization, sterilization: 5860 5861 58670 58671 58700 0UL7 0UT7
colectomy: 4414 4420 0DTF 0DTG 0DTN
bronchoscopy: 3162 0BJ
thoracentesis: 3255
paracentesis: 4908
laceration repair, suture laceration, repair wound, wound repair: 1200 1201 1203 1205 1310
physical therapy: 9711 9716 9753
electroencephalogram, eeg: 95812 95813 95816 95819 95822 4A10
electromyography, emg, nerve conduction: 9586 9588 9590 9591
hip fracture, femur fracture, femoral fracture: 27235 27236 27244 27245 0QS6 0QS7 0QS8 0QS9
distal radius, radius fracture: 2560 0PSH 0PSJ
"""


class _Group:
    __slots__ = ("codes", "name", "names")

    def __init__(self, line: str, *, procedure: bool) -> None:
        listed, _, codes = line.partition(":")
        names = [name.strip() for name in listed.split(",")]
        read = (read_concept(name, procedure=procedure) for name in names)
        self.names = frozenset(frozenset(concept.words) | set(concept.approaches) for concept in read)
        self.name = names[0]
        self.codes = tuple(codes.split())


def _groups(table: str, *, procedure: bool = False) -> tuple[_Group, ...]:
    return tuple(_Group(line, procedure=procedure) for line in table.strip().splitlines())


_GROUPS = {"health issue": _groups(_ISSUES), "procedure": _groups(_PROCEDURES, procedure=True)}


def _by_word(groups: Iterable[_Group]) -> Mapping[str, list[tuple[frozenset[str], str]]]:
    """Return the names by one of their words, so that an entry looks at few."""
    table: dict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
    for group in groups:
        for name in group.names:
            if name:
                table[min(name)].append((name, group.name))
    return table


def _by_code(groups: Iterable[_Group]) -> Mapping[str, list[str]]:
    table: dict[str, list[str]] = defaultdict(list)
    for group in groups:
        for code in group.codes:
            table[code].append(group.name)
    return table


_NAMED = {kind: _by_word(groups) for kind, groups in _GROUPS.items()}
_CODED = {kind: _by_code(groups) for kind, groups in _GROUPS.items()}


def kin(
    kind: str, words: Iterable[str], codes: Iterable[tuple[str, str]], *, places: AbstractSet[str]
) -> tuple[str, ...]:
    """Return the groups of names near each other that an entry belongs to. ``kind``: "health issue" or "procedure".

    What was done on one day at two places is told in more or fewer words; of an illness only ``places`` and what says
    little make no other thing.
    """
    own = frozenset(words)
    named = (
        group
        for word in own
        for name, group in _NAMED[kind].get(word, ())
        if name <= own and (kind == "procedure" or own - name <= places | _SAYS_LITTLE)
    )
    return tuple(sorted({*named, *(group for system, code in codes for group in _coded(kind, system, code))}))


_SAYS_LITTLE = word_set("""
other site part primary essential native nonrheumatic nontraumatic idiopathic simple uncomplicated generalized region
adult age related diagnostic surgical surgery syndrome disease condition current subsequent initial encounter valve
procedure placement insertion left right routine complete flexible external elective dc level unilateral
""")
_SYSTEMS = {"health issue": ("icd10",), "procedure": ("cpt", "hcpcs", "icd10pcs")}
_SHORTEST = 3


@lru_cache(maxsize=4096)
def _coded(kind: str, system: str, code: str) -> tuple[str, ...]:
    if system not in _SYSTEMS[kind]:
        return ()
    return tuple(group for end in range(_SHORTEST, len(code) + 1) for group in _CODED[kind].get(code[:end], ()))


_LETTERS = re.compile(r"[a-z]{2,5}")


def initials(texts: Iterable[str], words: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the letters that an entry consists of, and the initials of its names."""
    own = tuple(words)
    letters = own if len(own) == 1 and _LETTERS.fullmatch(own[0]) else ()
    return letters, tuple(sorted({_initials_of(text) for text in texts} - {""}))


@lru_cache(maxsize=4096)
def _initials_of(text: str) -> str:
    named = [word for word in plain(text).split() if word not in _NOT_IN_INITIALS]
    return "".join(word[0] for word in named) if 1 < len(named) <= _LETTERS_MOST else ""


_LETTERS_MOST = 5
_NOT_IN_INITIALS = (
    concept_names.STOP | set(concept_names.SIDES) | word_set("male female other acute chronic classified")
)
