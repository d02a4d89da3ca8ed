"""Brands of one ingredient that do not stand for each other: made for another end, or to let it go another way.

Who takes both takes it twice, and a pharmacist exchanges none for the other (their labels; FDA's Orange Book, "AB"
ratings; RxNorm's own names for them, as "50-50 release", "osmotic"). What differs by form, release or strength needs no
line here, unless names leave it out.
"""

import re
from collections.abc import Mapping

from portal.merge.medications.medicines import Product, decimal_text
from portal.merge.words.text import plain, synonyms

ENDS: Mapping[str, str] = synonyms("""
wegovy, zepbound, saxenda, qsymia: weight
ozempic, rybelsus, mounjaro, victoza: diabetes
prolia, reclast, aclasta: bones
xgeva, zometa, afinitor, campath: tumor
zortress: transplant
lemtrada: sclerosis
propecia: hair
proscar: prostate
revatio, adcirca, alyq: lungs
viagra, cialis: potency
zyban: smoking
hydrea: cancer
droxia, siklos: sickle cells
wellbutrin, prozac: mood
aplenzin: bromide
sarafem: menses
aygestin: bleeding
femhrt, jinteli, fyavolv: menopause
loestrin, junel, microgestin, larin: contraception
camila, errin, heather, nora be, jolivette, norlyroc, jencycla, lyza, tulana, incassia: contraception
adderall: two beads
mydayis: three beads
metadate: 30-70 release
aptensio: 40-60 release
ritalin: 50-50 release
concerta, relexxii: osmotic
glucophage: matrix
fortamet, osm, osmotic: osmotic
glumetza, mod, gastric, modified 24 hr, modified 24 hour: modified
procardia: osmotic
adalat: coat core
yonsa: fine particles
zytiga: tablets
fiasp: faster
novolog: rapid
suboxone: suboxone
zubsolv: zubsolv
pentasa: pentasa
apriso: apriso
alphagan: alphagan
alphagan p: alphagan p
estrace: estrace
climara: weekly patch
vivelle dot, minivelle, alora, dotti, lyllana: twice weekly patch
lupron: lupron
eligard: eligard
mirena: mirena
liletta: liletta
kyleena: kyleena
skyla: skyla
invega sustenna: monthly
invega trinza: 3 months
invega hafyera: 6 months
epipen: adult
prozac weekly: weekly
procrit, epogen: epoetin
retacrit: biosimilar
patanol: twice a day
pataday: once a day
byetta: twice daily
bydureon: weekly
yaz, nikki, loryna, gianvi, vestura, aviane, lutera, vienva, sronyx: 20 mcg
yasmin, ocella, syeda, zarah, levora, kurvelo: 30 mcg
asacol: asacol
lialda: lialda
delzicol: delzicol
zaldyon: zaldyon
epipen jr: child
hfa, ventolin, proventil: aerosol
respiclick, diskus, inhub, wixela, handihaler, twisthaler, flexhaler: powder
powder breath activated, powder breath actuated: powder
digihaler: digital powder
respimat: mist
respules: nebules
redihaler, breath activated, breath actuated: breath actuated
advair: ?advair
airduo, airduo respiclick: ?airduo
asmanex: ?asmanex
combivent: ?combivent
flovent: ?flovent
proair: ?proair
pulmicort: ?pulmicort
qvar: ?qvar
spiriva: ?spiriva
xopenex: ?xopenex
""")  # fmt: skip
"""A brand, as ``portal.merge.words.text.plain`` writes it, and what it is for or how it is made.

Of one that comes in several devices ("?") the device is what is said beside it, or what the strength tells.
"""
_IN_LIQUID = "in liquid"
_DEVICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "?advair": {"powder": ("100", "250", "500"), "aerosol": ("45", "115", "230")},
    "?airduo": {"powder": ("55", "113", "232")},
    "?asmanex": {"powder": ("110", "220"), "aerosol": ("50", "100", "200")},
    "?combivent": {"mist": ("20",), "aerosol": ("18",)},
    "?flovent": {"powder": ("50", "100", "250"), "aerosol": ("44", "110", "220")},
    "?proair": {},
    "?pulmicort": {"powder": ("90", "180"), "nebules": ("250", "500", "1000", _IN_LIQUID)},
    "?qvar": {},
    "?spiriva": {"powder": ("18",), "mist": ("1.25", "2.5")},
    "?xopenex": {"aerosol": ("45",), "nebules": (_IN_LIQUID,)},
}
"""The strengths, in mcg of the first ingredient, in which a device of a brand comes (labels)."""
_WITHOUT_BRAND = {("fluticasone", "salmeterol"): "?advair", ("tiotropium",): "?spiriva"}
"""What comes in several devices also without a brand, where nothing but its ingredients is written."""
_UNNAMED = {"?airduo": "airduo"}
_EXTENDED_METFORMIN = {"500000": "matrix", "750000": "matrix"}
"""What "metformin ER" is without a further word, by mcg; of 1000 mg there is a tablet only of the other kinds."""

_BRAND = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, ENDS), key=len, reverse=True))})\b")


def end_of(text: str, product: Product) -> str:
    """Return what the brand in a text is for; empty for none, and for brands of several.

    A device or a release that decides what it is, and that neither the text nor the strength tells, is "not named".
    """
    ends = {ENDS[brand] for brand in _BRAND.findall(plain(text))}
    named = {end for end in ends if end not in _DEVICES}
    if len(named) > 1 and "breath actuated" in named:
        named.discard("aerosol")  # the one is a kind of the other
    if named:
        return next(iter(named)) if len(named) == 1 else ""
    numbers = {_IN_LIQUID if "/ml" in each.dimension else decimal_text(each.number) for each in product.strengths}
    if not ends and not numbers and product.ingredients in _WITHOUT_BRAND:
        ends = {_WITHOUT_BRAND[product.ingredients]}
    if len(ends) == 1:
        (brand,) = ends
        told = (device for device, strengths in _DEVICES[brand].items() if not numbers.isdisjoint(strengths))
        return next(told, _UNNAMED.get(brand, "device not named"))
    if product.release == "er" and product.ingredients == ("metformin",):
        return next((_EXTENDED_METFORMIN[each] for each in numbers if each in _EXTENDED_METFORMIN), "not named")
    return ""
