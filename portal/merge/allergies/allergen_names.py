"""Allergens: other names of one substance, codes of substances and findings. Explicit tables."""

# ruff: noqa: E501 (tables are read line by line)

from collections.abc import Mapping

from portal.merge.words.text import synonyms, word_set

ALLERGENS: Mapping[str, str] = synonyms("""
pcn, penicillins, penicilin, pencillin, penicillin, penicillins class: penicillin
amoxicilin, amoxacillin, amoxicillin: amoxicillin
ibuprofin, ibuprophen: ibuprofen
codiene: codeine
sulfa, sulfa drugs, sulfa antibiotics, sulfonamides, sulfonamide antibiotics, sulfa sulfonamide antibiotics, sulphonamides, sulfonamide, sulfas: sulfonamide antibiotics
asa, aspirin, acetylsalicylic acid: aspirin
nsaids, nsaid, nonsteroidal anti inflammatory drugs, non steroidal anti inflammatory drugs, nonsteroidal antiinflammatory drugs, nonsteroidal anti inflammatory agents: nsaids
statins, hmg coa reductase inhibitors, statins hmg coa reductase inhibitors: statins
ace inhibitors, angiotensin converting enzyme inhibitors, acei: ace inhibitors
cephalosporins, cephalosporin: cephalosporins
quinolones, fluoroquinolones: fluoroquinolones
opioids, narcotics, opiates, opioid analgesics: opioids
iodinated contrast media, contrast media iodinated, iodinated contrast, contrast dye iodinated, iv contrast iodinated, iv contrast dye iodinated, iv dye iodinated, iodine contrast: iodinated contrast
contrast dye, contrast media, iv contrast, ct contrast: contrast
peanuts, peanut: peanut
tree nuts, tree nut, treenuts: tree nuts
eggs, egg, hen egg, egg edible, edible egg: egg
milk, cows milk, cow milk, dairy milk: milk
shellfish, shell fish: shellfish
soy, soya, soybean, soybeans: soy
sesame seed, sesame seeds, sesame: sesame
sunflower seed, sunflower seeds: sunflower seed
poppy seed, poppy seeds: poppy seed
mustard seed, mustard seeds, mustard: mustard
wheat: wheat
strawberries, strawberry: strawberry
kiwi, kiwi fruit, kiwifruit: kiwi
shrimps, shrimp, prawns: shrimp
bee stings, bee sting, bee venom, honey bee venom, bees: bee venom
wasp stings, wasp sting, wasp venom, wasps: wasp venom
latex, natural rubber latex, latex natural rubber, natural rubber: latex
adhesive tape, tape, adhesive, surgical tape, medical tape: adhesive tape
cat, cats, cat dander, cat hair, cat dander extract: cat dander
dog, dogs, dog dander, dog hair: dog dander
mold, molds, mould: mold
dust, house dust: dust
dust mites, dust mite, house dust mite, house dust mites: dust mite
pollen: pollen
grass, grass pollen, grasses: grass pollen
ragweed, ragweed pollen: ragweed pollen
sulfites, sulfite: sulfite
nickel: nickel
sulfameth trimeth, smz tmp, smx tmp, tmp smx, bactrim, bactrim ds, septra, sulfamethoxazole trimethoprim, sulfamethoxazole and trimethoprim, trimethoprim sulfamethoxazole: sulfamethoxazole + trimethoprim
augmentin, amoxicillin clavulanate, amoxicillin potassium clavulanate, amoxicillin and clavulanate: amoxicillin + clavulanate
tylenol with codeine, tylenol 3, acetaminophen codeine, codeine acetaminophen, acetaminophen with codeine: acetaminophen + codeine
hydrocodone acetaminophen, vicodin, norco, lortab, acetaminophen hydrocodone: acetaminophen + hydrocodone
percocet, oxycodone acetaminophen, acetaminophen oxycodone: acetaminophen + oxycodone
neosporin, neomycin polymyxin bacitracin, triple antibiotic, neomycin bacitracin polymyxin: bacitracin + neomycin + polymyxin
unasyn, ampicillin sulbactam: ampicillin + sulbactam
zosyn, piperacillin tazobactam: piperacillin + tazobactam
codeine: codeine
morphine sulfate, morphine: morphine
penicilina, penicilinas, penicillin antibiotics, penicillin class antibiotics, class penicillins, beta lactam penicillins, pcns: penicillin
penicillin g, benzylpenicillin, pen g, penicillin g benzathine, bicillin, bicillin la, bicillin l a, bicillin l, penicillin g potassium, pfizerpen: penicillin g
penicillin v, penicillin vk, pen vk, pen v k, penicillin v potassium, veetids, phenoxymethylpenicillin: penicillin v
amox, amoxil: amoxicillin
amox clav, amoxicillin clav, amoxicillin pot clavulanate, amoxicillin clavulanic acid, amoxicillin and clavulanic acid, amoxicilina clavulanico: amoxicillin + clavulanate
sulfa class, sulfas, antibioticos sulfonamidas, sulfonamidas, sulfonamida, sulfa drug, sulfa antibiotic, sulfa medications, sulfa meds, sulfonamide class antibacterial, sulfonamide antibiotic, sulfa containing antibiotics, antibacterial sulfonamides, antibiotic sulfonamides: sulfonamide antibiotics
tmp smz, smx, smz, co trimoxazole, cotrimoxazole, trimethoprim and sulfamethoxazole, trimetoprima sulfametoxazol, sulfatrim, cotrim: sulfamethoxazole + trimethoprim
acido acetilsalicilico, acetyl salicylic acid, ecotrin, bayer aspirin, bayer: aspirin
salicylates, salicylate: salicylates
antiinflamatorios no esteroideos, aines, aine, nsaid class, nonsteroidal antiinflammatory agent, nonsteroidal anti inflammatory agent, non steroidal anti inflammatory agent, non steroidal anti inflammatory agents, non steroidal anti inflammatory drug, nonsteroidal anti inflammatory drug, nonsteroidal antiinflammatory drug, nsaids non steroidal anti inflammatory drug, nsaids non steroidal anti inflammatory drugs, nonsteroidal anti inflammatories: nsaids
ace inhibitor, ace i, angiotensin converting enzyme inhibitor, angiotensin converting enzyme ace inhibitors, inhibidores de la eca: ace inhibitors
arbs, arb, angiotensin receptor blockers, angiotensin ii receptor blockers, angiotensin ii receptor antagonists: angiotensin receptor blockers
beta blockers, beta blocker, beta adrenergic blockers, beta adrenergic blocking agents: beta blockers
cefalosporinas, cefalosporina, cephalosporin class, cephalosporin antibiotics, cephalosporin class antibiotics: cephalosporins
quinolone, fluoroquinolone, quinolone antibiotics, quinolonas, fluoroquinolone antibiotics: fluoroquinolones
macrolides, macrolide, macrolide class, macrolide antibiotics, macrolidos: macrolides
tetracyclines, tetracycline antibiotics, tetracycline class, tetracycline class antibiotics: tetracyclines
aminoglycosides, aminoglycoside, aminoglycoside antibiotics: aminoglycosides
carbapenems, carbapenem: carbapenems
opioid, opiate, narcotic, narcotic analgesics, narcotic pain medications, opiaceos, opioides: opioids
statin, hmg coa reductase inhibitor, estatinas: statins
barbiturates, barbiturate: barbiturates
benzodiazepines, benzodiazepine, benzos: benzodiazepines
thiazides, thiazide diuretics, thiazide diuretic: thiazides
steroids, corticosteroids, corticosteroid: corticosteroids
local anesthetics, local anesthetic, caine anesthetics, caines: local anesthetics
iodinated contrast dye, iodinated radiocontrast, iodinated radiocontrast dye, iodinated radiocontrast agent, iodinated radiocontrast agents, iodinated contrast medium, iodinated contrast agent, iodinated contrast agents, iodinated contrast material, iodinated iv contrast, iodine containing contrast media, iodine contrast media, iodine containing x ray contrast, iodine based contrast, iodine dye, iodine contrast dye, ivp dye, x ray dye, xray dye, x ray contrast, radiographic contrast, radiographic iodinated contrast, contraste yodado, medio de contraste yodado, medios de contraste yodados: iodinated contrast
iv dye, iv contrast dye, contrast, contrast material, contrast agent, contrast medium, dye contrast, medio de contraste, contraste: contrast
gadolinium, gadolinium contrast, gadolinium containing contrast media, gadolinium contrast media, mri contrast, gadolinium based contrast, gadolinium based contrast agents: gadolinium contrast
iodine, iodine and iodide, iodines, yodo: iodine
povidone iodine, betadine: povidone iodine
cacahuate, cacahuates, mani, manies, cacahuete, cacahuetes, arachis, arachis hypogaea, ground nut, groundnut, groundnuts, peanut food: peanut
nueces de arbol, tree nuts food, nuts tree, frutos secos de arbol: tree nuts
nueces, nuts, nut: nuts
nuez, walnuts, walnut: walnut
almendra, almendras, almonds, almond: almond
cashews, cashew nut, cashew nuts, anacardo, anacardos, maranon, cashew: cashew
pecans, pecan nut, pecan: pecan
pistachios, pistachio nut, pistacho, pistachos, pistachio: pistachio
hazelnuts, filbert, filberts, avellana, avellanas, hazelnut: hazelnut
huevo, huevos, eggs edible, chicken egg, chicken eggs, hens egg, whole egg: egg
clara de huevo, egg whites, white of egg, egg white: egg white
leche, leche de vaca, dairy, dairy products, lacteos, productos lacteos, milk products, bovine milk: milk
lactosa, lactose: lactose
mariscos, marisco, shellfish food: shellfish
crustaceans, crustacean, crustaceos: crustaceans
mollusks, molluscs, mollusk, moluscos: mollusks
camaron, camarones, gamba, gambas, shrimp food, prawn: shrimp
langosta, lobsters, lobster: lobster
cangrejo, crabs, crab meat, crab: crab
pescado, pescados, fish: fish
trigo, wheat: wheat
gluten: gluten
soja, soya bean, soya beans, soy bean, soy beans: soy
ajonjoli, sesamo: sesame
fresa, fresas: strawberry
pina, pineapples, pineapple: pineapple
platano, platanos, bananas, banana: banana
aguacate, aguacates, avocados, avocado: avocado
tomate, tomates, tomatoes, tomato: tomato
maiz, corn: corn
chocolate: chocolate
durazno, melocoton, peaches, peach: peach
manzana, manzanas, apples, apple: apple
citrus, citrus fruit, citrus fruits, citricos: citrus
picadura de abeja, picaduras de abeja, abeja, abejas, veneno de abeja, bee venom protein, bee venom protein honey bee, honey bee venom protein, honeybee venom, honeybee, honey bee, honey bees, apis mellifera venom, apis mellifera, bee: bee venom
avispa, avispas, picadura de avispa, veneno de avispa, wasp, wasp venom protein: wasp venom
yellow jacket, yellow jacket venom, yellow jackets, yellowjacket venom, yellow jacket venom protein: yellow jacket venom
fire ant, fire ants, fire ant venom, hormiga roja: fire ant
hymenoptera, hymenoptera venom, stinging insects, insect stings, insect sting, insect venom: insect venom
latex rubber, rubber latex, hevea brasiliensis latex, latex gloves, latex exam gloves, hule latex: latex
tape adhesive, adhesives, adhesive bandage, adhesive bandages, cinta adhesiva, esparadrapo, adhesive tapes, band aid adhesive: adhesive tape
gato, gatos, pelo de gato, caspa de gato, cat epithelium, feline dander, cat hair extract, cat hair std allergenic ext: cat dander
perro, perros, pelo de perro, caspa de perro, dog epithelium, canine dander: dog dander
moho, hongos, moho hongos, moho hongos ambientales, hongos ambientales, mohos, moho ambiental, mold spores, mold extracts, mildew mold: mold
polvo, polvo de casa, dust house, dusts: dust
acaros, acaro, acaros del polvo, acaro del polvo, dermatophagoides, mites dust, mite dust, house dust mite extract: dust mite
polen, pollens, pollen extracts: pollen
polen de gramineas, polen de pasto, pasto, grass pollens, grass pollen extract: grass pollen
tree pollens, tree pollen, polen de arboles, tree pollen extract: tree pollen
ambrosia: ragweed pollen
cockroach, cockroaches, cucaracha, cucarachas, roach: cockroach
niquel: nickel
sulfitos, sulfiting agents: sulfites
apap, paracetamol, acetaminofen: acetaminophen
percodan: aspirin + oxycodone
codeina, codeine phosphate, codeine sulfate: codeine
morfina, ms contin, morphine and related, opioids morphine analogues: morphine
vanco, vancocin: vancomycin
clinda: clindamycin
cipro: ciprofloxacin
levo floxacin: levofloxacin
macrobid, macrodantin: nitrofurantoin
z pak, zpak, z pack: azithromycin
pcn g, pcn-g: penicillin g
pcn vk, pcn v, pcn v k: penicillin v
ceclor: cefaclor
ancef, kefzol: cefazolin
omnicef: cefdinir
duricef: cefadroxil
suprax: cefixime
maxipime: cefepime
fortaz: ceftazidime
cleocin: clindamycin
biaxin: clarithromycin
e mycin, eryc, ery tab, erythrocin, ees: erythromycin
vibramycin, vibra tabs: doxycycline
minocin: minocycline
avelox: moxifloxacin
zyvox: linezolid
omnipaque: iohexol
isovue: iopamidol
visipaque: iodixanol
ultravist: iopromide
optiray: ioversol
diprivan: propofol
versed: midazolam
valium: diazepam
thorazine: chlorpromazine
sublimaze, duragesic: fentanyl
stadol: butorphanol
nubain: nalbuphine
talwin: pentazocine
darvon: propoxyphene
darvocet, darvocet n, darvocet n 100, propoxyphene acetaminophen, propoxyphene n apap: acetaminophen + propoxyphene
lomotil, diphenoxylate atropine: atropine + diphenoxylate
excedrin, acetaminophen aspirin caffeine: acetaminophen + aspirin + caffeine
fioricet, butalbital acetaminophen caffeine: acetaminophen + butalbital + caffeine
vioxx: rofecoxib
clinoril: sulindac
daypro: oxaprozin
feldene: piroxicam
indocin: indomethacin
lodine: etodolac
relafen: nabumetone
anaprox: naproxen
medrol, solu medrol: methylprednisolone
kenalog: triamcinolone
decadron: dexamethasone
marcaine, sensorcaine: bupivacaine
carbocaine: mepivacaine
zantac: ranitidine
pepcid: famotidine
tagamet: cimetidine
sudafed: pseudoephedrine
robitussin: guaifenesin
pyridium: phenazopyridine
timentin: clavulanate + ticarcillin
cefzil: cefprozil
vantin: cefpodoxime
floxin: ofloxacin
zithromax z pak: azithromycin
sumycin: tetracycline
dynacin: minocycline
garamycin: gentamicin
tobrex: tobramycin
lamisil: terbinafine
nizoral: ketoconazole
elavil: amitriptyline
pamelor: nortriptyline
sinequan: doxepin
desyrel: trazodone
skelaxin: metaxalone
niaspan: niacin
mtx: methotrexate
deltasone: prednisone
dermabond, surgical glue, skin glue: skin glue
formalin: formaldehyde
ppd hair dye, para phenylenediamine, paraphenylenediamine, p phenylenediamine: paraphenylenediamine
lanolin, wool alcohols, wool wax alcohols: lanolin
peru balsam, balsam of peru, balsam peru, myroxylon pereirae: balsam of peru
ethanol, ethyl alcohol: alcohol
dipyrone, dipirona, metamizol, metamizole: metamizole
mri contrast dye, mri dye, contrast mri: gadolinium contrast
iodinated diagnostic agents, iodinated diagnostic agent: iodinated contrast
with penicillin structure and antibacterial mechanism of action: penicillin
with cephalosporin structure and antibacterial mechanism of action: cephalosporins
with sulfonamide structure and antibacterial mechanism of action: sulfonamide antibiotics
nitrofurantoin monohydrate macrocrystals, nitrofurantoin monohyd macrocrystals, nitrofurantoin macrocrystals, nitrofurantoin macrocrystalline, nitrofurantoin monohydrate: nitrofurantoin
thimerosal, thiomersal, merthiolate: thimerosal
msg, monosodium glutamate: monosodium glutamate
red dye, red dye 40, red 40, red dye no 40, fd c red no 40, fd and c red no. 40, allura red: red dye
yellow dye, yellow dye 5, yellow 5, fd c yellow no 5, tartrazine: tartrazine
brazil nuts, brazil nut: brazil nut
macadamia nuts, macadamia nut, macadamias, macadamia: macadamia
pine nuts, pine nut, pinon, pinones: pine nut
insulins, insulin: insulin
bandaids, band aids, band aid, bandaid: adhesive tape
radiographic contrast media, radiocontrast media, x ray contrast media, radiopaque contrast media: iodinated contrast
reglan: metoclopramide
compazine: prochlorperazine
phenergan: promethazine
zofran: ondansetron
dilaudid: hydromorphone
demerol: meperidine
novocain, novocaine: procaine
xylocaine: lidocaine
tetanus toxoid, tetanus vaccine, tetanus: tetanus toxoid
flu vaccine, influenza vaccine, influenza virus vaccine, flu shot, vacuna contra la influenza: influenza vaccine
dairy food: milk
cows milk protein, cow milk protein, proteina de leche: milk protein
soy protein, soya protein: soy
hevea brasiliensis latex protein, hevea brasiliensis, latex protein: latex
vanc: vancomycin
divalproex, divalproex sodium, depakote, depakene, valproate, valproate sodium, valproic acid: valproic acid
heparin sodium porcine, heparin porcine, heparin: heparin
anectine, quelicin, succinylcholine, suxamethonium: succinylcholine
cortisone shot, cortisone shots, cortisone injection, cortisone injections: cortisone
canis lupus familiaris skin, canis lupus familiaris, canis lupus familiaris dander, canis familiaris: dog dander
felis catus, felis catus dander, felis domesticus, cat felis catus, cat dander felis catus: cat dander
ambrosia artemisiifolia pollen, ambrosia artemisiifolia, short ragweed, short ragweed pollen, ragweed short: short ragweed pollen
solenopsis invicta, solenopsis invicta venom, solenopsis, imported fire ant: fire ant
pneumovax, pneumovax 23, ppsv23, pneumococcal polysaccharide vaccine: pneumococcal polysaccharide vaccine
pneumococcal vaccine, pneumonia vaccine: pneumococcal vaccine
prevnar, prevnar 13, prevnar 20, pneumococcal conjugate vaccine: pneumococcal conjugate vaccine
chlorhexidine, hibiclens, chlorhexidine gluconate: chlorhexidine
""")
"""Other names of one allergen, as ``plain`` writes them. A class ("penicillins" aside, which charts use for penicillin) is no member."""

