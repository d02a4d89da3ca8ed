"""Brands as what is in them: an explicit table, reviewed as data."""

from collections.abc import Mapping

from portal.merge.medications.drug_brands_more import MORE_BRANDS
from portal.merge.words.text import synonyms

BRANDS: Mapping[str, str] = MORE_BRANDS | synonyms("""
glucophage: metformin #tablet
riomet: metformin #liquid
glucophage xr, fortamet, glumetza: metformin @er
prinivil, zestril: lisinopril #tablet
qbrelis: lisinopril #liquid
zestoretic, prinzide: lisinopril + hydrochlorothiazide
vasotec: enalapril
lotensin: benazepril
lotensin hct: benazepril + hydrochlorothiazide
altace: ramipril
accupril: quinapril
lipitor: atorvastatin
caduet: amlodipine + atorvastatin
zocor: simvastatin
vytorin: ezetimibe + simvastatin
zetia: ezetimibe
crestor: rosuvastatin
pravachol: pravastatin
mevacor: lovastatin
livalo: pitavastatin
norvasc: amlodipine
lotrel: amlodipine + benazepril
exforge: amlodipine + valsartan
azor: amlodipine + olmesartan
tribenzor: amlodipine + hydrochlorothiazide + olmesartan
cozaar: losartan
hyzaar: losartan + hydrochlorothiazide
diovan: valsartan
diovan hct: valsartan + hydrochlorothiazide
benicar: olmesartan
benicar hct: olmesartan + hydrochlorothiazide
micardis: telmisartan
avapro: irbesartan
avalide: irbesartan + hydrochlorothiazide
atacand: candesartan
entresto: sacubitril + valsartan
lasix: furosemide
bumex: bumetanide
demadex, soaanz: torsemide
aldactone: spironolactone
aldactazide: spironolactone + hydrochlorothiazide
inspra: eplerenone
maxzide: triamterene + hydrochlorothiazide #tablet
dyazide: triamterene + hydrochlorothiazide #capsule
toprol xl, toprol: metoprolol succinate @er #tablet
lopressor: metoprolol tartrate
tenormin: atenolol
tenoretic: atenolol + chlorthalidone
coreg: carvedilol
coreg cr: carvedilol @er
bystolic: nebivolol
zebeta: bisoprolol
ziac: bisoprolol + hydrochlorothiazide
inderal: propranolol
inderal la: propranolol @er
cardizem: diltiazem
cardizem cd, cartia xt, tiazac: diltiazem @er #capsule
cardizem la: diltiazem @er #tablet
calan: verapamil
calan sr: verapamil @er #tablet
verelan: verapamil @er #capsule
procardia: nifedipine
procardia xl, adalat cc: nifedipine @er
catapres: clonidine
lanoxin: digoxin
cordarone, pacerone: amiodarone
multaq: dronedarone
ranexa: ranolazine @er
imdur: isosorbide mononitrate @er
nitrostat: nitroglycerin
synthroid, levoxyl, unithroid, euthyrox, levo t: levothyroxine #tablet
tirosint: levothyroxine #capsule
tirosint sol: levothyroxine #liquid
cytomel: liothyronine
armour thyroid, np thyroid, thyroid desiccated: thyroid
coumadin, jantoven: warfarin
eliquis: apixaban
xarelto: rivaroxaban
pradaxa: dabigatran
savaysa: edoxaban
plavix: clopidogrel
brilinta: ticagrelor
effient: prasugrel
lovenox: enoxaparin
fragmin: dalteparin
ventolin hfa, proair hfa, proventil hfa, ventolin, proair, proventil, proair respiclick, proair digihaler: albuterol
xopenex: levalbuterol
flovent, flovent hfa, flovent diskus: fluticasone propionate
flonase, flonase allergy relief: fluticasone propionate #spray
advair, advair diskus, advair hfa, wixela, wixela inhub: fluticasone propionate + salmeterol
breo ellipta, breo: fluticasone furoate + vilanterol
trelegy ellipta, trelegy: fluticasone furoate + umeclidinium + vilanterol
symbicort, breyna: budesonide + formoterol
dulera: mometasone + formoterol
pulmicort, pulmicort flexhaler, pulmicort respules: budesonide
spiriva handihaler, spiriva, spiriva respimat: tiotropium #inhaler
combivent respimat, combivent: ipratropium + albuterol #inhaler
duoneb: ipratropium + albuterol #nebule
atrovent: ipratropium
singulair: montelukast
tylenol extra strength, tylenol regular strength: acetaminophen
tylenol pm, tylenol pm extra strength: acetaminophen + diphenhydramine
tylenol with codeine, tylenol codeine: acetaminophen + codeine
advil, motrin, motrin ib: ibuprofen
aleve: naproxen sodium
naprosyn, anaprox: naproxen
ec naprosyn: naproxen @dr
celebrex: celecoxib
mobic: meloxicam
toradol: ketorolac
voltaren, voltaren arthritis pain: diclofenac sodium
cataflam: diclofenac potassium
bayer: aspirin
lidoderm, ztlido: lidocaine #patch
ecotrin, ecotrin low strength: aspirin @dr
excedrin migraine, excedrin extra strength: acetaminophen + aspirin + caffeine
excedrin pm: acetaminophen + diphenhydramine citrate
fioricet: butalbital + acetaminophen + caffeine
fiorinal: butalbital + aspirin + caffeine
norco, vicodin, lortab, lorcet: hydrocodone + acetaminophen
percocet, endocet, roxicet: oxycodone + acetaminophen
oxycontin: oxycodone @er
roxicodone, oxaydo: oxycodone #tablet
dilaudid: hydromorphone
ms contin: morphine @er #tablet
ultram: tramadol
ultracet: tramadol + acetaminophen
nucynta: tapentadol
opana: oxymorphone
duragesic: fentanyl
butrans: buprenorphine #patch
subutex: buprenorphine
suboxone, zubsolv: buprenorphine + naloxone
narcan: naloxone #spray
vivitrol: naltrexone #injection
revia: naltrexone
prilosec: omeprazole
prilosec otc: omeprazole @dr
nexium: esomeprazole
protonix: pantoprazole @dr
prevacid: lansoprazole
aciphex: rabeprazole
dexilant: dexlansoprazole
pepcid, pepcid ac: famotidine
zantac: ranitidine
carafate: sucralfate
reglan: metoclopramide
zofran: ondansetron
zofran odt: ondansetron #odt
miralax, glycolax: polyethylene glycol
colace: docusate
senokot: senna
dulcolax: bisacodyl
canasa: mesalamine #suppository
rowasa: mesalamine #enema
pentasa, apriso: mesalamine @er
azulfidine: sulfasalazine
azulfidine en: sulfasalazine @dr
zoloft: sertraline
lexapro: escitalopram
celexa: citalopram
prozac, sarafem: fluoxetine
paxil: paroxetine
paxil cr: paroxetine @er
effexor: venlafaxine
effexor xr: venlafaxine @er
pristiq: desvenlafaxine @er
cymbalta: duloxetine
wellbutrin: bupropion
wellbutrin sr, zyban: bupropion @er 12
wellbutrin xl: bupropion @er 24
remeron: mirtazapine
desyrel: trazodone
buspar: buspirone
xanax: alprazolam
xanax xr: alprazolam @er
ativan: lorazepam
klonopin: clonazepam
valium: diazepam
ambien: zolpidem
ambien cr: zolpidem @er
lunesta: eszopiclone
abilify: aripiprazole
abilify maintena: aripiprazole #injection @er
aristada: aripiprazole lauroxil #injection
invega: paliperidone @er
invega sustenna, invega trinza, invega hafyera: paliperidone palmitate #injection
risperdal: risperidone
risperdal consta: risperidone #injection
zyprexa: olanzapine
seroquel: quetiapine
seroquel xr: quetiapine @er
geodon: ziprasidone
latuda: lurasidone
haldol: haloperidol
lithobid: lithium carbonate @er
depakote: divalproex
depakote er: divalproex @er
lamictal: lamotrigine
keppra: levetiracetam
keppra xr: levetiracetam @er
topamax: topiramate
neurontin: gabapentin
gralise: gabapentin @er 24 #tablet
lyrica: pregabalin
tegretol: carbamazepine
tegretol xr: carbamazepine @er
trileptal: oxcarbazepine
dilantin: phenytoin
sinemet: carbidopa + levodopa
sinemet cr: carbidopa + levodopa @er
requip: ropinirole
mirapex: pramipexole
aricept: donepezil
namenda: memantine
namenda xr: memantine @er
exelon: rivastigmine
imitrex: sumatriptan
maxalt: rizatriptan
concerta, ritalin la, metadate cd: methylphenidate @er
ritalin: methylphenidate
adderall: amphetamine salts
adderall xr: amphetamine salts @er
vyvanse: lisdexamfetamine
strattera: atomoxetine
flexeril: cyclobenzaprine
zanaflex: tizanidine
lioresal: baclofen
soma: carisoprodol
robaxin: methocarbamol
amoxil: amoxicillin
augmentin: amoxicillin + clavulanate
augmentin xr: amoxicillin + clavulanate @er
zithromax, z pak, zpak: azithromycin
keflex: cephalexin
ceftin: cefuroxime
omnicef: cefdinir
cipro: ciprofloxacin
levaquin: levofloxacin
bactrim, septra, bactrim ds, septra ds, cotrimoxazole, co trimoxazole: sulfamethoxazole + trimethoprim
macrobid: nitrofurantoin macro mono
vibramycin: doxycycline
flagyl: metronidazole
cleocin: clindamycin
unasyn: ampicillin + sulbactam
zosyn: piperacillin + tazobactam
rocephin: ceftriaxone
diflucan: fluconazole
valtrex: valacyclovir
zovirax: acyclovir
tamiflu: oseltamivir
paxlovid: nirmatrelvir + ritonavir
plaquenil: hydroxychloroquine
bicillin l a, bicillin la: penicillin g benzathine #injection
deltasone: prednisone
rayos: prednisone @dr
medrol: methylprednisolone
pred forte: prednisolone acetate
flomax: tamsulosin
proscar, propecia: finasteride
avodart: dutasteride
jalyn: dutasteride + tamsulosin
viagra, revatio: sildenafil
cialis, adcirca: tadalafil
ditropan: oxybutynin
ditropan xl: oxybutynin @er
detrol: tolterodine
detrol la: tolterodine @er
vesicare: solifenacin
myrbetriq: mirabegron @er
jardiance: empagliflozin
farxiga: dapagliflozin
invokana: canagliflozin
synjardy: empagliflozin + metformin
glyxambi: empagliflozin + linagliptin
xigduo xr: dapagliflozin + metformin @er
januvia: sitagliptin
janumet: sitagliptin + metformin
tradjenta: linagliptin
actos: pioglitazone
amaryl: glimepiride
glucotrol: glipizide
glucotrol xl: glipizide @er
ozempic, wegovy: semaglutide #pen
rybelsus: semaglutide #tablet
trulicity: dulaglutide #pen
victoza, saxenda: liraglutide #pen
mounjaro, zepbound: tirzepatide #pen
byetta: exenatide #pen
lantus: insulin glargine
lantus solostar, basaglar, basaglar kwikpen: insulin glargine #pen
toujeo, toujeo solostar, toujeo max solostar: insulin glargine #pen 300
soliqua: insulin glargine + lixisenatide #pen
levemir: insulin detemir
levemir flexpen, levemir flextouch: insulin detemir #pen
tresiba: insulin degludec
tresiba flextouch: insulin degludec #pen
humalog: insulin lispro
humalog kwikpen: insulin lispro #pen
admelog: insulin lispro
humalog mix: insulin lispro protamine + insulin lispro
novolog, fiasp: insulin aspart
novolog flexpen: insulin aspart #pen
novolog mix: insulin aspart protamine + insulin aspart
apidra: insulin glulisine
humulin r, novolin r: insulin regular
humulin n, novolin n: insulin nph
humulin, novolin: insulin human
humira: adalimumab
enbrel: etanercept
remicade: infliximab
dupixent: dupilumab
stelara: ustekinumab
cosentyx: secukinumab
procrit, epogen, retacrit: epoetin alfa
aranesp: darbepoetin alfa
neupogen: filgrastim
zarxio: filgrastim sndz
neulasta: pegfilgrastim
herceptin: trastuzumab
kanjinti: trastuzumab anns
kadcyla: ado trastuzumab emtansine
inflectra: infliximab dyyb
hadlima: adalimumab bwwd
semglee: insulin glargine yfgn
prolia, xgeva: denosumab
fosamax: alendronate
actonel: risedronate
boniva: ibandronate
evista: raloxifene
premarin: conjugated estrogens
estrace: estradiol
vivelle dot, climara, minivelle: estradiol #patch
provera: medroxyprogesterone
depo provera: medroxyprogesterone #injection
prometrium: progesterone
endometrin: progesterone
mirena, kyleena, skyla, liletta: levonorgestrel #iud
plan b, plan b one step: levonorgestrel
nexplanon: etonogestrel #implant
lupron depot, lupron, eligard: leuprolide
zyloprim: allopurinol
colcrys: colchicine #tablet
mitigare: colchicine #capsule
uloric: febuxostat
xalatan: latanoprost
cosopt: dorzolamide + timolol
combigan: brimonidine + timolol
alphagan, alphagan p: brimonidine
timoptic: timolol
restasis: cyclosporine
lotrimin: clotrimazole
lotrimin ultra: butenafine
bactroban: mupirocin
kenalog: triamcinolone
claritin: loratadine
claritin d: loratadine + pseudoephedrine
zyrtec: cetirizine
allegra: fexofenadine
benadryl: diphenhydramine
sudafed: pseudoephedrine
sudafed pe: phenylephrine
mucinex: guaifenesin @er
mucinex d: guaifenesin + pseudoephedrine @er
mucinex dm: guaifenesin + dextromethorphan @er
robitussin: guaifenesin
robitussin dm: guaifenesin + dextromethorphan
epipen, epipen jr, auvi q: epinephrine #pen
otrexup, rasuvo: methotrexate #pen
imuran: azathioprine
cellcept: mycophenolate mofetil
myfortic: mycophenolic acid @dr
prograf: tacrolimus
lovaza: omega 3 acid ethyl esters
epidiolex: cannabidiol
grastek: timothy grass pollen
ragwitek: short ragweed pollen
odactra: house dust mite
palforzia: peanut allergen
neosporin: neomycin + polymyxin + bacitracin
gleevec: imatinib
""")
"""A brand as its ingredients, ``+`` between them; ``#form``, ``@release hours`` and a concentration that it implies."""


def ingredients_of(meaning: str) -> list[str]:
    """Return what is in a brand, from its line in such a table, without form, release and concentration."""
    return [part.strip() for part in meaning.partition("@")[0].partition("#")[0].split("+")]
