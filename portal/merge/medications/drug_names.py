"""Names of medicines: brands as what is in them, other names of an ingredient, salts. Explicit tables, reviewed as data.

A name that is not here is compared by its words. Sources: RxNorm (brand to ingredient), FDA's Orange Book (salts that
are products of their own), USAN and INN names.
"""

# ruff: noqa: E501 (tables are read line by line)

from collections.abc import Mapping

from portal.merge.words.text import synonyms, word_set

INGREDIENTS: Mapping[str, str] = synonyms("""
paracetamol, apap, acetaminophn, acetamin, acetamino, acetaminop, acetaminoph, acetaminophe, acetam, tylenol: acetaminophen
amox, amoxicil, amoxicilli: amoxicillin
levothyrox, levothyroxi: levothyroxine
cyclobenzapr, cyclobenz: cyclobenzaprine
methylprednis, methylpred: methylprednisolone
hydroxychlor, hydroxychloroq: hydroxychloroquine
nitrofurant: nitrofurantoin
escitalop, escitalopr: escitalopram
fluticas: fluticasone
salmet: salmeterol
budeson: budesonide
formot: formoterol
ipratrop: ipratropium
triamter: triamterene
ethin estrad, eth estradiol, ethin est: ethinyl estradiol
salbutamol: albuterol
levosalbutamol: levalbuterol
acetylsalicylic acid, asa, acido acetilsalicilico: aspirin
insulina glargina: insulin glargine
insulina lispro: insulin lispro
insulina aspart, insulina asparta: insulin aspart
insulina degludec: insulin degludec
insulina detemir: insulin detemir
acido folico: folic acid
acido ascorbico: ascorbic acid
acido valproico: valproate
sulfato ferroso: ferrous sulfate
cloruro de potasio, cloruro potasio: potassium chloride
hctz, hydrochlorothiazid: hydrochlorothiazide
adrenaline: epinephrine
noradrenaline: norepinephrine
glibenclamide: glyburide
rifampicin: rifampin
ciclosporin, cyclosporin a, ciclosporin a, cyclosporine a, ciclosporina a: cyclosporine
aciclovir: acyclovir
valaciclovir: valacyclovir
frusemide: furosemide
lignocaine: lidocaine
pethidine: meperidine
thyroxine, l thyroxine, levothyroxin: levothyroxine
alendronic acid: alendronate
risedronic acid: risedronate
zoledronic acid: zoledronate
valproic acid: valproate
phenobarbitone: phenobarbital
beclometasone: beclomethasone
mesalazine: mesalamine
glyceryl trinitrate, gtn, ntg: nitroglycerin
suxamethonium: succinylcholine
clavulanic acid, clavulanate, potassium clavulanate, clavulanate potassium, clavulanate pot, clavulanate k, clav k, clav: clavulanate
sulfameth, smx, sulfamethox, sulfamethoxazol, sulfamethoxaz: sulfamethoxazole
trimeth, tmp: trimethoprim
hydrocodon: hydrocodone
oxycodon: oxycodone
vitamin a, vitamina a: retinol
vitamin b1: thiamine
vitamin b2: riboflavin
vitamin b3, nicotinic acid: niacin
nicotinamide: niacinamide
vitamin b5: pantothenic acid
vitamin b6: pyridoxine
vitamin b7: biotin
vitamin b9, folic acid, folic: folic acid
vitamin b12, vitamin b 12, b12, b 12: cyanocobalamin
vitamin c, vitamina c: ascorbic acid
vitamin d2: ergocalciferol
vitamin d3, d3, cholecalciferol vitamin d3, vitamin d3 cholecalciferol: cholecalciferol
vitamin k1, phylloquinone: phytonadione
vitamin k2: menaquinone
vitamin e, vitamina e: tocopherol
st johns wort, saint johns wort, st john s wort: st johns wort
peg 3350, polyethylene glycol 3350, macrogol: polyethylene glycol
milk of magnesia: magnesium hydroxide
cbd, cbd oil: cannabidiol
isophane, nph isophane, insulin isophane, insulin isophane human, insulin nph, insulin nph human, insulin nph isophane, insulin nph human isophane: insulin nph
insulin regular human, insulin human regular, regular insulin, insulin regular: insulin regular
insulin glargine human: insulin glargine
insulin lispro human: insulin lispro
insulin aspart human: insulin aspart
insulin detemir human: insulin detemir
fluticasone propion, fluticasone prop: fluticasone propionate
nitrofurantoin monohyd m cryst, nitrofurantoin macrocrystals monohydrate, nitrofurantoin monohydrate macrocrystals: nitrofurantoin macro mono
epoetin, erythropoietin: epoetin alfa
""")
"""Other names of one ingredient, as ``portal.merge.words.text.plain`` writes them."""

