"""Brands of one ingredient that do not stand for each other: made for another end, or to let it go another way.

Who takes both takes it twice, and a pharmacist exchanges none for the other (their labels; FDA's Orange Book, "AB"
ratings; RxNorm's own names for them, as "50-50 release", "osmotic"). What differs by form, release or strength needs no
line here, unless names leave it out.
"""

import re
from collections.abc import Mapping

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
fortamet, osm: osmotic
glumetza, mod: modified
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
respiclick, diskus, inhub, handihaler: powder
respimat: mist
""")  # fmt: skip
"""A brand, as ``portal.merge.words.text.plain`` writes it, and what it is for or how it is made."""

_BRAND = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, ENDS), key=len, reverse=True))})\b")


def end_of(text: str) -> str:
    """Return what the brand in a text is for; empty for none, and for brands of several."""
    ends = {ENDS[brand] for brand in _BRAND.findall(plain(text))}
    return next(iter(ends)) if len(ends) == 1 else ""
