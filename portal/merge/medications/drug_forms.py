"""Forms, routes and releases of medicines as families, and units of strength. Explicit tables, reviewed as data."""

# ruff: noqa: E501 (tables are read line by line)

from collections.abc import Mapping
from decimal import Decimal

from portal.merge.words.text import synonyms, word_set

FORMS: Mapping[str, str] = synonyms("""
tableta masticable, tabletas masticables, comprimido masticable, masticable, chewable tablet, tablet chewable, chew tab, chewable, chewables, chew: chewable
disintegrating tablet, tablet disintegrating, orally disintegrating tablet, disintegrating, odt, tbdp, tableta dispersable, tabletas dispersables, comprimido bucodispersable, comprimidos bucodispersables: odt
tablet, tablets, tab, tabs, caplet, caplets, pill, pills, tablet s, filmtab, tableta, tabletas, comprimido, comprimidos, pastilla, pastillas, tabs, tb: tablet
inhalation capsule, inhl cap, inhl caps, inhalation cap, inhalation powder, powder for inhalation, powder inhalation, aerosol powder breath activated, blister with inhalation device, blister with device, inhaler, inhalers, hfa, diskus, handihaler, respimat, ellipta, inhub, aerosol inhaler, metered dose inhaler, inhl disk, inh aerosol, inhalation aerosol, aerosol, soft mist inhaler, soft mist, mist, redihaler, digihaler, twisthaler, flexhaler, breath activated, breath actuated, aerosol breath activated, aerosol breath actuated, dry powder inhaler, oral inhl, respiclick, inhl, inhalador, aers, aepb, aerosol solution, aerosol para inhalacion, inhaladores, polvo para inhalacion: inhaler
respules, neb, nebs, nebulizer solution, nebulizer, inhalation solution, inhl soln, inh soln, inhalation soln, inhalation suspension, solution for nebulization, neb solution, nebule, nebules, vial neb, nebulization, nebu, nebulization solution, solucion para nebulizar, solucion para nebulizacion, para nebulizar: nebule
capsule, capsules, cap, caps, softgel, softgels, gelcap, gelcaps, capsula, capsulas, cpsp: capsule
nasal spray, nasal inhl, nasal inhaler, metered dose nasal spray, metered dose spray, spray, sprays, aerosol nasal, spray nasal, rociador nasal: spray
gummy, gummies: gummy
lozenge, lozenges: lozenge
gum: gum
sl film, film: film
suspension for injection, solucion inyectable, suspension inyectable, inyectable, inyeccion, ampolla, ampollas, solution for injection, powder for injection, injectable solution, injectable suspension, injection, injectable, inj, subcutaneous solution, intramuscular solution, intravenous solution, intravenous solution reconstituted, injection solution reconstituted, intramuscular solution reconstituted, subcutaneous solution reconstituted, intramuscular oil, intramuscular powder for injection, chemo injection, vial, vials, infusion, ampule, ampoule, solr, solution reconstituted, vial inyectable, inyectables: injection
syringe, prefilled syringe, syringes, pf syringe, sosy, solution prefilled syringe, suspension prefilled syringe, jeringa precargada, jeringa, jeringas, pskt: syringe
auto injector, autoinjector, pen injector, pen, pens, kwikpen, flexpen, flextouch, solostar, sureclick, flexpro, pen kit, pluma, pluma precargada, sopn, soaj, suaj, solution pen injector, suspension pen injector, solution auto injector, autoinyector, plumas, pnkt, ajkt: pen
cartridge, soct, solution cartridge, cartucho: cartridge
solucion oral, solucion, oral solution, oral suspension, suspension for reconstitution, powder for suspension, suspension reconstituted, oral solution reconstituted, oral suspension reconstituted, powder for oral suspension, suspension recon, oral liquid, suspension oral, jarabe, suspension oral reconstituida, oral concentrate, oral syrup, solution, suspension, susp, syrup, elixir, liquid, soln, concentrate, concentrated solution, oral drops, drops, oil, susr, liqd, syrp, elix, conc soln, suspension for oral use, gotas: liquid
granule, granules, packet, packets, sobre, sobres, granulado: granules
powder, oral powder, polvo, powd: powder
vaginal cream, topical cream, cream, crema, crea: cream
topical ointment, ointment, oint, unguento, pomada, oint ophth: ointment
topical gel, transdermal gel, gel: gel
lotion, locion, lotn: lotion
shampoo, champu: shampoo
foam: foam
transdermal system, transdermal patch, daily patch, topical patch, patch, patches, transdermal film, parche, parches, ptch, parche transdermico, parches transdermicos: patch
vaginal insert, suppository, suppositories, supp, insert, supositorio, supositorios, ovulo, ovulos: suppository
enema: enema
ring, vaginal ring: ring
intrauterine device, intrauterine system, iud: iud
implant: implant
irrigation solution, irrigation: irrigation
tea: tea
""")
"""A form's words, as ``plain`` writes them, and its family. Longer names are looked for first."""

