"""What the pages about one thing collect (diabetes, the heart): codes, medicines, and words of titles. A table.

It helps to find and decides nothing: a page about a topic says that it may miss some. Source of the codes: ICD-10-CM,
SNOMED CT, LOINC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.domain.phrases import N_
from portal.merge.words.text import plain


@dataclass(frozen=True, slots=True)
class HealthTopic:
    """``title`` of its page; ``phrases`` of the search in both languages; ``icd``: beginnings of ICD-10-CM codes.

    ``codes`` are those of SNOMED CT and LOINC. ``words``: beginnings of words in titles. ``medicines``: ingredients.
    ``never``: words of titles that are about something else.
    """

    title: str
    phrases: tuple[str, ...]
    icd: tuple[str, ...] = ()
    codes: frozenset[str] = field(default_factory=frozenset)
    words: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


def _topic(
    title: str,
    phrases: str,
    *,
    icd: str = "",
    codes: str = "",
    words: str = "",
    medicines: str = "",
    never: str = "",
) -> HealthTopic:
    return HealthTopic(
        title,
        tuple(phrases.split("; ")),
        tuple(icd.split()),
        frozenset(codes.split()),
        _words(words),
        _words(medicines),
        _words(f"{_NEVER}; {never}"),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(plain, text.split(";"))))


_NEVER = (
    "family history; family hx; fh of; fhx; antecedentes familiares; antecedente familiar; historia familiar; "
    "without diagnosis of; denies; no evidence of; no history of; niega; sin evidencia de"
)
"""What is said of somebody else, or is not so."""

_NOT_INHALED = "nasal; cream; ointment; lotion; topical; shampoo; ulcerative; colitis; crohn; enteric; crema; unguento"

TOPICS: Mapping[str, HealthTopic] = {
    "diabetes": _topic(
        N_("About diabetes"),
        "diabetes; blood sugar; a1c; insulin; diabetes medicine; low sugar; azucar en la sangre",
        icd="E08 E09 E10 E11 E13 O24 R73 Z79.4 Z79.84 Z96.41",
        codes="44054006 46635009 73211009 15777000 11687002 4855003 390834004 302866003 420422005 4548-4 17856-6 "
        "2345-7 2339-0 41653-7 1558-6 14749-6 97507-8 1517-2 2340-8 1986-9",
        words="dm1; dm2; t1dm; t2dm; iddm; niddm; prediab; hiperglucemia; hipoglucemia; glucose monitor; c peptide; "
        "glucose sensor; glucose meter; glucose test strip; blood glucose; glucometro; tolerancia a la glucosa",
        medicines="metformin; insulin; glipizide; glimepiride; glyburide; sitagliptin; saxagliptin; linagliptin; "
        "alogliptin; empagliflozin; dapagliflozin; canagliflozin; ertugliflozin; bexagliflozin; sotagliflozin; "
        "semaglutide; dulaglutide; liraglutide; exenatide; lixisenatide; tirzepatide; pioglitazone; rosiglitazone; "
        "repaglinide; nateglinide; acarbose; miglitol; pramlintide; glucagon",
        never="insipid; cerebrospinal; cerebral spinal; csf; spinal fluid; glucosamin; g6pd; glucose 6; pleural; "
        "hemorrhoid; without diabetes; no diabetes; not diabetic; nondiabetic; non diabetic",
    ),
    "blood-pressure": _topic(
        N_("About blood pressure"),
        "blood pressure; high blood pressure; low blood pressure; blood pressure medicine; presion arterial",
        icd="I10 I11 I12 I13 I15 I16 I1A I95 R03 O10 O11 O13 O14 O16",
        codes="38341003 59621000 45007003 1201005 85354-9 8480-6 8462-4 55284-4 8478-0 96607-7",
        words="htn; hta; hipertension; hipertensiv; presion arterial; hypotension; hipotension; preeclampsia; "
        "antihypertensive; blood pressure; tension arterial",
        medicines="lisinopril; enalapril; benazepril; captopril; fosinopril; moexipril; perindopril; quinapril; "
        "ramipril; trandolapril; losartan; valsartan; olmesartan; irbesartan; candesartan; telmisartan; azilsartan; "
        "eprosartan; amlodipine; nifedipine; felodipine; isradipine; nicardipine; nisoldipine; diltiazem; verapamil; "
        "hydrochlorothiazide; chlorthalidone; indapamide; metolazone; triamterene; atenolol; metoprolol; carvedilol; "
        "bisoprolol; labetalol; nebivolol; nadolol; clonidine; guanfacine; methyldopa; hydralazine; minoxidil; "
        "doxazosin; spironolactone; eplerenone; aliskiren",
        never="portal; intracranial; ocular; pulmonary; pulmonar; intraocular; venous; portopulmonary; endocraneana; "
        "intracraneal; white coat syndrome without; minoxidil topical; hair",
    ),
    "cholesterol": _topic(
        N_("About cholesterol"),
        "cholesterol; high cholesterol; cholesterol medicine; triglycerides; colesterol",
        icd="E78 Z83.42",
        codes="13644009 55822004 267432004 370992007 398036000 302870006 2093-3 13457-7 18262-6 2089-1 2085-9 2571-8 "
        "57698-3 24331-1 43396-1 9830-1 10835-7 43583-4 1884-6 13458-5 49132-4",
        words="hld; hyperlip; hypercholest; hypertriglycerid; dyslipid; dislipid; hiperlip; hipercolest; "
        "hipertriglicerid; trigliceridos; lipoprotein; lipid panel; lipid profile; lipidos; perfil lipidico; "
        "apolipoprotein b; apob; ldl; hdl; vldl",
        medicines="atorvastatin; simvastatin; rosuvastatin; pravastatin; lovastatin; fluvastatin; pitavastatin; "
        "ezetimibe; fenofibrate; fenofibric acid; gemfibrozil; colestipol; cholestyramine; colesevelam; evolocumab; "
        "alirocumab; inclisiran; bempedoic acid; icosapent; omega 3 acid ethyl esters; lomitapide; niacin",
        never="gallbladder; gallstone; stone; vesicula; granuloma; pleural; emboli",
    ),
    "heart": _topic(
        N_("About the heart"),
        "heart; heart attack; heart failure; irregular heartbeat; heart test; heart doctor; pacemaker; stent; "
        "chest pain; corazon",
        icd="I05 I06 I07 I08 I09 I11 I13 I2 I3 I4 I5 Z95 R00 R01 Q20 Q21 Q22 Q23 Q24",
        codes="53741008 49436004 84114007 22298006 42343007 446221000 703272007 85232009 88805009 8867-4 11524-6 "
        "30934-4 33762-6 42637-9 33763-4 6598-7 10839-9 67151-1 89579-7 10230-1 18043-0 8806-2",
        words="chf; hfpef; hfref; hfmref; cad; cabg; tte; natriuretic; bnp; nt probnp; probnp; troponin; ejection "
        "fraction; fraccion de eyeccion; lvef; fevi; insuficiencia cardiaca; cardiaca; cardiaco; cardiomiopat; "
        "miocard; coronari; ventricular; atrial; auricular; valvular; mitral; aortic stenosis; aortic valve; "
        "estenosis aortica; catheterization; cateterismo; angioplast; electrocardio; ecocardio; echocardio; holter; "
        "cardiac rehab; rehabilitacion cardiaca; cardioverter; defibrillator; desfibrilador; marcapaso; cardioversion; "
        "ecg; ekg; frecuencia cardiaca; implantable loop; loop recorder",
        medicines="sacubitril; carvedilol; metoprolol; bisoprolol; furosemide; torsemide; bumetanide; spironolactone; "
        "eplerenone; finerenone; digoxin; amiodarone; sotalol; dofetilide; flecainide; propafenone; dronedarone; "
        "nitroglycerin; isosorbide; ivabradine; ranolazine; vericiguat; mavacamten; tafamidis; clopidogrel; prasugrel; "
        "ticagrelor; dapagliflozin; empagliflozin; sotagliflozin; bidil",
        never="heartburn; heart burn; fetal; foetal; periventricular; intraventricular hemorrhage; ventricular shunt; "
        "ventriculoperitoneal",
    ),
    "kidneys": _topic(
        N_("About the kidneys"),
        "kidney; kidney test; kidney stone; kidney doctor; dialysis; rinon",
        icd="N00 N01 N02 N03 N04 N05 N06 N07 N08 N1 N2 Z94.0 Z99.2 Z49 I12 I13 Q61 E08.2 E09.2 E10.2 E11.2 E13.2",
        codes="709044004 431855005 433144002 431856006 431857002 433146000 46177005 90708001 14669001 2160-0 3094-0 "
        "33914-3 48642-3 48643-1 62238-1 98979-8 9318-7 14959-1 14957-5 2164-2 69405-9 88293-6 50210-4",
        words="ckd; esrd; erc; aki; nefro; nephro; renal; dialisis; hemodialisis; peritoneal dialysis; creatinin; gfr; "
        "egfr; tfg; filtrado glomerular; filtracion glomerular; cystatin c; microalbumin; albuminuria; proteinuria; "
        "albumin creatinine; arteriovenous fistula; av fistula; fistula arteriovenosa; glomerul; uremi; azotemia; "
        "kidney; rinon; pyelonephritis; pielonefritis",
        medicines="finerenone; sevelamer; lanthanum; sucroferric oxyhydroxide; ferric citrate; cinacalcet; epoetin; "
        "darbepoetin; methoxy polyethylene glycol epoetin; patiromer; sodium zirconium cyclosilicate; tolvaptan; "
        "calcium acetate",
        never="adrenal; suprarenal; creatinine kinase; creatine kinase; kidney bean",
    ),
    "asthma": _topic(
        N_("About asthma"),
        "asthma; inhaler; breathing test; asma",
        icd="J45 J82.83",
        codes="195967001 304527002 389145006 407674008 426656000 19868-9 20150-9 33452-4 33437-5 19926-5 82674-3",
        words="asma; espirometr; peak flow; peak expiratory; flujo espiratorio; pico flujo; flujo maximo; feno; "
        "exhaled nitric; oxido nitrico exhalado; nebuliz; holding chamber; aerochamber; spacer; espaciador; inhala; "
        "fev1; vef1; methacholine; metacolina; bronchial thermoplasty; wheez; sibilanc",
        medicines="albuterol; levalbuterol; montelukast; zafirlukast; zileuton; fluticasone; budesonide; mometasone; "
        "beclomethasone; ciclesonide; salmeterol; formoterol; vilanterol; omalizumab; mepolizumab; benralizumab; "
        "reslizumab; dupilumab; tezepelumab; theophylline; cromolyn",
        never=f"{_NOT_INHALED}; cardiac asthma; asma cardial; allergic rhinitis; tissue spacer; antibiotic spacer; "
        "interspinous; eczema; atopic dermatitis",
    ),
    "copd": _topic(
        N_("About COPD"),
        "copd; inhaler; breathing test; epoc",
        icd="J41 J42 J43 J44 E88.01 Z99.81",
        codes="13645005 87433001 63480004 185086009 195951007 20150-9 19926-5 19868-9 59408-5 2708-6",
        words="copd; epoc; emphysem; enfisema; chronic obstructive; obstructiva cronica; obstructivo cronico; "
        "chronic bronchitis; bronchitis chronic; bronquitis cronica; pulmonary function; funcion pulmonar; "
        "espirometr; spirometry; alpha 1 antitrypsin; alfa 1 antitripsina; oxygen saturation; saturacion de oxigeno; "
        "spo2; oximetr; pulse ox; pulmonary rehab; rehabilitacion pulmonar; home oxygen; oxygen therapy; "
        "oxygen concentrator; oxigeno en casa; oxigenoterapia; lung volume reduction; fev1; vef1; inhala; "
        "nebuliz; dlco",
        medicines="tiotropium; umeclidinium; aclidinium; glycopyrrolate; revefenacin; ipratropium; indacaterol; "
        "olodaterol; vilanterol; formoterol; arformoterol; salmeterol; albuterol; roflumilast; ensifentrine; "
        "fluticasone; budesonide; theophylline",
        never=f"{_NOT_INHALED}; subcutaneous emphysema; surgical emphysema; enfisema subcutaneo; tablet; tableta; "
        "hyperhidrosis; drooling; rhinitis; acute bronchitis; bronquitis aguda",
    ),
    "thyroid": _topic(
        N_("About the thyroid"),
        "thyroid; thyroid medicine; tiroides",
        icd="E00 E01 E02 E03 E04 E05 E06 E07 E89.0 C73 O90.5 D34",
        codes="40930008 34486009 353295004 21983002 237495005 3016-3 11580-8 3024-7 3026-2 3051-0 3053-6 3013-0 5385-0 "
        "8099-4 8098-6",
        words="thyroid; thyrotropin; tsh; hypothyroid; hyperthyroid; hipotiroid; hipertiroid; tiroid; tirotropina; "
        "tiroxina; thyroxine; triiodothyronine; triyodotironina; free t3; free t4; t3 free; t4 free; t3 total; "
        "t4 total; ft3; ft4; t4 libre; t3 libre; thyroglobulin; tiroglobulina; thyroperoxidase; tpo; hashimoto; "
        "graves; goiter; bocio; thyroiditis; tiroiditis; radioiodine; yodo radiactivo; thyrotoxicosis; tirotoxicosis; "
        "myxedema",
        medicines="levothyroxine; liothyronine; thyroid; methimazole; propylthiouracil; thyrotropin; teprotumumab",
        never="parathyroid; paratiroid",
    ),
    "pregnancy": _topic(
        N_("About pregnancy"),
        "pregnancy; embarazo",
        icd="O Z33 Z34 Z36 Z37 Z39 Z3A Z32.01 Z64.0",
        codes="77386006 72892002 237238006 11466000 177184002 289258001 2106-3 2118-8 21198-7 19080-1 11778-8 11779-6 "
        "11884-4 11885-1 55283-6 11881-0 11996-6 11977-6 57062-2 49051-6 18185-9 82810-3",
        words="pregnan; embaraz; prenatal; antenatal; postnatal visit; gestacion; gestation; gestational; obstetric; "
        "gravid; trimester; trimestre; fetal; feto; fetus; fetal heart; fundal height; altura uterina; amnio; "
        "cesarean; c section; cesarea; vaginal delivery; parto; labor and delivery; delivery date; fecha probable; "
        "edd; hcg; gonadotropin; gonadotropina; preeclampsia; eclampsia; miscarriage; aborto espontaneo; hyperemesis; "
        "hiperemesis; placenta; nuchal translucency; chorionic villus; group b strep; postpartum; posparto; puerper; "
        "nonstress test; cerclage; rho d immune; morning sickness; twin; cell free dna",
        medicines="prenatal vitamin; prenatal multivitamin; doxylamine pyridoxine; rho d immune globulin; "
        "hydroxyprogesterone caproate; methylergonovine; oxytocin; misoprostol; mifepristone; betamethasone acetate",
        never="false pregnancy; not pregnant; no embaraz; pseudocyesis; fetal hemoglobin; hemoglobina fetal; "
        "alpha fetoprotein tumor; testicular; fetal alcohol; not currently pregnant; "
        "twin block; amnion graft; amniotic membrane; amniotic graft",
    ),
    "depression": _topic(
        N_("About depression"),
        "depression; depression medicine; depresion",
        icd="F32 F33 F34.1 F53.0 F06.31 F06.32 F43.21",
        codes="35489007 370143000 36923009 66344007 78667006 58703003 310495003 310496002 310497006 191616006 44249-1 "
        "44261-6 55758-7 89204-2 71354-5 99046-5 73831-0 73832-8 48544-1",
        words="depressi; depresi; mdd; dysthymi; distimi; phq; edinburgh postnatal; edimburgo; epds; beck depression; "
        "hamilton depression; geriatric depression; electroconvulsive; electroconvulsiva; psychotherapy; psicoterapia; "
        "transcranial magnetic; magnetica transcraneal; postpartum blues; antidepress; antidepres; "
        "cognitive behavioral; cognitivo conductual; mood disorder",
        medicines="sertraline; fluoxetine; citalopram; escitalopram; paroxetine; fluvoxamine; venlafaxine; "
        "desvenlafaxine; duloxetine; levomilnacipran; vortioxetine; vilazodone; bupropion; mirtazapine; trazodone; "
        "nefazodone; phenelzine; tranylcypromine; selegiline; esketamine; brexanolone; zuranolone",
        never="st depression; st segment; depresion del st; respiratory depression; depresion respiratoria; skull; "
        "craneo; marrow; medula; tongue depressor; depressed fracture; fractura; parkinson; smoking; tabaco; zyban; "
        "neuropath; neuropatia; cns depression; migraine; insomnia; cardiac depression; myocardial depression",
    ),
    "cancer-screening": _topic(
        N_("About cancer screening"),
        "mammogram; colonoscopy; pap smear; psa; cancer screening",
        icd="Z12",
        codes="24606-6 24605-8 10524-7 2857-1 58453-2 77353-1 73761001 71651007",
    ),
}
