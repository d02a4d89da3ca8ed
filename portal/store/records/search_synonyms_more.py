"""More of what people type: abbreviations, classes of medicines, parts of the body. As ``search_synonyms``, a table."""

# ruff: noqa: E501 (tables are read line by line)

MORE = """
htn, hta, hypertension: hypertension; hypertensive; high blood pressure
ldl, bad cholesterol, colesterol malo, ldl cholesterol: ldl; low density lipoprotein
hdl, good cholesterol, colesterol bueno, hdl cholesterol: hdl; high density lipoprotein
vldl: vldl; very low density
chf, hf, icc, congestive heart failure: heart failure; congestive; cardiomyopathy
cad, coronary artery disease, clogged arteries, arterias tapadas: coronary; ischemic heart; atherosclerosis
mi, iam: myocardial infarction; infarction
cardiac arrest, heart stopped, heart stopping, paro cardiaco, paro del corazon, se paro el corazon: cardiac arrest; asystole; ventricular fibrillation
tia, mini stroke, ministroke: transient ischemic; stroke
cva, acv, evc: stroke; cerebrovascular; cerebral infarction
dvt, tvp: deep vein thrombosis; thrombosis
pe, tep: pulmonary embolism; embolism
pvd, pad: peripheral arter; peripheral vascular
hld, dyslipidemia: hyperlipidemia; hypercholesterolemia; dyslipidemia
dm, dm2, t2dm, t1dm, dmii, diabetes mellitus: diabetes; diabetic
prediabetes, pre diabetes, borderline diabetes, prediabetico: prediabetes; impaired glucose; hemoglobin a1c
bun, urea, nitrogen: urea nitrogen; bun
egfr, gfr, tfg: glomerular; egfr
ckd, erc, kidney disease, chronic kidney disease, enfermedad renal, enfermedad del rinon: chronic kidney disease; renal disease; kidney disease
esrd, kidney failure, renal failure, insuficiencia renal, falla de los rinones, fallo renal, rinones fallan: end stage renal; renal failure; kidney failure; chronic kidney disease; dialysis
transplant, trasplante, kidney transplant, trasplante de rinon: transplant
ua, urinalysis, urine dipstick, dipstick, ego: urinalysis; urine
hctz, hidroclorotiazida, hydrochlorothiazide: hydrochlorothiazide
bmi, imc, body mass index, indice de masa corporal: body mass index; bmi
osa, sleep apnea, apnea del sueno, apnea: sleep apnea; obstructive sleep; apnea
cpap, bipap, sleep machine, apnea machine, maquina para dormir, aparato para dormir: continuous positive airway; cpap; bipap; respiratory apnea; humidifier
breathing machine, nebulizer, nebulizador, maquina para respirar: nebulizer; ventilator; continuous positive airway; oxygen
sugar tester, glucose meter, glucometer, sugar machine, glucometro, aparato del azucar, test strips, tiras reactivas: glucose meter; glucometer; test strip; blood glucose; continuous glucose
cgm, sensor, libre, dexcom, glucose sensor: glucose monitor; freestyle; dexcom; sensor
wheelchair, silla de ruedas: wheelchair
walker, andador, cane, baston, crutches, muletas: walker; cane; crutch
hospital bed, cama de hospital: bed
bp cuff, blood pressure cuff, blood pressure machine, baumanometro, tensiometro: blood pressure cuff; sphygmomanometer; blood pressure
cabg, bypass, heart bypass, open heart, corazon abierto: bypass; coronary artery bypass; cabg
cath, heart cath, angiogram, cateterismo: catheterization; angiogra; percutaneous coronary
pci, angioplasty, angioplastia: percutaneous coronary; angioplasty; stent
ra, artritis reumatoide: rheumatoid
oa, djd, osteoartritis, artrosis, wear and tear: osteoarthritis; arthrosis
ptsd, trauma: post traumatic; posttraumatic; ptsd
ocd, toc: obsessive
bipolar, manic: bipolar; manic; lithium
schizophrenia, esquizofrenia: schizophren
bph, enlarged prostate, prostata grande: prostatic hyperplasia; benign prostat; tamsulosin
ibs, colon irritable: irritable bowel
ibd, crohn, crohns, colitis: crohn; colitis; inflammatory bowel
pcos, ovario poliquistico, ovarios poliquisticos: polycystic ovar
miscarriage, lost baby, lost the baby, aborto espontaneo, aborto, perdi el bebe: miscarriage; abortion; pregnancy loss
uterus, womb, utero: uter; endometri; hysterectomy
ovary, ovaries, ovario, ovarios: ovar
hgb, hb, hemoglobina: hemoglobin
hct, hematocrito: hematocrit
wbc, leucocitos: leukocytes; wbc; white blood
rbc, eritrocitos: erythrocytes; rbc; red blood
plt: platelets
biometria hematica, bh, complete blood, conteo completo, blood panel: complete blood count; hemogram; cbc; hemoglobin; leukocytes
lft, lfts, perfil hepatico: alanine; aspartate; hepatic; bilirubin
lipid panel, lipid profile, perfil de lipidos, perfil lipidico: lipid; cholesterol; triglyceride
tsh, t3, t4: thyrotropin; thyroid stimulating; tsh; thyroxine
esr, sed rate: sedimentation
crp: c reactive protein
psa: prostate specific; psa
ana: antinuclear
low iron, iron deficiency, falta de hierro, hierro bajo: iron deficiency; anemia; ferritin; ferrous
blood in urine, blood in pee, sangre en la orina, sangre en orina: hematuria; hemoglobin presence in urine; blood in urine; urine
protein in urine, proteina en la orina: proteinuria; protein presence in urine; microalbumin; albumin
cloudy urine, urine color: clarity of urine; appearance of urine; color of urine
stitches, stiches, sutures, puntos, puntadas, sutura: suture; laceration; wound repair
clot buster, clot busting, tpa, disuelve coagulos: alteplase; tenecteplase; thrombolytic
chest cold, bronchitis, bronquitis, resfriado de pecho: bronchitis
ear ache, earache, dolor de oido: otitis; ear
pink eye, conjunctivitis, conjuntivitis, ojo rojo: conjunctivitis
hay fever, seasonal allergy, seasonal allergies, fiebre del heno, alergia estacional, alergias de temporada: allergic rhinitis; hay fever; pollen; rhinitis; ragweed
food allergy, alergia a la comida, alergia a alimentos: food; nut; shellfish; egg; milk; peanut
what am i allergic to, am i allergic, allergic to, a que soy alergico, a que soy alergica, soy alergico, soy alergica, mis alergias, my allergies: allergies; alergias
phone call, phone calls, telephone, phone call notes, phone visit, called, llamada, llamadas, telefono, llamada telefonica, consulta por telefono, cita por telefono: telephone; telemedicine; virtual
video visit, virtual visit, telehealth, telemedicine, televisit, videollamada: video; telehealth; telemedicine; virtual
pain reliever, pain relievers, pain killer, calmante, calmantes, analgesicos: ibuprofen; naproxen; acetaminophen; aspirin; tramadol; oxycodone; hydrocodone
anti inflammatory, antiinflammatory, nsaid, nsaids, antiinflamatorio, antiinflamatorios: ibuprofen; naproxen; meloxicam; diclofenac; celecoxib; ketorolac; indomethacin
muscle relaxer, muscle relaxant, muscle relaxers, relajante muscular: cyclobenzaprine; methocarbamol; baclofen; tizanidine; carisoprodol
beta blocker, beta blockers, betabloqueador, betabloqueante: metoprolol; atenolol; carvedilol; propranolol; bisoprolol; nebivolol; labetalol; nadolol
ace inhibitor, ace inhibitors, inhibidor de la eca, ieca: lisinopril; enalapril; benazepril; ramipril; captopril; quinapril; fosinopril
arb, arbs: losartan; valsartan; olmesartan; irbesartan; candesartan; telmisartan
calcium channel blocker, calcium blocker: amlodipine; diltiazem; verapamil; nifedipine; felodipine
statin, statins, estatina, estatinas, cholesterol pill, cholesterol medicine: atorvastatin; simvastatin; rosuvastatin; pravastatin; lovastatin; pitavastatin
antidepressant, antidepressants, antidepresivo, antidepresivos: nortriptyline; amitriptyline; mirtazapine; trazodone; duloxetine; paroxetine; sertraline; fluoxetine; escitalopram; citalopram; bupropion; venlafaxine
ssri, ssris: sertraline; fluoxetine; escitalopram; citalopram; paroxetine
benzo, benzos, benzodiazepine, tranquilizer, tranquilizante: lorazepam; alprazolam; clonazepam; diazepam
antipsychotic, antipsicotico: quetiapine; risperidone; olanzapine; aripiprazole; haloperidol; ziprasidone
seizure medicine, anticonvulsant, anticonvulsivo: levetiracetam; lamotrigine; valpro; topiramate; carbamazepine; phenytoin; gabapentin
ppi, stomach acid: omeprazole; pantoprazole; esomeprazole; lansoprazole
diuretics, diureticos: furosemide; hydrochlorothiazide; chlorthalidone; spironolactone; torsemide; bumetanide
antiviral, antivirals, antiviral para covid: acyclovir; valacyclovir; oseltamivir; nirmatrelvir; paxlovid; remdesivir
demerol, meperidina: meperidine
antifungal: fluconazole; clotrimazole; nystatin; terbinafine; ketoconazole
anti rejection, rejection medicine, immunosuppressant, inmunosupresor: tacrolimus; mycophenolate; cyclosporine; azathioprine; sirolimus
nausea medicine, anti nausea, medicina para la nausea: ondansetron; promethazine; metoclopramide; prochlorperazine
asthma medicine, medicina para el asma: albuterol; fluticasone; budesonide; montelukast
heart medicine, heart pills, medicina del corazon: metoprolol; carvedilol; digoxin; nitroglycerin; amiodarone; clopidogrel; aspirin
nitro, nitroglicerina: nitroglycerin
memory loss, forgetful, perdida de memoria, olvidos, se le olvida: alzheimer; dementia; cognitive; mini mental; mmse; memory
memory test, prueba de memoria: mini mental; mmse; moca; cognitive
pain score, how much pain, nivel de dolor: pain severity; pain
pain, dolor: pain; algia
heart ultrasound, ultrasound of the heart, ultrasonido del corazon, examen del corazon con ultrasonido, eco cardiaco: echocardiogram; echocardiography; transthoracic; trans thoracic
heart pumping, ejection fraction, pumping, fraccion de eyeccion: ejection fraction
hand, hands, mano, manos, finger, fingers, dedo, dedos: hand; finger; thumb; metacarp
wrist, muneca: wrist; carpal; radius
arm, arms, brazo, brazos, forearm, antebrazo: arm; forearm; humer; radius; ulna
elbow, codo: elbow; epicondyl
ankle, ankles, tobillo, tobillos: ankle
leg, legs, pierna, piernas, thigh, muslo: leg; tibia; femur; femoral; thigh
toe, toes, dedo del pie: toe; hallux
rib, ribs, costilla, costillas: rib
jaw, mandibula, quijada: jaw; mandib; temporomandibular
face, cara: face; facial
head, cabeza: head; cranial; skull
mouth, boca, gums, encias: mouth; oral; gingiv; dental
tongue, lengua: tongue
bladder, vejiga: bladder; urinary; cystitis
intestine, bowel, intestino, tripas: bowel; intestin; colon
spleen, bazo: spleen; splen
pancreas: pancrea
whiplash, latigazo: whiplash
bruise, moreton: contusion; bruise
dislocated, dislocation, zafado: dislocation
bite, mordida, picadura: bite; sting
seizure, ataque: seizure; epilep
low oxygen, oxigeno bajo: hypoxemia; hypoxia; oxygen saturation
sepsis, blood infection, infeccion en la sangre: sepsis; septic; bacteremia
overdose, sobredosis: overdose; poisoning; toxicity; naloxone
narcan: naloxone
school, escuela, education, educacion: education; school
job, work, trabajo, employment, empleo: employ; labor
stress, estres: stress
violence, violencia, abuse, abuso: violence; abuse; intimate partner
housing, vivienda, homeless: housing; homeless
food, hunger, comida, hambre: food; nutrition; diet
loneliness, alone, social: social; isolation
exercise, ejercicio, activity: exercise; physical activity
diet, dieta, nutrition, nutricion: diet; nutrition
body height, how tall am i, cuanto mido, mido: body height; height
how much do i weigh, cuanto peso: body weight; weight
quality of life, life expectancy: quality adjusted; disability adjusted; quality
"""