CODES: Mapping[tuple[str, str], str] = {
    **dict.fromkeys((("snomed", code) for code in ["91936005", "764146007", "373270004", "6369005"]), "penicillin"),
    **dict.fromkeys((("snomed", code) for code in ["91935009", "256349002", "762952008"]), "peanut"),
    **dict.fromkeys((("snomed", code) for code in ["300916003", "111088007", "1003755004", "1003774007x"]), "latex"),
    **dict.fromkeys((("snomed", code) for code in ["91939003", "387406002"]), "sulfonamide antibiotics"),
    **dict.fromkeys((("snomed", code) for code in ["91930004", "102263004"]), "egg"),
    **dict.fromkeys((("snomed", code) for code in ["293586001", "387458008"]), "aspirin"),
    **dict.fromkeys((("snomed", code) for code in ["294505008", "372687004"]), "amoxicillin"),
    **dict.fromkeys((("snomed", code) for code in ["424213003", "288328004"]), "bee venom"),
    **dict.fromkeys((("snomed", code) for code in ["300913006", "735029006"]), "shellfish"),
    **dict.fromkeys((("snomed", code) for code in ["3718001"]), "milk"),
    ("snomed", "13577000"): "tree nuts",
    **dict.fromkeys((("snomed", code) for code in ["426722004", "293637006"]), "iodinated contrast"),
    **dict.fromkeys((("snomed", code) for code in ["227037002", "417532002"]), "fish"),
    ("snomed", "372665008"): "nsaids",
    ("snomed", "227493005"): "cashew",
    ("snomed", "48319003"): "nickel",
    ("snomed", "260152009"): "cat dander",
    ("snomed", "256277009"): "grass pollen",
    ("snomed", "84489001"): "mold",
    ("rxnorm", "70618"): "penicillin",
    ("rxnorm", "1191"): "aspirin",
    ("rxnorm", "723"): "amoxicillin",
    ("rxnorm", "10831"): "sulfamethoxazole + trimethoprim",
    ("rxnorm", "7980"): "penicillin g",
    ("rxnorm", "7984"): "penicillin v",
    ("rxnorm", "733"): "ampicillin",
    ("rxnorm", "2670"): "codeine",
    ("rxnorm", "7052"): "morphine",
    ("rxnorm", "5489"): "hydrocodone",
    ("rxnorm", "7804"): "oxycodone",
    ("rxnorm", "10689"): "tramadol",
    ("rxnorm", "5640"): "ibuprofen",
    ("rxnorm", "7258"): "naproxen",
    ("rxnorm", "35827"): "ketorolac",
    ("rxnorm", "161"): "acetaminophen",
    ("rxnorm", "2231"): "cephalexin",
    ("rxnorm", "2193"): "ceftriaxone",
    ("rxnorm", "11124"): "vancomycin",
    ("rxnorm", "2582"): "clindamycin",
    ("rxnorm", "18631"): "azithromycin",
    ("rxnorm", "4053"): "erythromycin",
    ("rxnorm", "21212"): "clarithromycin",
    ("rxnorm", "2551"): "ciprofloxacin",
    ("rxnorm", "82122"): "levofloxacin",
    ("rxnorm", "6922"): "metronidazole",
    ("rxnorm", "3640"): "doxycycline",
    ("rxnorm", "7454"): "nitrofurantoin",
    ("rxnorm", "29046"): "lisinopril",
    ("rxnorm", "6387"): "lidocaine",
    ("icd10", "Z880"): "penicillin",
    ("icd10", "Z882"): "sulfonamide antibiotics",
    ("icd10", "Z91010"): "peanut",
    ("icd10", "Z91011"): "milk",
    ("icd10", "Z91012"): "egg",
    ("icd10", "Z91030"): "bee venom",
    ("icd10", "Z91040"): "latex",
    ("icd10", "Z91041"): "iodinated contrast",
    ("unii", "R16CO5Y76E"): "aspirin",
    ("unii", "Q42T66VG0C"): "penicillin g",
    ("unii", "804826J2HU"): "amoxicillin",
    ("unii", "WK2XYI10QM"): "ibuprofen",
    ("unii", "362O9ITL9D"): "acetaminophen",
    ("unii", "76I7G6D29C"): "morphine",
    ("unii", "QE1QX6B99R"): "peanut",
    ("unii", "2LQ0UUW8IN"): "latex",
    ("unii", "291P45F896"): "egg",
    ("unii", "917J3173FT"): "milk",
    ("unii", "76013O881M"): "bee venom",
}
"""Substances, findings and ingredients of the commonest allergens."""

