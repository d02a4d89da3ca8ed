"""What people call health systems, and words of theirs in Spanish: what is looked for as well. A table, nothing more.

``typed, typed: name; name`` reads: who types one of the first may mean each of the second. Old names of systems that were
renamed or merged stand here where their lists do not have them.
"""

# ruff: noqa: E501 (tables are read line by line)

_NICKNAMES = """
chop: children's hospital of philadelphia
chla: children's hospital los angeles
choc: children's hospital of orange county; rady children's
chkd: children's hospital of the king's daughters
choa: children's healthcare of atlanta
lurie: ann and robert h lurie children's
rady: rady children's
cook childrens: cook children's health care
nation child, nationwide childrens: nationwide children's hospital
tch, texas childrens: texas children's
hup, penn, upenn: university of pennsylvania; penn medicine
mgh, mass general: massachusetts general hospital; mass general brigham
bwh, the brigham, brigham: brigham and women's; mass general brigham
partners healthcare, partners health care: mass general brigham
bidmc, beth israel: beth israel deaconess; beth israel lahey
bilh: beth israel lahey health
bmc: boston medical center
dana farber, dfci: dana farber cancer institute
dhmc, dartmouth: dartmouth hitchcock; dartmouth health
nyp, new york presbyterian, presby: newyork presbyterian; new york presbyterian
hss: hospital for special surgery
msk, mskcc, sloan kettering, memorial sloan: memorial sloan kettering
monte, montefiore: montefiore
lij, north shore lij, northshore lij: northwell
nychhc, nyc health, bellevue: nyc health and hospitals
nyu: nyu langone
urmc: university of rochester medical center
ecmc: erie county medical center
hopkins, jhu, jhh, jhmi: johns hopkins
umms: university of maryland medical system
ummc: university of mississippi medical center; university of maryland medical center
gbmc: greater baltimore medical center
gw, gwu: george washington university; gw medical
inova fairfax: inova
vcu, mcv, medical college of virginia, mcv hospital: vcu health
uva, university of virginia: university of virginia; uva health
evms: eastern virginia medical school
carolinas healthcare, carolinas healthcare system, chs charlotte, atrium: atrium health
vidant, vidant health, pitt county memorial: ecu health; vidant
wake forest baptist, baptist hospital winston salem: wake forest baptist; atrium health wake forest
ghs, greenville health, greenville health system, palmetto health: prisma health
musc: medical university of south carolina; musc health
uab: university of alabama at birmingham; uab medicine
vumc, vandy: vanderbilt university medical center; vanderbilt
grady: grady health
emory: emory healthcare
uf, shands, uf shands: university of florida; uf health; shands
florida hospital: adventhealth
usf: university of south florida; tampa general
jackson memorial: jackson health system
ut southwestern, utsw, ut southwestern medical center: university of texas southwestern medical center; ut southwestern
utmb: university of texas medical branch
ut health, ut houston, uthealth: university of texas health science center at houston; ut health
ut san antonio: university of texas health science center at san antonio
ut: university of texas; university of tennessee
md anderson, mda: university of texas md anderson cancer center; md anderson
bsw, baylor scott white, scott and white, baylor: baylor scott and white health; baylor
thr, texas health presbyterian, presbyterian dallas: texas health resources
jps: jps health network; john peter smith
ou, ou med, oumc: university of oklahoma; ou health; ou medicine
ouhsc: university of oklahoma health sciences center
uams: university of arkansas for medical sciences
lsu: louisiana state university; lsu health
oschner, oshner: ochsner
ku, ku med, kumed: university of kansas; university of kansas health system
unmc: university of nebraska medical center; nebraska medicine
mizzou, mu health: university of missouri
wash u, washu, wustl, washington u: washington university
barnes, barnes jewish, bjc, barnes jewish hospital: bjc and washington university; barnes jewish hospital
slu, slu hospital: saint louis university; ssm health
u of m, umich, u m, u of michigan, michigan medicine, u of m hospital: university of michigan; michigan medicine
spectrum, spectrum health, beaumont, corewell, corewell health: corewell; spectrum health; beaumont health
dmc: detroit medical center
iu, iu health: indiana university health; indiana university
osu, osu wexner, wexner: ohio state university wexner medical center; oregon state; oklahoma state university
uc health, uc medical: university of cincinnati; uc health
uh, uh cleveland: university hospitals
ccf, the clinic cleveland: cleveland clinic
metro cleveland: metrohealth
upmc: university of pittsburgh medical center; upmc
ahn, allegheny: allegheny health network
jefferson, tju: thomas jefferson university; jefferson health
lvhn: lehigh valley health network
rush: rush university medical center
uic, ui health: university of illinois
nm, northwestern: northwestern medicine; northwestern memorial
uchicago, u of c, u chicago: university of chicago
advocate, aurora, advocate aurora: advocate health; advocate aurora; aurora health
uw: university of washington; university of wisconsin; uw medicine; uw health
froedtert: froedtert
uihc, u of i, u iowa: university of iowa
u of minnesota, m health, umn: university of minnesota; fairview
hcmc, hennepin: hennepin healthcare; hennepin county medical center
park nicollet: healthpartners; park nicollet
uch, cu anschutz, university of colorado hospital: university of colorado; uchealth
u of u, university of utah, u utah: university of utah
ihc: intermountain healthcare
unm: university of new mexico
ua, u of a, banner university: university of arizona; banner university medical center; banner
ohsu: oregon health and science university
ucla: ucla
ucsf: ucsf
ucsd, uc san diego: university of california san diego; uc san diego
uci, uc irvine: university of california irvine; uc irvine
ucd, uc davis: university of california davis; uc davis
usc, keck: university of southern california; keck medicine
lpch, stanford childrens: stanford children's; lucile packard
sharp: sharp healthcare
pamf: palo alto medical foundation; sutter health
cpmc: california pacific medical center; sutter health
kp, kaiser: kaiser permanente
wvu, wvu medicine: west virginia university
hmc, penn state hershey, hershey: penn state health; milton s hershey medical center
rwj, rwjbh, robert wood johnson: rwjbarnabas; robert wood johnson
umdnj, rutgers: rutgers; university hospital new jersey
lifespan, brown university health, brown health: lifespan; brown university health
yale: yale new haven; yale medicine
uconn: university of connecticut
uvm, uvmmc: university of vermont
umass: university of massachusetts; umass memorial
mmc portland, maine med: maine medical center; mainehealth
bcbs, blue cross, blue shield, bcbs of, bcbst, blues: blue cross blue shield; blue cross and blue shield
cvs: cvs; minuteclinic
quest, quest labs: quest diagnostics
lab corp, labcorp: labcorp; laboratory corporation of america
va, va hospital, veterans, veterans hospital, va medical center: veterans affairs; department of veterans affairs
dod, tricare, military hospital: defense health agency; department of defense
ihs: indian health service
medicare, cms: centers for medicare and medicaid; medicare
united, uhc: unitedhealthcare
group health, group health cooperative: kaiser permanente washington
swedish: swedish health; providence
franciscan, virginia mason: virginia mason franciscan
scottsdale healthcare: honorhealth
presence, presence health, amita, alexian: ascension; amita health
northshore, edward elmhurst, endeavor: endeavor health; northshore university
centura, penrose: centura; commonspirit
scl, scl health, sisters of charity: scl health; intermountain health
wheaton franciscan, columbia st marys: ascension wisconsin
iowa health system, iowa methodist, meriter: unitypoint
healtheast: fairview; healtheast
alegent, alegent creighton, bergan: chi health
seton, dell seton: ascension seton
chw, catholic healthcare west: dignity health
crozer, chester crozer: crozer
abington, einstein, aria, kennedy health: jefferson health
lourdes, our lady of lourdes: virtua
meridian, jersey shore, hackensack: hackensack meridian
barnabas, st barnabas: rwjbarnabas
roosevelt, beth israel ny, continuum, mt sinai: mount sinai
health quest, western connecticut, danbury hospital, nuvance: nuvance
eastern maine, emmc, northern light: northern light
fletcher allen: university of vermont
caritas, caritas christi, st elizabeths: steward
wellmont, mountain states: ballad health
lee memorial, healthpark: lee health
clarian, methodist indianapolis, riley: indiana university health; riley hospital for children
wishard: eskenazi
st vincent indianapolis: ascension st vincent
sparrow: sparrow; university of michigan health
oakwood, botsford, royal oak: beaumont health
st joes, st joe, st joseph mercy: st joseph; trinity health
catholic health partners, mercy health: mercy health; bon secours mercy
ohio health, grant medical, riverside methodist: ohiohealth
memorial hermann, hermann: memorial hermann
pinnacle, pinnaclehealth: upmc pinnacle
st judes, st jude: st jude children's research hospital
shriners: shriners children's; shriners hospitals for children
cincinnati childrens, cchmc: cincinnati children's hospital medical center
seattle childrens: seattle children's hospital
boston childrens, bch: boston children's hospital
le bonheur: le bonheur children's
phoenix childrens, pch: phoenix children's hospital
primary childrens: intermountain; primary children's
planned parenthood, pp: planned parenthood
fqhc, community clinic: community health center
hca: hca healthcare
chi: commonspirit; catholic health initiatives
dignity: dignity health; commonspirit
"""

