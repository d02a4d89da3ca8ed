"""What people type, and what records write for it: English and Spanish, words of patients and of clinicians. A table.

``asked, asked: written; written`` reads: who types one of the first looks for these words and for one of the second.
It helps to find, and decides nothing: what is found here is the same as nothing.
"""

# ruff: noqa: E501 (tables are read line by line)

from portal.merge.medications.drug_brands import BRANDS, ingredients_of
from portal.merge.medications.drug_salts import salted
from portal.merge.medications.listed_brands import ALL_BRANDS, LISTED_BRANDS
from portal.store.records.search_synonyms_more import MORE

_TABLE = """
blood sugar, sugar, sugar test, azucar, azucar en la sangre, azucar en sangre, glucosa, glucose: glucose; glucosa; hemoglobin a1c; hba1c; hemoglobina a1c
a1c, hba1c, average sugar, three month sugar, promedio de azucar, hemoglobina glicosilada, azucar de tres meses: hemoglobin a1c; hba1c; hgb a1c; glycated hemoglobin; glycohemoglobin
diabetes, sugar diabetes, diabetic, diabetico, diabetica, azucar alta, high sugar: diabetes; diabetic; type 2 diabetes; hemoglobin a1c; hyperglycemia
low sugar, azucar baja, hypo: hypoglycemia
diabetes medicine, sugar pills, diabetes pills, pastillas para el azucar, pastillas para la diabetes, medicina para la diabetes: metformin; glipizide; glimepiride; insulin; empagliflozin; sitagliptin; semaglutide; dulaglutide; pioglitazone; dapagliflozin; liraglutide; tirzepatide
insulin, insulina: insulin; glargine; lispro; aspart; detemir; degludec; nph
blood pressure, bp, presion, presion arterial, presion de la sangre: blood pressure; systolic; diastolic; presion arterial
high blood pressure, hypertension, pressure high, presion alta, hipertension: hypertension; hypertensive; high blood pressure
low blood pressure, presion baja: hypotension
blood pressure medicine, blood pressure pills, blood pressure pill, bp meds, pressure pills, pastillas de la presion, pastillas para la presion, medicina para la presion: lisinopril; amlodipine; losartan; hydrochlorothiazide; metoprolol; atenolol; carvedilol; valsartan; benazepril; enalapril; ramipril; olmesartan; irbesartan; candesartan; chlorthalidone; clonidine; hydralazine; nifedipine; diltiazem; verapamil; spironolactone
water pill, water pills, diuretic, pastilla para orinar, pastillas del agua, diuretico: furosemide; hydrochlorothiazide; chlorthalidone; spironolactone; torsemide; bumetanide; triamterene; indapamide
cholesterol, lipids, lipid, colesterol, grasas en la sangre, fat in blood, blood fats: cholesterol; ldl; hdl; lipid; triglyceride; hyperlipidemia; hypercholesterolemia; dyslipidemia
bad cholesterol, colesterol malo: ldl
good cholesterol, colesterol bueno: hdl
high cholesterol, colesterol alto: hyperlipidemia; hypercholesterolemia; dyslipidemia
cholesterol medicine, cholesterol pill, cholesterol pills, statin, estatina, pastillas para el colesterol, medicina para el colesterol: atorvastatin; simvastatin; rosuvastatin; pravastatin; lovastatin; pitavastatin; ezetimibe; fenofibrate
triglycerides, trigliceridos: triglyceride
blood thinner, blood thinners, anticoagulant, anticoagulante, adelgazante de la sangre, medicina para no coagular: warfarin; apixaban; rivaroxaban; dabigatran; heparin; enoxaparin; clopidogrel; edoxaban; coumadin; eliquis; xarelto
blood clot, clot, clots, coagulo, coagulos: thrombosis; embolism; deep vein thrombosis; dvt; pulmonary embolism
inr, clotting test, coagulacion, prueba de coagulacion: inr; prothrombin; coagulation; aptt
heart, corazon, cardiac: heart; cardiac; cardio; coronary; myocardial; atrial; ventricular
heart attack, infarto, ataque al corazon, ataque cardiaco: myocardial infarction; infarction; acute coronary; stemi; nstemi
heart doctor, cardiologist, cardiologo, cardiologa, doctor del corazon, medico del corazon: cardiology; cardiovascular; cardiologist
heart failure, weak heart, insuficiencia cardiaca, corazon debil: heart failure; congestive; cardiomyopathy
irregular heartbeat, heart rhythm, afib, a fib, arritmia, fibrilacion: atrial fibrillation; arrhythmia; atrial flutter; dysrhythmia
heart rate, pulse, pulso, latidos, frecuencia cardiaca: heart rate; pulse
heart test, heart tracing, ekg, ecg, electrocardiograma, electro: electrocardiogram; ekg; ecg; echocardiogram; stress test
heart ultrasound, echo, ecocardiograma, eco del corazon: echocardiogram; echocardiography; transthoracic
stroke, derrame, derrame cerebral, embolia: stroke; cerebrovascular; cerebral infarction; transient ischemic
chest pain, dolor de pecho, dolor en el pecho, angina: chest pain; angina
pacemaker, marcapasos: pacemaker; defibrillator; icd; pulse generator; cardiac resynchronization
stent, malla, resorte: stent
kidney, kidneys, rinon, rinones, renal: kidney; renal; creatinine; glomerular; egfr; nephro; urea nitrogen
kidney test, kidney function, kidney numbers, prueba del rinon, prueba de los rinones, funcion renal, funcion del rinon: creatinine; glomerular; egfr; urea nitrogen; bun; microalbumin; albumin creatinine
kidney stone, kidney stones, piedras en el rinon, calculos: nephrolithiasis; calculus; renal stone; ureteral
kidney doctor, doctor del rinon, nefrologo: nephrology; nephrologist
dialysis, dialisis: dialysis; hemodialysis
liver, higado, hepatic: liver; hepatic; hepat; alanine aminotransferase; aspartate aminotransferase; bilirubin; alt; ast
liver test, liver function, liver numbers, liver enzymes, prueba del higado, pruebas del higado, enzimas del higado: alanine aminotransferase; aspartate aminotransferase; alkaline phosphatase; bilirubin; alt; ast; hepatic function
hepatitis, hepatitis vaccine: hepatitis
thyroid, tiroides, glandula tiroides: thyroid; thyrotropin; thyroxine; tsh; levothyroxine; hypothyroidism; t4; tiroides
underactive thyroid, slow thyroid, low thyroid, tiroides lenta, hipotiroidismo: hypothyroidism; levothyroxine
overactive thyroid, hipertiroidismo: hyperthyroidism; graves; methimazole
thyroid medicine, thyroid pill, pastilla de la tiroides: levothyroxine; liothyronine; methimazole; synthroid
blood count, cbc, complete blood count, conteo de sangre, hemograma, biometria, conteo sanguineo: cbc; complete blood count; hemoglobin; hematocrit; leukocytes; platelets; erythrocytes; hemogram
red cells, red blood cells, globulos rojos: erythrocytes; hemoglobin; hematocrit; rbc
white cells, white blood cells, white count, globulos blancos, defensas: leukocytes; wbc; neutrophils; lymphocytes
platelets, plaquetas: platelets; platelet
anemia, low blood, iron low, low iron, sangre baja, hierro bajo: anemia; hemoglobin; ferritin; iron deficiency
iron, hierro: iron; ferritin; ferrous; transferrin; tibc
potassium, potasio: potassium
sodium, salt, sodio, sal: sodium
calcium, calcio: calcium
electrolytes, electrolitos, basic metabolic, bmp, cmp, metabolic panel, chem panel: metabolic panel; sodium; potassium; chloride; bicarbonate; electrolytes
magnesium, magnesio: magnesium
vitamin d, vitamina d: 25 hydroxyvitamin d; vitamin d; cholecalciferol; ergocalciferol; calcidiol
vitamin b12, b12, vitamina b12: cobalamin; cyanocobalamin; b12
folic acid, acido folico: folate; folic acid
vitamin, vitamins, vitamina, vitaminas: vitamin; multivitamin; cholecalciferol; cyanocobalamin; folic acid
urine, urine test, pee, pee test, orina, analisis de orina, prueba de orina, examen de orina: urine; urinalysis; urinary
urine infection, uti, bladder infection, infeccion de orina, infeccion urinaria, mal de orin: urinary tract infection; cystitis; urine culture; uti; nitrofurantoin
stool, poop, poop test, heces, excremento, popo, prueba de heces: stool; fecal; feces; occult blood; fit; cologuard
pregnancy, pregnant, embarazo, embarazada: pregnancy; pregnant; hcg; prenatal; obstetric; gravid; gestation
pregnancy test, prueba de embarazo: hcg; choriogonadotropin; pregnancy test
birth control, contraception, the pill, anticonceptivo, anticonceptivos, pastilla anticonceptiva, control natal: contraceptive; ethinyl estradiol; levonorgestrel; medroxyprogesterone; etonogestrel; norethindrone; iud; intrauterine
period, periods, menstruation, regla, periodo, menstruacion: menstrual; menorrhagia; dysmenorrhea; amenorrhea
menopause, hot flashes, menopausia, bochornos: menopause; menopausal; estradiol
pap, pap smear, papanicolaou, citologia, prueba de papanicolaou: pap; cervical cytology; papanicolaou; cytology; hpv
breast x ray, mammogram, breast screening, mamografia, mastografia: mammogram; mammography; breast
breast, seno, senos, mama, pecho: breast; mammo
prostate, prostata, psa: prostate; prostatic; psa; tamsulosin; finasteride
biopsy, tissue test, tissue sample, biopsia, muestra de tejido: biopsy; surgical pathology; pathology; histology
pathology, patologia: pathology; surgical pathology; cytology
cancer, tumor, malignant, maligno: cancer; carcinoma; malignant; neoplasm; melanoma; lymphoma; leukemia; adenocarcinoma; sarcoma; oncology
skin cancer, cancer de piel: melanoma; basal cell; squamous cell; skin
chemo, chemotherapy, quimio, quimioterapia: chemotherapy; antineoplastic; oncology
radiation, radiacion, radioterapia: radiation; radiotherapy
cancer doctor, oncologist, oncologo, doctor del cancer: oncology; oncologist
x ray, xray, x rays, radiografia, rayos x, placa: x ray; xr; radiograph; radiography; radiologic; dx
ct, cat scan, ct scan, tomografia, tac, escaner: ct; computed tomography; tomography
mri, magnetic, resonancia, resonancia magnetica: mri; mr; magnetic resonance
ultrasound, sonogram, ultrasonido, ecografia, sonografia: ultrasound; us; ultrasonography; sonogram; doppler
scan, scans, imaging, imagen, imagenes: ct; mri; ultrasound; computed tomography; magnetic resonance; radiograph; xr; scan; imaging
bone scan, bone density, dexa, densitometria, densidad de los huesos: bone density; dxa; dexa; densitometry; osteoporosis
chest x ray, chest xray, lung x ray, radiografia de torax, radiografia del pecho, placa de torax: xr chest; chest x ray; radiograph chest; chest 2 views; chest pa
colonoscopy, colon test, colonoscopia, colon: colonoscopy; colon; colorectal; colonic
stomach scope, endoscopy, camera down throat, endoscopia: endoscopy; esophagogastroduodenoscopy; egd; gastroscopy
lung, lungs, pulmon, pulmones, pulmonar: lung; pulmonary; pneumo; respiratory; bronch; copd
breathing, shortness of breath, short of breath, falta de aire, respirar, respiracion: dyspnea; shortness of breath; respiratory; asthma; copd; respiratory rate
breathing test, lung test, lung function, prueba de pulmon, espirometria: spirometry; pulmonary function; fev1; pft
asthma, asma: asthma; albuterol; wheez
inhaler, inhalers, puffer, pump, inhalador, bombita: albuterol; fluticasone; budesonide; inhal; tiotropium; salmeterol; ipratropium; mometasone; formoterol
oxygen, oxygen level, pulse ox, oxigeno, nivel de oxigeno, saturacion: oxygen saturation; spo2; pulse oximetry; oxygen
pneumonia, pulmonia, neumonia: pneumonia; pneumococc
emphysema, copd, epoc, enfisema: copd; chronic obstructive; emphysema
cough, tos: cough; benzonatate; bronchitis
flu, influenza, gripe, gripa: influenza; oseltamivir; flu
flu shot, flu vaccine, vacuna de la gripe, vacuna contra la gripe, vacuna contra la influenza, vacuna de la influenza: influenza
cold, resfriado, catarro, common cold: upper respiratory; nasopharyngitis; common cold; rhinitis
covid, coronavirus, covid test, prueba de covid: covid; sars cov 2; coronavirus
covid shot, covid vaccine, vacuna covid, vacuna del covid, vacuna contra el covid: covid; sars cov 2; comirnaty; spikevax
shot, shots, vaccine, vaccines, vaccination, jab, vacuna, vacunas, inmunizacion, inmunizaciones, immunization: vaccine; immunization; immunizations; vaccination; inmunizaciones; vacunas
tetanus, tetanus shot, tetano, vacuna del tetano: tetanus; tdap; td; diphtheria
shingles, shingles shot, culebrilla, herpes zoster: zoster; shingrix; shingles
pneumonia shot, vacuna de la neumonia: pneumococcal
measles, sarampion, mmr, paperas, mumps, rubeola: measles; mmr; mumps; rubella
chickenpox, chicken pox, varicela: varicella
hpv shot, hpv vaccine, papiloma, vph: hpv; papillomavirus; gardasil
whooping cough, tosferina, tos ferina: pertussis; tdap; dtap
polio: polio; ipv
allergy, allergies, allergic, alergia, alergias, alergico, alergica: allergy; allergic; allergies; hypersensitivity; intolerance; alergias
hay fever, seasonal allergies, pollen, polen, fiebre del heno, alergia al polen: allergic rhinitis; pollen; grass; ragweed; tree
allergy pill, allergy medicine, antihistamine, pastilla para la alergia, antihistaminico: cetirizine; loratadine; fexofenadine; diphenhydramine; levocetirizine; fluticasone; montelukast
allergy pen, epipen, epi pen, epinefrina, adrenalina: epinephrine; epipen; auvi q
peanut, peanuts, cacahuate, cacahuates, mani: peanut
nuts, nut, tree nuts, nueces, nuez: nut; nuts; walnut; cashew; almond; tree nut
seafood, mariscos, camaron, camarones, shrimp, shellfish: shellfish; shrimp; crustacean; crab; seafood
egg, eggs, huevo, huevos: egg
milk, dairy, leche, lacteos, lactose: milk; lactose; dairy; casein
wheat, gluten, trigo, celiac, celiaca: gluten; wheat; celiac
bee, bees, bee sting, wasp, abeja, abejas, avispa, picadura de abeja: bee; venom; wasp; hymenoptera; hornet
cat, cats, gato, gatos: cat; cat dander; dander
dog, dogs, perro, perros: dog; dog dander; dander
dust, polvo: dust; dust mite; mite
penicillin, penicilina: penicillin; amoxicillin; ampicillin; augmentin
sulfa, sulfas: sulfa; sulfonamide; sulfamethoxazole; trimethoprim
latex, rubber, hule: latex
aspirin, aspirina: aspirin; acetylsalicylic
dye, contrast, contraste, tinte, iodine, yodo: contrast; iodine; iodinated
rash, hives, skin rash, sarpullido, ronchas, urticaria: rash; hives; urticaria; dermatitis; eruption
itching, itch, itchy, picazon, comezon: pruritus; itching
eczema, dermatitis, skin problem, piel, skin: dermatitis; eczema; skin; cutaneous; psoriasis; dermatology
skin doctor, dermatologist, dermatologo, doctor de la piel: dermatology; dermatologist
acne, pimples, espinillas, granos: acne; tretinoin; benzoyl peroxide; clindamycin
mole, lunar, lunares: nevus; mole; melanoma
medicine, medicines, meds, drugs, pills, pill, medication, medications, prescription, prescriptions, medicina, medicinas, medicamento, medicamentos, pastilla, pastillas, receta, recetas, remedios: medications; medication; tablet; capsule; medicamentos
painkiller, painkillers, pain medicine, pain pill, pain pills, pain meds, pastillas para el dolor, medicina para el dolor, analgesico: acetaminophen; ibuprofen; naproxen; oxycodone; hydrocodone; tramadol; morphine; meloxicam; celecoxib; diclofenac; gabapentin; codeine; ketorolac; lidocaine; cyclobenzaprine
tylenol, paracetamol, acetaminofen: acetaminophen
advil, motrin, ibuprofeno: ibuprofen
aleve, naproxeno: naproxen
opioid, opioids, narcotic, narcotics, opioides: oxycodone; hydrocodone; morphine; tramadol; fentanyl; hydromorphone; codeine; buprenorphine; opioid; methadone
antibiotic, antibiotics, antibiotico, antibioticos: amoxicillin; azithromycin; cephalexin; ciprofloxacin; doxycycline; clindamycin; penicillin; levofloxacin; nitrofurantoin; sulfamethoxazole; metronidazole; cefuroxime; cefdinir; clarithromycin; augmentin
steroid, steroids, cortisone, esteroide, esteroides, cortisona: prednisone; methylprednisolone; dexamethasone; prednisolone; hydrocortisone; triamcinolone; budesonide; cortisone
heartburn, acid reflux, reflux, gerd, agruras, acidez, reflujo: gastroesophageal; reflux; gerd; omeprazole; famotidine; pantoprazole; esomeprazole; heartburn
stomach medicine, acid pill, antacid, antiacido, pastilla para el estomago: omeprazole; pantoprazole; famotidine; esomeprazole; lansoprazole; sucralfate; calcium carbonate
stomach, belly, tummy, estomago, barriga, vientre, panza, abdomen: abdominal; gastric; stomach; gastritis; abdomen; gastro; epigastric
stomach ache, belly pain, dolor de estomago, dolor de barriga, dolor abdominal: abdominal pain; gastritis; epigastric pain
ulcer, ulcera: ulcer; peptic; duodenal
diarrhea, runs, diarrea: diarrhea; gastroenteritis; loperamide
constipation, constipated, estrenimiento: constipation; docusate; polyethylene glycol; senna; bisacodyl
throwing up, vomiting, vomit, nausea, vomito, vomitos, nauseas: nausea; vomiting; emesis; ondansetron
hemorrhoids, piles, hemorroides, almorranas: hemorrhoid
gallbladder, gallstones, vesicula, piedras en la vesicula: gallbladder; cholecyst; cholelithiasis; gallstone
appendix, apendice: append; appendicitis; appendectomy
hernia: hernia; herniorrhaphy
depression, depressed, sad, depresion, triste, tristeza: depressi; depressive; phq; sertraline; bupropion; escitalopram; mood
anxiety, anxious, nerves, panic, ansiedad, nervios, panico: anxiety; panic; gad 7; generalized anxiety; buspirone; alprazolam; lorazepam
depression medicine, antidepressant, antidepressants, antidepresivo, pastillas para la depresion: sertraline; fluoxetine; escitalopram; citalopram; bupropion; venlafaxine; duloxetine; trazodone; mirtazapine; paroxetine
anxiety medicine, anxiety pill, pastillas para los nervios, medicina para los nervios: lorazepam; alprazolam; clonazepam; buspirone; hydroxyzine; diazepam; sertraline
mental health, therapist, counseling, psychologist, psychiatrist, salud mental, terapia, psicologo, psiquiatra: psychiatr; psycholog; behavioral health; mental; counsel; therapy
sleep, insomnia, cant sleep, sueno, insomnio, no duermo, dormir: insomnia; sleep; zolpidem; trazodone; melatonin
sleep apnea, snoring, cpap, apnea, ronquidos: sleep apnea; cpap; apnea
sleeping pill, sleeping pills, sleep medicine, pastillas para dormir: zolpidem; trazodone; melatonin; eszopiclone; temazepam; doxepin
adhd, add, attention, deficit de atencion: attention deficit; adhd; methylphenidate; amphetamine; atomoxetine
memory, dementia, alzheimer, alzheimers, memoria, demencia: dementia; alzheimer; cognitive; donepezil; memantine
seizure, seizures, epilepsy, fits, convulsion, convulsiones, epilepsia: seizure; epilep; levetiracetam; convuls
headache, headaches, migraine, dolor de cabeza, migrana, jaqueca: headache; migraine; sumatriptan; topiramate
dizzy, dizziness, vertigo, mareo, mareos: dizziness; vertigo; meclizine; syncope
fainting, passed out, desmayo: syncope; fainting
nerve, nerve pain, numbness, tingling, nervio, hormigueo, adormecimiento: neuropath; neuralgia; paresthesia; gabapentin; pregabalin
brain, cerebro, head scan: brain; cerebral; head; intracranial; neuro
brain doctor, neurologist, neurologo: neurology; neurologist
back, back pain, espalda, dolor de espalda, lower back, cintura: back pain; lumbar; lumbago; spine; low back; thoracic
neck, neck pain, cuello, dolor de cuello: neck; cervical; cervicalgia
knee, knee pain, rodilla, dolor de rodilla: knee; patell; meniscus; tibial
knee replacement, new knee, reemplazo de rodilla, protesis de rodilla: knee; arthroplasty; total knee; knee prosthesis
hip, hip replacement, new hip, cadera, reemplazo de cadera, protesis de cadera: hip; arthroplasty; total hip; femoral; acetabular
shoulder, hombro: shoulder; rotator cuff; humer
joint, joints, arthritis, articulaciones, artritis, coyunturas: arthritis; osteoarthritis; rheumatoid; joint; arthr; arthralgia
gout, gota: gout; urate; uric acid; allopurinol; colchicine
bone, bones, hueso, huesos: bone; osteo; fracture; skeletal
broken bone, broken, fracture, hueso roto, fractura, broken arm, broken leg, broken wrist: fracture
weak bones, osteoporosis, huesos debiles: osteoporosis; osteopenia; alendronate; bone density
sprain, twisted, torcedura, esguince: sprain; strain
muscle, muscles, musculo, musculos: muscle; myalgia; muscul; cyclobenzaprine; methocarbamol; baclofen
bone doctor, orthopedist, ortopedista, doctor de los huesos: orthop
physical therapy, pt, rehab, fisioterapia, terapia fisica, rehabilitacion: physical therapy; rehabilitation; physiotherapy
eye, eyes, eyesight, vision, ojo, ojos, vista: eye; ophthal; vision; visual; cataract; glaucoma; retin; optometr; ocular
eye doctor, oculist, oculista, oftalmologo, doctor de los ojos, medico de los ojos: ophthalmolog; optometr; eye
eye drops, gotas, gotas para los ojos: ophthalmic; latanoprost; timolol; eye drop
cataract, cataracts, cataratas, catarata: cataract; intraocular lens; lens
glaucoma: glaucoma; latanoprost; timolol; intraocular pressure
glasses, contacts, lentes, anteojos, gafas: lens; refraction; vision
ear, ears, ear infection, oido, oidos, infeccion de oido: otitis; ear; otic; tympan
hearing, hearing aid, hearing test, audicion, oir, audifono, prueba de audicion: hearing; audiolog; audiometry; cochlear
throat, sore throat, garganta, dolor de garganta, strep: pharyngitis; throat; strep; tonsil
nose, sinus, sinuses, nariz, sinusitis: sinus; nasal; rhin
tonsils, amigdalas, anginas: tonsil
teeth, tooth, dental, dentist, diente, dientes, muela, dentista: dental; tooth; teeth; dentist
weight, peso: body weight; weight; bmi; obesity; peso
overweight, obese, obesity, sobrepeso, obesidad, gordura: obesity; obese; overweight; body mass index; bmi
height, how tall, altura, estatura, talla: body height; height; estatura
temperature, fever, temperatura, fiebre, calentura: temperature; fever; febrile; pyrexia
smoking, smoker, tobacco, cigarettes, fumar, fumador, tabaco, cigarro, vape: tobacco; smok; nicotine; cigarette; varenicline
quit smoking, stop smoking, dejar de fumar: nicotine; varenicline; tobacco cessation; smoking cessation; bupropion
alcohol, drinking, beber, tomar alcohol: alcohol; audit c; ethanol
hiv, vih, sida, aids: hiv; human immunodeficiency
std, sti, sexually transmitted, ets, its, venereal: chlamydia; gonorrh; syphilis; hiv; trichomonas; herpes; treponema
tb, tuberculosis, tb test: tuberculosis; tuberculin; ppd; quantiferon; mycobacterium
infection, infections, infeccion, infecciones: infection; culture; bacteri; sepsis; cellulitis
inflammation, inflamacion: c reactive protein; sedimentation; crp; esr; inflamm
surgery, operation, operations, surgeries, cirugia, operacion, operaciones, cirugias: surgery; surgical; operative; ectomy; plasty; procedure; procedures; procedimientos
c section, cesarean, cesarea: cesarean
hysterectomy, uterus removed, matriz, histerectomia: hysterectomy; uter
implant, implants, device, devices, implante, implantes, aparato, dispositivo: implants; implant; device; prosthesis; implantes
hospital stay, hospitalization, admitted, admission, inpatient, hospitalizacion, internado, ingreso: inpatient; hospital; admission; discharge; hospitalization
emergency, er, emergency room, ed visit, emergencia, emergencias, urgencias, sala de emergencia: emergency
discharge papers, discharge summary, alta, papeles de alta, resumen de alta: discharge summary; discharge
doctor visit, visit, visits, appointment, appointments, checkup, check up, physical, cita, citas, consulta, visita, visitas, chequeo: appointments; visits; office visit; encounter; check up; follow up; annual; physical; wellness; citas; visitas
notes, doctor notes, note, notas, nota, nota del doctor: note; notes; progress note; consult; history and physical
letter, letters, paper, papers, document, documents, carta, cartas, papeles, documentos: document; documents; letter; note; documentos
message, messages, mail, mensaje, mensajes, correo: messages; message; mensajes
doctor, dr, doctors, physician, doctora, medico, medica, provider: doctor; dr; md; physician; do; care team
family doctor, primary care, pcp, my doctor, medico de cabecera, doctor de cabecera, medico familiar: primary care; family medicine; internal medicine; general practice; pcp; family practice
nurse, nurses, enfermera, enfermero: nurse; rn; nursing; np; nurse practitioner
childrens doctor, pediatrician, baby doctor, pediatra, doctor de ninos: pediatric; pediatrician
womens doctor, obgyn, ob gyn, gynecologist, ginecologo, ginecologa: obstetric; gynecolog; ob; womens health
care team, my team, equipo, equipo de atencion: care team; equipo de atencion
insurance, coverage, insurance card, plan, seguro, seguro medico, aseguranza, cobertura: insurance; coverage; medicare; medicaid; ppo; hmo; plan; seguro
medicare, medicaid: medicare; medicaid
test, tests, lab, labs, lab work, blood work, bloodwork, blood test, blood tests, results, test results, analisis, analisis de sangre, examen de sangre, examenes, laboratorio, prueba de sangre, pruebas de sangre, resultados: test results; laboratory; panel; blood; serum; plasma; resultados de pruebas; resultados
vital signs, vitals, signos vitales: vital signs; blood pressure; heart rate; temperature; weight; signos vitales
health problems, problems, conditions, illness, illnesses, diseases, diagnosis, diagnoses, enfermedad, enfermedades, problemas, diagnostico, diagnosticos: health issues; condition; disorder; disease; diagnosis; problemas de salud
blood type, tipo de sangre, grupo sanguineo: abo; rh; blood group; blood type
blood transfusion, transfusion, transfusion de sangre: transfusion; packed red
blood culture, cultivo, culture: culture
swelling, swollen, hinchazon, hinchado: edema; swelling
swollen legs, piernas hinchadas: edema; venous insufficiency
varicose veins, varices, veins, venas: varicose; venous; vein
poor circulation, circulacion, mala circulacion: peripheral arter; peripheral vascular; circulation; claudication
tired, tiredness, fatigue, cansancio, cansado, cansada, fatiga: fatigue; malaise; tired
lupus: lupus; antinuclear
multiple sclerosis, ms, esclerosis multiple: multiple sclerosis
parkinson, parkinsons: parkinson; carbidopa
foot, feet, pie, pies, foot doctor, podologo, podiatrist: foot; podiatr; plantar; diabetic foot
wound, cut, cuts, herida, cortada: wound; laceration; abrasion
burn, quemadura: burn
fall, fell, caida, me cai: fall; fell
car accident, accident, choque, accidente: accident; collision; motor vehicle; injury
concussion, head injury, golpe en la cabeza, conmocion: concussion; head injury; traumatic brain
genetic, genes, dna, gene test, genetica, prueba genetica: genetic; gene; dna; brca
living will, advance directive, dnr, testamento vital, directiva anticipada: advance directive; living will; resuscitat; power of attorney; molst; polst
baby, newborn, bebe, recien nacido: newborn; infant; neonatal; well child
growth, crecimiento: growth; body height; percentile
erection, ed, impotence, disfuncion erectil: erectile; sildenafil; tadalafil
hair loss, caida del pelo, calvicie: alopecia; finasteride; minoxidil
herpes, cold sores, fuegos: herpes; acyclovir; valacyclovir
yeast infection, candida, hongos, fungus: candid; fluconazole; tinea; nystatin; mycosis; onychomycosis
warts, verrugas: wart; verruca
january, jan, enero, ene: jan; january; ene; enero
february, feb, febrero: feb; february; febrero
march, marzo: mar; march; marzo
april, abril, abr: apr; april; abr; abril
may, mayo: may; mayo
june, jun, junio: jun; june; junio
july, jul, julio: jul; july; julio
august, aug, agosto, ago: aug; august; ago; agosto
september, sept, sep, septiembre: sep; sept; september; septiembre
october, oct, octubre: oct; october; octubre
november, nov, noviembre: nov; november; noviembre
december, dec, diciembre, dic: dec; december; dic; diciembre
abnormal, bad, out of range, anormal, anormales, fuera de rango: abnormal; high; low; alto; bajo
coumadin, jantoven: warfarin
eliquis: apixaban
xarelto: rivaroxaban
plavix: clopidogrel
lipitor: atorvastatin
crestor: rosuvastatin
zocor: simvastatin
norvasc: amlodipine
zestril, prinivil: lisinopril
cozaar: losartan
lopressor, toprol: metoprolol
lasix: furosemide
glucophage: metformin
ozempic, wegovy, rybelsus: semaglutide
mounjaro, zepbound: tirzepatide
jardiance: empagliflozin
lantus, basaglar: glargine
humalog: lispro
novolog: aspart
synthroid, levoxyl: levothyroxine
prilosec: omeprazole
nexium: esomeprazole
protonix: pantoprazole
pepcid: famotidine
zoloft: sertraline
prozac: fluoxetine
lexapro: escitalopram
wellbutrin: bupropion
cymbalta: duloxetine
effexor: venlafaxine
xanax: alprazolam
ativan: lorazepam
ambien: zolpidem
ventolin, proair, proventil: albuterol
flovent, flonase: fluticasone
singulair: montelukast
zyrtec: cetirizine
claritin: loratadine
benadryl: diphenhydramine
zithromax, z pak, zpak: azithromycin
cipro: ciprofloxacin
bactrim, septra: sulfamethoxazole; trimethoprim
keflex: cephalexin
neurontin: gabapentin
lyrica: pregabalin
flexeril: cyclobenzaprine
mobic: meloxicam
celebrex: celecoxib
ultram: tramadol
percocet: oxycodone
vicodin, norco: hydrocodone
flomax: tamsulosin
viagra: sildenafil
cialis: tadalafil
fosamax: alendronate
aspirin baby, baby aspirin, aspirina infantil: aspirin
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    """Return what records write, by what is typed; of what stands in several lines, all."""
    written: dict[str, dict[str, None]] = {}
    for line in filter(None, table.splitlines()):
        asked, _colon, words = line.partition(": ")
        for phrase in asked.split(", "):
            written.setdefault(phrase, {}).update(dict.fromkeys(words.split("; ")))
    return {phrase: tuple(words) for phrase, words in written.items()}


def _brands() -> dict[str, tuple[str, ...]]:
    """Return what is in a brand, by the brand, of those whose line is not above."""
    parts = {brand: ingredients_of(meaning) for brand, meaning in ALL_BRANDS.items()}
    for brand in LISTED_BRANDS.keys() - BRANDS.keys():  # these have their salts, which records leave out
        parts[brand] = [salted(part)[0] for part in parts[brand]]
    return {brand: tuple(filter(None, inside)) for brand, inside in parts.items() if brand and any(inside)}


SYNONYMS = _brands() | _read(_TABLE + MORE)
"""By what is typed (plain words: small letters, no accents), what records write for it, beginnings of words."""

MOST_WORDS = max(len(phrase.split()) for phrase in SYNONYMS)
