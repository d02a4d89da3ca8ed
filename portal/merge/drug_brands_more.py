"""Further brands as what is in them, in the form of ``portal.merge.drug_brands``, reviewed as data."""

from portal.merge.text import synonyms

MORE_BRANDS = synonyms("""
microzide, hydrodiuril, oretic: hydrochlorothiazide
tapazole: methimazole
phenergan: promethazine
compazine: prochlorperazine
linzess: linaclotide
bentyl: dicyclomine
levsin: hyoscyamine
anoro, anoro ellipta: umeclidinium + vilanterol #inhaler
stiolto, stiolto respimat: tiotropium + olodaterol #inhaler
incruse, incruse ellipta: umeclidinium #inhaler
qvar, qvar redihaler: beclomethasone #inhaler
asmanex: mometasone #inhaler
arnuity, arnuity ellipta: fluticasone furoate #inhaler
xyzal: levocetirizine
nasonex: mometasone #spray
nasacort: triamcinolone #spray
rhinocort: budesonide #spray
trintellix: vortioxetine
viibryd: vilazodone
elavil: amitriptyline
pamelor: nortriptyline
restoril: temazepam
belsomra: suvorexant
rexulti: brexpiprazole
vraylar: cariprazine
vimpat: lacosamide
zonegran: zonisamide
focalin: dexmethylphenidate
focalin xr: dexmethylphenidate @er
intuniv: guanfacine @er
provigil: modafinil
nuvigil: armodafinil
skelaxin: metaxalone
relafen: nabumetone
zomig: zolmitriptan
nurtec, nurtec odt: rimegepant
ubrelvy: ubrogepant
aimovig: erenumab
emgality: galcanezumab
ajovy: fremanezumab
reclast: zoledronic acid
levitra: vardenafil
toviaz: fesoterodine @er
prempro: conjugated estrogens + medroxyprogesterone
yaz, nikki, loryna, gianvi, vestura: drospirenone + ethinyl estradiol
yasmin, ocella, syeda, zarah: drospirenone + ethinyl estradiol
sprintec, previfem, mili, estarylla: norgestimate + ethinyl estradiol
junel, microgestin, larin: norethindrone + ethinyl estradiol
aviane, lutera, levora, vienva, sronyx, kurvelo: levonorgestrel + ethinyl estradiol
camila, errin, heather, nora be, jolivette: norethindrone
androgel, testim: testosterone #gel
biaxin: clarithromycin
avelox: moxifloxacin
doryx: doxycycline @dr
minocin: minocycline
nizoral: ketoconazole
lamisil: terbinafine
famvir: famciclovir
taltz: ixekizumab
skyrizi: risankizumab
xeljanz: tofacitinib
xeljanz xr: tofacitinib @er
rinvoq: upadacitinib @er
otezla: apremilast
trexall: methotrexate
arava: leflunomide
decadron: dexamethasone
azilect: rasagiline
cogentin: benztropine
lumigan: bimatoprost
travatan z, travatan: travoprost
xiidra: lifitegrast
patanol, pataday: olopatadine
drisdol: ergocalciferol
arimidex: anastrozole
femara: letrozole
aromasin: exemestane
nolvadex: tamoxifen
corlanor: ivabradine
betapace: sotalol
rythmol: propafenone
tambocor: flecainide
plendil: felodipine @er
minipress: prazosin
cardura: doxazosin
apresoline: hydralazine
biktarvy: bictegravir + emtricitabine + tenofovir alafenamide
descovy: emtricitabine + tenofovir alafenamide
truvada: emtricitabine + tenofovir disoproxil
tivicay: dolutegravir
triumeq: abacavir + dolutegravir + lamivudine
isentress: raltegravir
prezista: darunavir
norvir: ritonavir
tmp smx: trimethoprim + sulfamethoxazole
smx tmp, smz tmp: sulfamethoxazole + trimethoprim
""")