SALTS = word_set("""
hydrochloride hcl hbr hydrobromide sodium na potassium calcium magnesium sulfate sulphate tartrate succinate maleate
besylate mesylate acetate phosphate fumarate citrate bromide nitrate propionate furoate dipropionate valerate
sulf succ tart sod monohydrate anhydrous dihydrate trihydrate hemihydrate oxalate pamoate lactate medoxomil axetil proxetil etexilate
bitartrate disodium hyclate decanoate enanthate cypionate undecanoate palmitate lauroxil benzathine procaine
acetonide bisulfate carbonate gluconate cilexetil mofetil trometamol tromethamine arginine estolate stearate
ethylsuccinate polacrilex hydrate alafenamide disoproxil tosylate xinafoate embonate chloride benzoate dihydrochloride
dimesylate ditosylate trifenatate camsylate olamine
potasico potasica sodico sodica calcico magnesico clorhidrato hidrocloruro sulfato fosfato tartrato succinato maleato
besilato mesilato acetato citrato fumarato
""")
SALT_NAMES: Mapping[str, str] = {
    "na": "sodium", "hcl": "hydrochloride", "hbr": "hydrobromide", "sulphate": "sulfate", "sulf": "sulfate", "embonate": "pamoate",
    "succ": "succinate", "tart": "tartrate", "sod": "sodium",
    "tromethamine": "trometamol",
    "potasico": "potassium", "potasica": "potassium", "sodico": "sodium", "sodica": "sodium", "calcico": "calcium",
    "magnesico": "magnesium", "clorhidrato": "hydrochloride", "hidrocloruro": "hydrochloride", "sulfato": "sulfate",
    "fosfato": "phosphate", "tartrato": "tartrate", "succinato": "succinate", "maleato": "maleate",
    "besilato": "besylate", "mesilato": "mesylate", "acetato": "acetate", "citrato": "citrate",
    "fumarato": "fumarate",
}  # fmt: skip
KEY_SALTS: Mapping[str, frozenset[str]] = {
    "metoprolol": frozenset({"succinate", "tartrate"}),
    "diclofenac": frozenset({"potassium", "epolamine"}),
    "naproxen": frozenset({"sodium"}),
    "": word_set("""
decanoate enanthate cypionate undecanoate palmitate lauroxil benzathine procaine pamoate estolate ethylsuccinate
alafenamide disoproxil
"""),
}
"""Salts that make another product where one side names them and the other does not; "" holds for every ingredient."""

BASES = word_set("""
sodium potassium calcium magnesium lithium ferrous ferric iron zinc ammonium aluminum barium silver copper
""")
"""First words of medicines that are a salt themselves (calcium carbonate): their second word is no mere salt."""

INHERENT_RELEASE: Mapping[tuple[str, str], str] = {
    ("omeprazole", "capsule"): "dr",
    ("esomeprazole", "capsule"): "dr",
    ("lansoprazole", "capsule"): "dr",
    ("dexlansoprazole", "capsule"): "dr",
    ("pantoprazole", "tablet"): "dr",
    ("rabeprazole", "tablet"): "dr",
    ("duloxetine", "capsule"): "dr",
}
"""Products that exist in one release only, so that their names leave it out (RxNorm has no other)."""

UNITS_PER_MICROGRAM: Mapping[str, int] = {"cholecalciferol": 40, "ergocalciferol": 40}