_SPANISH = """
hospital de ninos, hospital infantil, hospital para ninos, hospital pediatrico: children's hospital
ninos, infantil, pediatrico: children's
centro medico: medical center
centro de salud: health center
centro: center
clinica, consultorio: clinic
universidad, universitario, universitaria: university
salud: health
condado: county
corazon, cardiologia: heart
pulmon, pulmones: lung
ojo, ojos, vista: eye
mujer, mujeres: women's
pediatria, pediatra: pediatrics
piel, dermatologia, dermatologo: dermatology
hueso, huesos, ortopedia: orthopedic
rinon, rinones: kidney
dientes, dentista: dental
cerebro, neurologia: neurology
farmacia: pharmacy
laboratorio, laboratorios: laboratory
urgencias, emergencias, atencion urgente: urgent care
familia, familiar: family
medico, medica, medicos: medical
comunitario, comunitaria, comunidad: community
psiquiatria, salud mental: behavioral health
seguro, aseguradora: insurance
veteranos: veterans
filadelfia: philadelphia
nueva york: new york
nueva jersey: new jersey
carolina del norte: north carolina
carolina del sur: south carolina
pensilvania: pennsylvania
misuri: missouri
luisiana: louisiana
virginia occidental: west virginia
"""

REGIONS = {
    "long island": "NY",
    "bay area": "CA",
    "silicon valley": "CA",
    "orange county": "CA",
    "inland empire": "CA",
    "central valley": "CA",
    "twin cities": "MN",
    "dfw": "TX",
    "hill country": "TX",
    "south florida": "FL",
    "cape cod": "MA",
    "upper peninsula": "MI",
    "south jersey": "NJ",
    "north jersey": "NJ",
    "hudson valley": "NY",
    "upstate": "NY",
    "lehigh valley": "PA",
    "maui": "HI",
    "oahu": "HI",
    "la": "CA",
    "nyc": "NY",
    "bronx": "NY",
    "brooklyn": "NY",
    "queens": "NY",
    "manhattan": "NY",
    "philly": "PA",
    "vegas": "NV",
    "nola": "LA",
}
"""Parts of a state that are no town."""


def _table(text: str) -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        typed, _, names = line.partition(": ")
        for each in typed.split(", "):
            table[each] = tuple(names.split("; "))
    return table


NICKNAMES = _table(_NICKNAMES)
SPANISH = _table(_SPANISH)