ROUTES: Mapping[str, str] = synonyms("""
oral, by mouth, mouth, orally, po, p o, por boca, via oral: mouth
sublingual, sublingually, under the tongue, under tongue, sl, debajo de la lengua: under the tongue
buccal, inside the cheek: cheek
ophthalmic, oph, into the eye, in the eye, eye, eyes, both eyes, each eye, ou, ophth, into both eyes, conjunctival, opht, oftalmico, oftalmica, oftalmicas: eye
otic, in the ear, into the ear, ear, ears, otico, otica, oticas: ear
nasal, intranasal, nostril, nostrils, in the nose, into each nostril, nose: nose
inhalation, inhale, inhaled, by breathing it in, nebulized, nebulizer, by nebulization, respiratory tract, nebulization, inh, respiratory, inhalado, inhalada, inhalatoria: lungs
topical, topically, to the skin, on the skin, transdermal, through the skin, skin, to skin, cutaneous, td, topico, topica, transdermico, transdermica: skin
rectal, rectally, rtl, pr: rectum
vaginal, vaginally: vagina
subcutaneous, subcutaneously, under the skin, subq, sq, sc, subcut, subcutaneo, subcutanea: under the skin
intramuscular, intramuscularly, into a muscle, into the muscle, im, intramuscularmente, thigh muscle, outer thigh, into the thigh, deltoid muscle, gluteal muscle: muscle
intravenous, intravenously, into a vein, into the vein, iv, intravenoso, intravenosa: vein
intrathecal: spine
feeding tube, g tube, ng tube, peg tube, via tube, per tube, gastrostomy, nasogastric, by tube, gt, g tubo, ngt, ng, gastrostomy tube, gastrostomia, sonda, peg, j tube, jt, jejunostomy, nasojejunal, enteral, via feeding tube: feeding tube
irrigation: irrigation
intrauterine: uterus
""")

FORM_ROUTES: Mapping[str, str] = {
    "tablet": "mouth", "capsule": "mouth", "chewable": "mouth", "odt": "mouth", "gummy": "mouth", "granules": "mouth",
    "inhaler": "lungs", "nebule": "lungs", "patch": "skin", "enema": "rectum",
}  # fmt: skip
"""Where a form goes when nothing says otherwise."""

RELEASES: Mapping[str, str] = {
    "extended": "er", "er": "er", "xr": "er", "xl": "er 24", "sr": "er 12", "cr": "er", "cd": "er 24", "la": "er 24", "sa": "er",
    "sustained": "er", "controlled": "er", "24hr": "er 24", "12hr": "er 12", "xt": "er 24", "prolonged": "er",
    "liberacion prolongada": "er", "liberacion sostenida": "er", "liberacion extendida": "er", "liberacion controlada": "er",
    "liberacion retardada": "dr", "delayed": "dr", "dr": "dr", "ec": "dr", "enteric": "dr", "en": "dr",
}  # fmt: skip
SOLIDS = frozenset({"tablet", "capsule", "chewable", "odt", "granules", "liquid", "injection", ""})
"""Forms in which a release makes another product; of patches and the like it is part of what they are."""

FILLERS = word_set("""
de 72hr 84hr 96hr 168hr release ir immediate coated film of for oral product pack usp per mouth a the dose doses each in and with hour hours total
brand generic otc compounded adult children childrens infant infants extra strength maximum relief pain arthritis
allergy conc concentrated crush resistant abuse deterrent insulin100 u100 low human preservative free pf cfc f conventional original ref 2 pak kit
200d action acting long particles pellets beads osm osmotic mod gastric retention retentive
""")
"""Words around a medicine that say nothing of which one it is."""
BEFORE_A_LETTER = word_set("""
vitamin vitamins vitamina vitaminas hepatitis influenza protein coenzyme factor toxin type tipo group grupo
""")
"""Words behind which "a" is a letter of the name: "hepatitis A vaccine"."""

WEAR: Mapping[str, str] = {
    "twice weekly": "twice a week", "twice-weekly": "twice a week", "weekly": "weekly", "3 month": "3 months",
    "4 month": "4 months", "6 month": "6 months", "monthly": "monthly", "biweekly": "twice a week",
    "semanal": "weekly", "mensual": "monthly",
}  # fmt: skip

UNITS: Mapping[str, str] = {
    "mg": "mg", "mgs": "mg", "mcg": "mcg", "ug": "mcg", "g": "g", "gm": "g", "gms": "g", "gram": "g", "grams": "g",
    "meq": "meq", "mmol": "mmol", "unt": "unt", "unit": "unt", "units": "unt", "unidades": "unt", "unidad": "unt", "ui": "unt", "iu": "unt", "u": "unt", "ut": "unt", "ml": "ml",
    "%": "%", "actuat": "actuat", "bau": "bau", "sq hdm": "sq", "sq-hdm": "sq", "million units": "mu", "billion": "billion",
}  # fmt: skip
PER: Mapping[str, str] = {
    "ml": "ml", "mg": "mg", "g": "g", "gm": "g", "gram": "g", "hr": "hr", "h": "hr", "hour": "hr", "hours": "hr",
    "actuation": "dose", "actuat": "dose", "act": "dose", "inhalacion": "dose", "disparo": "dose", "puff": "dose", "scoop": "dose", "capful": "dose", "inh": "dose", "dose": "dose", "spray": "dose", "l": "l",
    "day": "day",
}  # fmt: skip
MASS: Mapping[str, Decimal] = {"mcg": Decimal(1), "mg": Decimal(1000), "g": Decimal(1_000_000)}