REWRITES: tuple[tuple[str, str], ...] = (
    (r"\bpot(?:assium)? clav(?:ulanate)?\b", "clavulanate"),
    (r"\bcatapres[\s-]*tts[\s-]*([123])\b", r"clonidine 0.\1 mg/24 hr weekly"),
    (r"^tylenol\s*(?:#|no\.?)\s*([234])\b", r"acetaminophen 300 mg / codeine \1x15 mg"),
    (r"\b2x15 mg", "15 mg"),
    (r"\b3x15 mg", "30 mg"),
    (r"\b4x15 mg", "60 mg"),
    (r"\bnitrofurantoin,? macrocryst\w* 25 mg / nitrofurantoin,? monohyd\w* 75 mg\b", "macrobid 100 mg"),
    (r"\bnitrofurantoin,? monohyd\w* 75 mg / nitrofurantoin,? macrocryst\w* 25 mg\b", "macrobid 100 mg"),
    (
        r"\bnitrofurantoin,?\s*(?:monohyd\w*\s*[/-]?\s*m(?:acro)?(?:-?\s?cryst\w*)?\b|macrocryst\w*\s*[/-]?\s*monohyd\w*)",
        "macrobid",
    ),
    (
        r"\b(?:dextroamphetamine\s*[-/]\s*amphetamine|amphetamine\s*[-/]\s*dextroamphetamine)\b",
        "amphetamine salts",
    ),
    (r"\binsulin,?\s*nph\s*70\s*%?\s*/\s*(?:insulin\s*)?regular\s*30\s*%?(?:,?\s*human)?", "insulin human mix70x30"),
    (
        r"\binsulin isophane,? human 70 \w+/ml / insulin,? regular,? human 30 \w+/ml",
        "insulin human mix70x30 100 unt/ml",
    ),
    (r"\b(?:humulin|novolin)\s*70\s*/\s*30", "insulin human mix70x30"),
    (r"\bmix\s*(\d\d)\s*[/-]\s*(\d\d)", r"mix mix\1x\2"),
    (r"\bdis[ck]\s+\d+\b", "diskus"),
    (r"\bpotassium cl\b|\bpot chloride\b|\bkcl\b", "potassium chloride"),
    (r"\bsodium cl\b|\bnacl\b", "sodium chloride"),
    (r"(?<=[a-z] )(\d+(?:\.\d+)?)\s*/\s*(?=[a-z]+(?: [a-z]+)?\s+\d+(?:\.\d+)?\s*(mg|mcg|g)\b)", r"\1 \2 / "),
    (r"^(?:bactrim|septra|cotrim|sulfatrim) ds\b(?!.*\d)", "sulfamethoxazole 800 mg / trimethoprim 160 mg"),
    (r"^(?:sm[xz]\s*[/-]\s*tmp|tmp\s*[/-]\s*sm[xz]) ds\b(?!.*\d)", "sulfamethoxazole 800 mg / trimethoprim 160 mg"),
    (r"^(?:sm[xz]\s*[/-]\s*tmp|tmp\s*[/-]\s*sm[xz]) ss\b(?!.*\d)", "sulfamethoxazole 400 mg / trimethoprim 80 mg"),
    (r"\bsm[xz]\s*[/-]\s*tmp(?: ds)?\b", "sulfamethoxazole / trimethoprim"),
    (r"\btmp\s*[/-]\s*sm[xz](?: ds)?\b", "trimethoprim / sulfamethoxazole"),
    (r"\b(caps?|tabs?) \d+$", r"\1"),
    (r"\bauto-injector\b", "auto injector"),
    (r"\b(?:tb|cp)(12|24)\b", r"\1 hr er"),
    (r"\btbcr\b", "tablet er"),
    (r"\btbec\b", "tablet ec"),
    (r"\bcpcr\b", "capsule er"),
    (r"\b(?:cpdr|cpep)\b", "capsule dr"),
    (r"\bpttw\b", "patch twice weekly"),
    (r"^modified 24 h(?:ou)?r\b", "mod 24 hr"),  # so RxNorm calls Glumetza's release
    (r"\bptwk\b", "patch weekly"),
    (r"\bpt(24|72)\b", r"patch \1 hr"),
    (r"\b(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)\s*(mg|mcg|g)\s*-\s*(mg|mcg|g)\b", r"\1 \3-\2 \4"),
    (r"\b\d+(?:\.\d+)?\s*\(\s*(\d+(?:\.\d+)?)\s*(?:mcg\s*)?base\s*\)", r"\1"),
    (r"\bklor-?\s?con[\s/-]*m[\s-]?(10|15|20)\b(?:\s*meq)?", r"klor con \1 meq tablet"),
    (r"\b(?:single|multi)-?(?:dose|use)\b", " "),
    (r"\bpre-filled\b", "prefilled"),
    (r"^\{\s*\d+ \(([^(){}]+)\)\s*\}\s*pack\b(?:\s*\[[^\]]*\])?$", r"\1"),  # RxNorm's pack of one product
    (r"(?<=\w)[ -]+z-?pac?ks?\b", " pack"),
    (r"\bz-?pac?ks?\b", "zithromax pack"),
    (r"\b(?:dose|therapy)[ -]?pac?ks?\b|\bdospak\b", "pack"),
    (r"\btbpk\b", "tablet pack"),
    (r"\b(depo|solu)-(medrol|provera|cortef|testosterone)\b", r"\1 \2"),
    (r"\bpen[- ]?vee[- ]?k\b|\bpenicillin v potassium\b", "penicillin v"),
)
"""Ways of writing that only mean something as a whole, rewritten before a name is read (case is folded)."""
