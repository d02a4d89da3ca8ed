"""What a conclusion names of which only one can hold: kinds that exclude each other, and organisms that grew.

A line of ``EXCLUSIVE`` is one question, "answer:word,word;answer:word". An organism names another one's absence no more
than a diagnosis does; two reports of which each names only one that the other does not are of different findings.
"""

# ruff: noqa: E501 (tables are read line by line)

from collections.abc import Mapping

from portal.merge.words.text import synonyms

EXCLUSIVE: tuple[Mapping[str, str], ...] = tuple(
    {name.strip(): kind for kind, listed in (part.split(":") for part in line.split(";")) for name in listed.split(",")}
    for line in """
partial:partial thickness,partial tear,partially torn,partial;full:full thickness,complete tear,complete
low:low probability,low risk,low grade;middle:intermediate probability,intermediate risk,intermediate grade;high:high probability,high risk,high grade
front:anterior placenta,placenta anterior;back:posterior placenta,placenta posterior
in front:anterior;behind:posterior
inner:medial collateral ligament;outer:lateral collateral ligament
well:well differentiated;fairly:moderately differentiated;poorly:poorly differentiated
none:no intraepithelial;undetermined:ascus;low:lsil;high:hsil
tubular:tubular;villous:villous;both:tubulovillous;serrated:serrated;hyperplastic:hyperplastic
benign:benign;malignant:malignant,malignancy
reduced:reduced,decreased;preserved:preserved
cephalic:cephalic,vertex;breech:breech;transverse:transverse lie
in situ:in situ;invasive:invasive,infiltrating
small cell:small cell;other:non small cell,nonsmall cell
open:patent;closed:occluded
susceptible:susceptible,sensitive;resistant:resistant
male:male;female:female
in:intrauterine pregnancy,intrauterine gestation;out:ectopic pregnancy,ectopic
one:singleton;two:twin,twins
one:monochorionic;two:dichorionic
open:open fracture,compound fracture;closed:closed fracture
loose:reducible;caught:incarcerated,strangulated
gone:in remission,complete response;back:recurrence,recurrent,relapse,progressive disease
viral:viral;bacterial:bacterial
wild:wild type;changed:mutated,mutant,mutation detected,mutation positive
stable:microsatellite stable,mss;unstable:msi high,msi h,microsatellite instability high
proficient:proficient,pmmr;deficient:deficient,dmmr
single:heterozygous;double:homozygous
front:typea dissection,typea aortic,stanford typea;back:typeb dissection,typeb aortic,stanford typeb
ischemic:ischemic;hemorrhagic:hemorrhagic
slow:bradycardia;fast:tachycardia
obstructive:obstructive defect,obstructive pattern,obstructive ventilatory;restrictive:restrictive defect,restrictive pattern,restrictive ventilatory
reversible:reversible;fixed:fixed
nerve:sensorineural;conduction:conductive
transudate:transudate,transudative;exudate:exudate,exudative
up:st elevation;down:st depression
upper:upper extremity;lower:lower extremity
papillary:papillary;follicular:follicular;medullary:medullary;anaplastic:anaplastic
follicular:follicular lymphoma;diffuse:diffuse large;mantle:mantle cell;hodgkin:hodgkin
ductal:ductal;lobular:lobular
simple:simple cyst;complex:complex cyst,complicated cyst
""".strip().splitlines()
)
"""Words of which only one can hold."""

ORGANISMS: Mapping[str, str] = synonyms("""
staphylococcus aureus, staph aureus, s aureus, estafilococo aureus: staphylococcus aureus
coagulase negative staph*, coag negative staph*, staphylococcus epidermidis, s epidermidis: coagulase negative staphylococcus
escherichia*, e coli: escherichia coli
klebsiella*: klebsiella
pseudomonas*, p aeruginosa: pseudomonas
proteus*, p mirabilis: proteus
enterobacter, enterobacter cloacae, e cloacae: enterobacter
enterococcus*, e faecalis, e faecium, enterococci: enterococcus
acinetobacter*: acinetobacter
serratia*: serratia
citrobacter*: citrobacter
group a strep*, streptococcus pyogenes, s pyogenes: streptococcus pyogenes
group b strep*, gbs, streptococcus agalactiae, s agalactiae: streptococcus agalactiae
streptococcus pneumoniae, strep pneumoniae, s pneumoniae, pneumococc*: pneumococcus
haemophilus*, hemophilus*, h influenzae: haemophilus
moraxella*: moraxella
neisseria gonorrh*, n gonorrh*, gonococc*: gonococcus
neisseria meningitidis, n meningitidis, meningococc*: meningococcus
salmonella*: salmonella
shigella*: shigella
campylobacter*: campylobacter
clostridioides*, clostridium difficile, c difficile, c diff: clostridioides difficile
bacteroides*: bacteroides
candida*: candida
aspergillus*: aspergillus
mycobacterium tuberculosis, m tuberculosis, mtb: tuberculosis
mycobacterium avium*, m avium: mycobacterium avium
legionella*: legionella
""")
"""Organisms, by the names under which laboratories report them."""
