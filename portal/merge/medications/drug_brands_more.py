"""Further brands as what is in them, in the form of ``portal.merge.medications.drug_brands``, reviewed as data."""

from portal.merge.words.text import synonyms

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
airduo, airduo respiclick, airduo digihaler: fluticasone propionate + salmeterol
asmanex, asmanex hfa, asmanex twisthaler: mometasone #inhaler
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
cortef: hydrocortisone
solu cortef: hydrocortisone sodium succinate #injection
depo medrol: methylprednisolone acetate #injection
solu medrol: methylprednisolone sodium succinate #injection
imodium, imodium a d, imodium ad, imodium a d caplets: loperamide
lomotil: diphenoxylate + atropine
briviact: brivaracetam
sonata: zaleplon
clozaril: clozapine
razadyne: galantamine
bydureon, bydureon bcise: exenatide #pen
repatha, repatha sureclick: evolocumab
praluent: alirocumab
tricor: fenofibrate
lopid: gemfibrozil
vascepa: icosapent ethyl
niaspan: niacin @er
welchol: colesevelam
thalitone: chlorthalidone
diuril: chlorothiazide
isordil: isosorbide dinitrate
tikosyn: dofetilide
arixtra: fondaparinux
amitiza: lubiprostone
movantik: naloxegol
xifaxan: rifaximin
asacol, asacol hd, lialda, delzicol: mesalamine @dr
rapamune: sirolimus
astelin, astepro: azelastine #spray
serevent, serevent diskus: salmeterol #inhaler
vancocin: vancomycin
zyvox: linezolid
genvoya: elvitegravir + cobicistat + emtricitabine + tenofovir alafenamide
epclusa: sofosbuvir + velpatasvir
harvoni: ledipasvir + sofosbuvir
mavyret: glecaprevir + pibrentasvir
forteo: teriparatide
uroxatral: alfuzosin @er
rapaflo: silodosin
relpax: eletriptan
azopt: brinzolamide
trusopt: dorzolamide
pred mild: prednisolone acetate
ciprodex: ciprofloxacin + dexamethasone
vagifem, yuvafem: estradiol
loestrin: norethindrone + ethinyl estradiol
zytiga: abiraterone
xtandi: enzalutamide
ibrance: palbociclib
revlimid: lenalidomide
venofer: iron sucrose
feosol: ferrous sulfate
slow fe: ferrous sulfate @er
dutoprol: metoprolol succinate + hydrochlorothiazide @er #tablet
klor con, k dur, micro k, k tab: potassium chloride @er
caltrate, os cal: calcium carbonate
citracal: calcium citrate
baqsimi: glucagon
chantix: varenicline
antabuse: disulfiram
campral: acamprosate @dr
transderm scop: scopolamine #patch
antivert: meclizine
marinol: dronabinol
megace: megestrol
periactin: cyproheptadine
duricef: cefadroxil
pyridium, azo: phenazopyridine
urecholine: bethanechol
artane: trihexyphenidyl
symmetrel: amantadine
lodine: etodolac
feldene: piroxicam
daypro: oxaprozin
indocin: indomethacin
arthrotec: diclofenac + misoprostol
rheumatrex: methotrexate
bidil: isosorbide dinitrate + hydralazine
mydayis: amphetamine salts @er
simponi: golimumab
actemra: tocilizumab
orencia: abatacept
kineret: anakinra
xolair: omalizumab
nucala: mepolizumab
fasenra: benralizumab
eucrisa: crisaborole
elidel: pimecrolimus
protopic: tacrolimus #ointment
temovate: clobetasol
lidex: fluocinonide
elocon: mometasone
cutivate: fluticasone
retin a: tretinoin
differin: adapalene
accutane, absorica, claravis, amnesteem: isotretinoin
silvadene: silver sulfadiazine
nystop: nystatin
hydrea, droxia: hydroxyurea
purixan: mercaptopurine #liquid
purinethol: mercaptopurine #tablet
xeloda: capecitabine
temodar: temozolomide
kayexalate: sodium polystyrene sulfonate
renvela: sevelamer carbonate
phoslo: calcium acetate
fosrenol: lanthanum
sensipar: cinacalcet
rocaltrol: calcitriol
zemplar: paricalcitol
florinef: fludrocortisone
ddavp: desmopressin
dostinex: cabergoline
parlodel: bromocriptine
sandostatin: octreotide
zoladex: goserelin
firmagon: degarelix
advil pm, motrin pm: ibuprofen + diphenhydramine
tylenol pm: acetaminophen + diphenhydramine
aleve pm: naproxen sodium + diphenhydramine
advil cold sinus, advil cold and sinus: ibuprofen + pseudoephedrine
excedrin: acetaminophen + aspirin + caffeine
robitussin dm: guaifenesin + dextromethorphan
allegra d: fexofenadine + pseudoephedrine @er
zyrtec d: cetirizine + pseudoephedrine @er
zzzquil, unisom sleepgels: diphenhydramine
depo testosterone: testosterone cypionate #injection
lotrimin af: clotrimazole
""")