WIDER: Mapping[str, tuple[str, ...]] = {
    "iodinated contrast": ("contrast",),
    "gadolinium contrast": ("contrast",),
    "tree nuts": ("nuts",),
    "penicillin g": ("penicillin",),
    "penicillin v": ("penicillin",),
    "tetracycline": ("tetracyclines",),
    "short ragweed pollen": ("ragweed pollen",),
    "pneumococcal polysaccharide vaccine": ("pneumococcal vaccine",),
    "pneumococcal conjugate vaccine": ("pneumococcal vaccine",),
}
"""What a name says less of: "contrast" leaves unsaid which. They stand together and are never one."""

CONTRAST = word_set("dye dyes contrast radiocontrast contraste")
IODINE = word_set("iodine iodinated iodide iodines yodo yodado yodados yodada ivp")
ABOUT_CONTRAST = (
    CONTRAST
    | IODINE
    | word_set("""
iv intravenous media medium medio medios de material agent agents radiographic radiology xray x ray ct based diagnostic
imaging injection angiography
""")
)
"""Words of a contrast agent: with one of iodine it is iodinated, whatever their order."""

NOISE = word_set("""
allergy allergies allergic allergen to intolerance hypersensitivity sensitivity reaction disorder substance product
products situation finding adverse derived derivatives containing extract extracts alergia alergico alergica a la las el
los al intolerancia pt patient patients reports reported states propensity reactions type side effect effects known
history hx status personal foods caused by reaccion reacciones adversa adversas hipersensibilidad sensibilidad
""")
"""Words around an allergen that say that it is one."""
LEADING = (NOISE - {"type"}) | word_set("from with for of like and or de por con y as after than despues")
"""Words before an allergen's name, so that an "a" behind them is an article, or the Spanish "to"."""
