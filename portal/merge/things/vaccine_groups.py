"""CVX codes by the unspecified formulation that stands for their group.

Source: CDC, "CVX codes mapped to vaccine groups".

Two codes that are neither the unspecified one are two vaccines, also in one group: a nasal and an injected influenza
vaccine, two conjugates. Combinations are in no group here: MMRV is no MMR.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from portal.merge.words.text import plain, synonyms, word_set

_GROUPS: Mapping[str, str] = {
    "88": "15 16 111 135 140 141 144 149 150 151 153 155 158 161 166 168 171 185 186 194 197 200 201 202 205 231 320",
    "213": "207 208 210 211 212 217 218 219 221 228 229 230 300 301 302 308 309 310 311 312 313 500 510 511",
    "45": "8 42 43 44 189 220",
    "85": "31 52 83 84",
    "137": "62 118 165",
    "188": "121 187",
    "122": "74 116 119",
    "17": "46 47 48 49",
    "89": "2 10",
    "91": "25 41 53 101 190",
    "90": "18 40 175 176",
    "108": "32 103 114 136 147 203",
    "109": "33 100 133 152 215 216 327",
    "107": "20 106",
    "139": "9 113 138 196",
    "184": "37 183",
    "304": "303 305 306 307 314 315 326",
    "164": "162 163",
}
CONJUGATES: Mapping[str, str] = {"152": "100 133 215 216 327"}
"""Codes of a part of a group, and what they may stand for: a pneumococcal conjugate, but not the polysaccharide."""
UNSPECIFIED = frozenset({*_GROUPS, "147", "151", "998"})
GROUP_OF: Mapping[str, str] = {
    **{code: group for group, codes in _GROUPS.items() for code in codes.split()},
    **{group: group for group in _GROUPS},
}

_NOISE = frozenset(["vaccine", "vaccines", "virus", "shot", "immunization", "unspecified", "formulation", "dose"])
_SAME = {"flu": "influenza", "mmrv": "measles mumps rubella varicella", "mmr": "measles mumps rubella"}


def vaccine_words(name: str) -> str:
    """Return the words of a vaccine, sorted, without those that say that it is one."""
    words = [word for part in plain(name).split() for word in _SAME.get(part, part).split()]
    return " ".join(sorted({word for word in words if word not in _NOISE}))


@lru_cache(maxsize=2048)
def named_vaccines(name: str) -> tuple[str, ...]:
    """Return the CVX codes that a vaccine's bare name can stand for: its group's, or those of a brand; else none.

    A name in brackets ("MMR (measles, mumps, rubella)") must be another name of the same, or a brand of it.
    """
    parts = [part for part in _BRACKETS.split(name) if part.strip()]
    read = [codes for part in parts if (codes := _named(part))]
    if len(read) < 2:
        return read[0] if len(parts) == 1 and read else _named(name)
    precise = {codes for codes in read if not UNSPECIFIED.issuperset(codes)}
    groups = {GROUP_OF.get(code, code) for codes in read for code in codes}
    return (precise or set(read)).pop() if len(precise) < 2 and len(groups) == 1 else ()


def _named(name: str) -> tuple[str, ...]:
    words = _SEASON.sub(" ", plain(name))
    bare = [word for word in words.split() if word not in _AROUND]
    key = " ".join(sorted(set(bare)))
    if key in _NAMES:
        return _NAMES[key]
    brands = {codes for brand, codes in BRANDS.items() if f" {brand} " in f" {' '.join(bare)} "}
    return brands.pop() if len(brands) == 1 else ()


_BRACKETS = re.compile(r"[()]|\s-\s")
_SEASON = re.compile(r"\b20\d\d\s*(?:(?:20)?\d\d)?\b")
_AROUND = word_set("""
vaccine vaccines vaccination shot immunization seasonal virus vacuna contra la el de vacc greater than or equal to
yo yr yrs years year old older age ages up pf preservative free adsorbed valent valente and y 7yo 65yr ts
""")


def _codes(table: str) -> dict[str, tuple[str, ...]]:
    named = synonyms(table).items()
    return {" ".join(sorted(set(name.split()) - {"y"})): tuple(codes.split()) for name, codes in named}


def _brands(table: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(codes.split()) for name, codes in synonyms(table).items()}


_NAMES: Mapping[str, tuple[str, ...]] = _codes("""
influenza, flu, gripe, influenza unspecified formulation, influenza unspecified, antigripal, influenza estacional, gripe estacional, antiinfluenza: 88
covid 19, covid, covid19, sars cov 2, covid 19 unspecified: 213
hepatitis b, hep b, hepb, hepatitis b unspecified: 45
hepatitis a, hep a, hepa, hepatitis a unspecified: 85
hpv, human papillomavirus, papillomavirus, vph, papiloma humano, virus del papiloma humano, del papiloma humano: 137
zoster, shingles, herpes zoster, culebrilla: 188
rotavirus: 122
pneumococcal, pneumonia, neumococo, neumonia, antineumococica, neumococica, neumococcica: 109
polio, poliovirus, poliomielitis, antipoliomielitica: 89
typhoid, tifoidea: 91
rabies, rabia, antirrabica: 90
meningococcal, meningitis, meningococo, antimeningococica, meningococica: 108
meningococcal b, men b, menb, meningococcal group b, meningococo b: 164
meningococcal conjugate mcv4, meningococcal acwy, menacwy, mcv4, meningococcal conjugate: 108
yellow fever, fiebre amarilla, antiamarilica: 184
rsv, respiratory syncytial, vrs, virus sincitial respiratorio, sincitial respiratorio, virus respiratorio sincitial, respiratorio sincitial: 304
hib, haemophilus influenzae type b, haemophilus influenzae tipo b: 17
mmr, measles mumps and rubella, measles mumps rubella, sarampion paperas rubeola, triple viral, srp, spr, sarampion rubeola paperas, sarampion paperas y rubeola, sarampion rubeola y paperas, sarampion rubeola parotiditis: 3
mmrv, measles mumps rubella varicella: 94
varicella, chickenpox, chicken pox, varicela: 21
tdap, tetanus diphtheria acellular pertussis, tetanus diphtheria and acellular pertussis, tetano difteria tos ferina acelular, tetano difteria y tos ferina acelular, tetanos difteria tos ferina acelular, tetanos difteria tos ferina, tetano difteria y tos ferina, tetano difteria tos ferina, tetanos difteria pertussis acelular, tetano difteria y pertussis acelular, tetano difteria pertussis acelular: 115
dtap, diphtheria tetanus acellular pertussis dtap: 107
td, td adult, tetanus diphtheria, tetanus and diphtheria, tetanus diphtheria toxoids, tetano y difteria, tetanos y difteria, tetanos difteria, tetano difteria, toxoides tetanico y difterico: 139
influenza injectable, influenza inj: 141
zoster recombinant, recombinant zoster, zoster recombinant adjuvanted, rzv, zoster recombinante, herpes zoster recombinante, culebrilla recombinante: 187
zoster live, zvl: 121
pcv13, pneumococcal conjugate pcv13, pneumococcal conjugate pcv 13, pneumococcal conjugate 13, pcv 13, neumococo 13, neumococo conjugada 13, antineumococica 13, antineumococica conjugada 13, neumococica conjugada 13: 133
pcv15, pneumococcal conjugate pcv15, pcv 15, neumococo 15, neumococo conjugada 15, antineumococica conjugada 15, neumococica conjugada 15: 215
pcv20, pneumococcal conjugate pcv20, pneumococcal conjugate pcv 20, pneumococcal conjugate 20, pcv 20, neumococo 20, neumococo conjugada 20, antineumococica 20, antineumococica conjugada 20, neumococica conjugada 20: 216
pcv21, pneumococcal conjugate pcv21, pcv 21: 327
ppsv23, ppv23, pneumococcal polysaccharide, pneumococcal polysaccharide ppv23, pneumococcal polysaccharide 23, ppsv 23, pneumococcal polysaccharide ppsv23, neumococo 23, antineumococica 23, neumococica 23, neumococo polisacarida, neumococo polisacarida 23, antineumococica polisacarida 23, neumococica polisacarida 23: 33
hpv9, hpv 9, 9vhpv, human papillomavirus 9 valent: 165
hpv4, hpv 4, hpv quadrivalent: 62
ipv, inactivated polio, inactivated poliovirus, polio inactivada, poliomielitis inactivada, vpi: 10
polio inactivated ipv, inactivated polio ipv, polio inactivated: 10
opv, oral polio: 2
hepatitis b adult, hep b adult, hepb adult: 43
hepatitis a adult, hep a adult, hepa adult: 52
hepatitis a pediatric, hep a ped 2 dose, hep a pediatric: 83
hepatitis b pediatric, hep b adolescent pediatric, hep b pediatric, hepatitis b adolescent pediatric: 8
measles mumps rubella mmr: 3
tetanus diphtheria pertussis tdap, tetanus diphtheria pertussis adult: 115
td adult preservative: 113 139
pneumococcal 20 conjugate, pneumococcal conjugate 20, pcv20 pneumococcal conjugate: 216
pneumococcal 15 conjugate: 215
pneumococcal 13 conjugate: 133
pneumococcal polysaccharide 23: 33
rotavirus pentavalent: 116
rotavirus monovalent: 119
hib prp t: 48
hib prp omp: 49
typhoid oral: 25
hpv 9: 165
influenza quadrivalent, influenza quad, flu quadrivalent, flu quad: 150 158
influenza high dose, flu high dose: 135 197
meningococcal acwy, menacwy, mcv4, meningococcal conjugate: 108
men acwy: 108
""")  # noqa: E501 (a table is read line by line)
"""Bare names, by the code of CDC's table; a name that leaves the product open stands for the unspecified one."""

BRANDS: Mapping[str, tuple[str, ...]] = _brands("""
shingrix: 187
zostavax: 121
boostrix, adacel: 115
daptacel: 106
infanrix: 20
pediarix: 110
pentacel: 120
kinrix, quadracel: 130
vaxelis: 146
tenivac: 113
prevnar 13: 133
prevnar 20: 216
vaxneuvance: 215
capvaxive: 327
pneumovax 23, pneumovax: 33
gardasil 9: 165
cervarix: 118
heplisav b, heplisav: 189
prehevbrio: 220
engerix b, engerix, recombivax hb, recombivax: 8 43 45
havrix, vaqta: 52 83 85
twinrix: 104
varivax: 21
proquad: 94
m m r ii, mmr ii, mmrii, priorix: 3
menactra: 114
menveo: 136
menquadfi: 203
trumenba: 162
bexsero: 163
penbraya: 316
arexvy: 303
abrysvo: 305
mresvia: 326
rotateq: 116
rotarix: 119
ipol: 10
ixiaro: 134
vivotif: 25
typhim vi, typhim: 101
yf vax: 37
imovax: 18
rabavert: 176
pedvaxhib: 49
acthib, hiberix: 48
flumist: 111 149
fluzone high dose: 135 197
fluad: 168 205
flublok: 155 185
flucelvax: 153 171 186
afluria, fluarix, flulaval: 140 141 150 158
spikevax, moderna covid 19, covid 19 moderna: 207 221 227 228 229 230 311 312
comirnaty, pfizer covid 19, covid 19 pfizer, pfizer biontech covid 19, covid 19 pfizer biontech: 208 217 218 219 300 301 302 308 309 310
novavax covid 19, nuvaxovid: 211 313
jynneos: 206
vaxchora: 174
dengvaxia: 56
""")  # noqa: E501 (a table is read line by line)
"""Brands by the codes of their product (CDC, "CVX mapped to trade names"); one that has had several, by all of them."""
