"""Further names of diagnoses and procedures: abbreviations with one meaning, lay words, Spanish.

The same form and rule as in ``portal.merge.words.concept_names``: only what is exchangeable in every record.
"""

# ruff: noqa: E501 (tables are read line by line)

from collections.abc import Mapping

from portal.merge.words.text import synonyms

ISSUES: Mapping[str, str] = synonyms("""
dm type 2, dm type ii, dmii, diabetes mellitus ii, diabetes ii, diabetes 2, diabetes tipo 2, diabetes mellitus tipo 2, diabetes tipo ii: diabetes type2
dm type 1, dm type i, dmi, diabetes tipo 1, diabetes mellitus tipo 1, diabetes tipo i: diabetes type1
diabetes gestacional: gestational diabetes
hipotiroidismo: hypothyroidism
hipertiroidismo: hyperthyroidism
congenito, congenita: congenital
bocio: goiter
prediabetes mellitus: prediabetes
high blood sugar, elevated blood sugar: hyperglycemia
low blood sugar: hypoglycemia
low blood pressure: hypotension
hipertension, hipertension arterial, presion alta, presion arterial alta, alta presion, hypertensive disease, elevated blood pressure disorder: hypertension
hipertension esencial, hipertension arterial esencial, essential arterial hypertension: essential hypertension
colesterol alto, colesterol elevado, hipercolesterolemia, hypercholesteremia: hypercholesterolemia
hyperlipemia, hiperlipidemia: hyperlipidemia
dyslipidaemia, dislipidemia: dyslipidemia
high triglycerides, elevated triglycerides: hypertriglyceridemia
asma: asthma
gvhd, graft vs host disease, graft versus host disease, enfermedad injerto contra huesped, enfermedad de injerto contra huesped: graft versus host
epoc, enfermedad pulmonar obstructiva cronica, chronic obstructive airway disease: copd
pulmonary emphysema: emphysema
reflujo, reflujo acido, reflujo gastroesofagico, enfermedad por reflujo gastroesofagico: gerd
insuficiencia cardiaca, insuficiencia cardiaca congestiva, falla cardiaca: heart failure
ataque al corazon, infarto de miocardio, infarto al miocardio, infarto agudo de miocardio: myocardial infarction
derrame cerebral, accidente cerebrovascular, embolia cerebral: stroke
fibrilacion auricular, fibrilacion atrial: atrial fibrillation
paf, paroxysmal af: paroxysmal atrial fibrillation
persistent af: persistent atrial fibrillation
permanent af: permanent atrial fibrillation
chronic af: chronic atrial fibrillation
temporal arteritis, cranial arteritis, horton disease, arteritis de la temporal, arteritis de celulas gigantes: giant cell arteritis
never smoked, never smoked tobacco, lifelong nonsmoker, nunca ha fumado: never smoker
pregnant, embarazada: pregnancy
congenital bicuspid aortic valve: bicuspid aortic valve
svt: supraventricular tachycardia
psvt: paroxysmal supraventricular tachycardia
pvcs, pvc, premature ventricular contractions, premature ventricular contraction, ventricular premature complexes: premature ventricular contraction
mvp, mitral prolapse, prolapso de la valvula mitral, prolapso mitral: mitral valve prolapse
aortic valve stenosis, valvular aortic stenosis, estenosis aortica, estenosis de la valvula aortica: aortic stenosis
aortic valve regurgitation, aortic insufficiency, aortic valve insufficiency, aortic valve incompetence, insuficiencia aortica: aortic regurgitation
mitral valve stenosis, estenosis mitral: mitral stenosis
mitral valve regurgitation, mitral insufficiency, mitral valve insufficiency, mitral valve incompetence, insuficiencia mitral: mitral regurgitation
tricuspid valve stenosis: tricuspid stenosis
tricuspid valve regurgitation, tricuspid insufficiency, tricuspid valve insufficiency, insuficiencia tricuspidea: tricuspid regurgitation
aaa: abdominal aortic aneurysm
ascvd, atherosclerotic cardiovascular disease: atherosclerotic cardiovascular disease
enfermedad de las arterias coronarias, enfermedad coronaria: coronary artery disease
htn heart disease: hypertensive heart disease
enfermedad renal cronica, insuficiencia renal cronica: ckd
masld, metabolic dysfunction associated steatotic liver disease: metabolic dysfunction associated steatotic liver disease
mash, metabolic dysfunction associated steatohepatitis: metabolic dysfunction associated steatohepatitis
higado graso: nonalcoholic fatty liver disease
luts, lower urinary tract symptoms: lower urinary tract symptom
oab, overactive bladder: overactive bladder
erectile dysfunction, impotence: erectile dysfunction
infeccion urinaria, infeccion de las vias urinarias, infeccion del tracto urinario, infeccion de orina: urinary tract infection
piedras en los rinones, calculos renales, kidney calculi, kidney calculus, nephrolith: kidney stone
calculos biliares, piedras en la vesicula, gall stones: cholelithiasis
uterine fibroids, uterine fibroid, fibroids, fibroid, leiomyoma uterus, leiomyomata uterus, uterine leiomyoma, uterine leiomyomata, fibroid uterus, uterine leiomyomas: uterine leiomyoma
lower back pain, dolor lumbar, dolor en la espalda baja, lumbalgia: low back pain
dolor de espalda, backache: back pain
ddd, degenerative disc disease, degenerative disk disease, disc degeneration: degenerative disc disease
herniated disc, herniated disk, disc herniation, disk herniation, slipped disc: disc herniation
fibromyalgia syndrome, fibromialgia: fibromyalgia
osteoartritis, artrosis: osteoarthritis
artritis reumatoide: rheumatoid arthritis
artritis: arthritis
gota: gout
osteoporosis: osteoporosis
rls, restless leg syndrome, restless legs, restless legs syndrome: restless legs syndrome
migraine headaches, migraine headache, migraine headache disorder, migraines, migrana, migranas, jaqueca: migraine
depressive disorder, depresion, clinical depression: depression
trastorno depresivo mayor, depresion mayor: major depressive disorder
anxiety disorder, anxiety state, ansiedad, trastorno de ansiedad: anxiety
bipolar, bipolar affective disorder, manic depression, trastorno bipolar: bipolar
sleeplessness, insomnio: insomnia
tdah, attention deficit disorder hyperactivity: adhd
trastorno de estres postraumatico: ptsd
current smoker, fumador: smoker
low vitamin d, vitamin d insufficiency deficiency, deficiencia de vitamina d: vitamin d deficiency
anemia ferropenica, anemia por deficiencia de hierro: iron deficiency anemia
low b12, deficiencia de vitamina b12: vitamin b12 deficiency
hipotiroidismo, tiroides baja: hypothyroidism
hipertiroidismo: hyperthyroidism
nasal allergies, nasal allergy, rinitis alergica, allergic rhinitis: allergic rhinitis
psoriasis vulgaris, plaque psoriasis: plaque psoriasis
bcc, basal cell carcinoma, basal cell ca: basal cell carcinoma
scc, squamous cell carcinoma, squamous cell ca: squamous cell carcinoma
hsv, herpes simplex virus infection, herpes simplex infection: herpes simplex
hpv, human papillomavirus infection, hpv infection, human papilloma virus infection: hpv infection
genital warts, condyloma acuminatum, condylomata acuminata: genital wart
athletes foot: tinea pedis
jock itch: tinea cruris
ringworm: tinea corporis
nail fungus, toenail fungus: onychomycosis
whooping cough: pertussis
lockjaw: tetanus
nosebleed, nosebleeds: epistaxis
nearsightedness, nearsighted: myopia
farsightedness, farsighted: hyperopia
dry eyes, dry eye, dry eye syndrome: dry eye syndrome
lazy eye: amblyopia
bunions, bunion: hallux valgus
irritable bowel, colon irritable, sindrome del intestino irritable: irritable bowel syndrome
uc: ulcerative colitis
crohns colitis: crohn colitis
hemorroides: hemorrhoids
hernia hiatal: hiatal hernia
apnea obstructiva del sueno: obstructive sleep apnea
obesidad: obesity
sobrepeso: overweight
cataratas, catarata: cataract
cancer de mama: breast cancer
cancer de prostata: prostate cancer
neumonia, pulmonia: pneumonia
als, lou gehrigs disease, amyotrophic lateral sclerosis: amyotrophic lateral sclerosis
esclerosis multiple: multiple sclerosis
epilepsia: epilepsy
demencia: dementia
enfermedad de alzheimer: alzheimer disease
enfermedad de parkinson: parkinson disease
tbi, traumatic brain injury: traumatic brain injury
tmj, tmj disorder, temporomandibular joint disorder, tmd, temporomandibular joint dysfunction: temporomandibular joint disorder
pmr, polymyalgia rheumatica: polymyalgia rheumatica
itp, immune thrombocytopenic purpura, immune thrombocytopenia, idiopathic thrombocytopenic purpura: immune thrombocytopenia
mgus, monoclonal gammopathy undetermined significance: monoclonal gammopathy undetermined significance
pkd, polycystic kidney disease, polycystic kidneys: polycystic kidney disease
adpkd: autosomal dominant polycystic kidney disease
ards, acute respiratory distress syndrome: acute respiratory distress syndrome
ipf, idiopathic pulmonary fibrosis: idiopathic pulmonary fibrosis
leve: mild
moderada, moderado: moderate
grave: severe
intermitente: intermittent
persistente: persistent
cronica, cronico: chronic
aguda, agudo: acute
viral hepatitis c: hepatitis c
viral hepatitis b: hepatitis b
viral hepatitis typea: hepatitis typea
autistic disorder spectrum: autism spectrum disorder
apnea del sueno: sleep apnea
apnea obstructiva del sueno: obstructive sleep apnea
fractura, fracturas: fracture
dolor: pain
infarto de miocardio, infarto agudo de miocardio, ataque al corazon, ataque cardiaco: myocardial infarction
convulsiones, convulsion: seizure
apendicitis: appendicitis
bronquitis: bronchitis
vih, infeccion por vih: hiv infection
embarazo: pregnancy
eccema, dermatitis atopica: atopic dermatitis
estrenimiento: constipation
cirrosis, cirrosis hepatica: cirrhosis
degeneracion macular: macular degeneration
retinopatia diabetica: diabetic retinopathy
neuropatia diabetica: diabetic neuropathy
hiperplasia prostatica benigna, prostata agrandada: benign prostatic hyperplasia
esquizofrenia: schizophrenia
alcoholismo, dependencia del alcohol: alcohol dependence
trombosis venosa profunda: deep vein thrombosis
embolia pulmonar: pulmonary embolism
""")

PROCEDURES: Mapping[str, str] = synonyms("""
colonoscopy flexible diagnostic, diagnostic colonoscopy, flexible colonoscopy, colonoscopia: colonoscopy
esophagogastroduodenoscopy flexible transoral diagnostic, egd diagnostic, diagnostic egd, egd transoral diagnostic, endoscopia digestiva alta, endoscopia alta: esophagogastroduodenoscopy
polyp removal, removal polyp, removal polyps, polypectomy: polypectomy
t a, t&a, tonsillectomy adenoidectomy, adenotonsillectomy, tonsils adenoids removed: tonsillectomy adenoidectomy
removal tonsils, amigdalectomia: tonsillectomy
apendicectomia: appendectomy
colecistectomia, gallbladder removal, cholecystectomy gallbladder: cholecystectomy
cesarea: cesarean section
cesarea transversa baja: low transverse cesarean section
transversa baja: low transverse
turp, transurethral resection prostate: transurethral resection prostate
turbt, transurethral resection bladder tumor: transurethral resection bladder tumor
tah: total abdominal hysterectomy
tah bso: total abdominal hysterectomy both salpingo oophorectomy
tvh: total vaginal hysterectomy
histerectomia: hysterectomy
bso, bilateral salpingo oophorectomy: both salpingo oophorectomy
btl, bilateral tubal ligation: both tubal ligation
ercp, endoscopic retrograde cholangiopancreatography: retrograde cholangiopancreatography
cardiac cath, heart cath, cardiac catheterization, heart catheterization, cateterismo cardiaco: cardiac catheterization
cath: catheterization
icd implantation, implantation icd, icd placement, icd insertion, implantation cardioverter defibrillator, insertion cardioverter defibrillator, cardioverter defibrillator implantation, defibrillator implantation, implantable cardioverter defibrillator implantation, implantation implantable cardioverter defibrillator: cardioverter defibrillator implantation
pacemaker insertion, insertion pacemaker, pacemaker implantation, implantation pacemaker, pacemaker placement, placement pacemaker: pacemaker insertion
avr: aortic valve replacement
mvr: mitral valve replacement
tavr, transcatheter aortic valve replacement, tavi, transcatheter aortic valve implantation: transcatheter aortic valve replacement
cea: carotid endarterectomy
acl: anterior cruciate ligament
orif, open reduction internal fixation: open reduction internal fixation
acdf, anterior cervical discectomy fusion, anterior cervical discectomy interbody fusion: anterior cervical discectomy fusion
lasik, laser in situ keratomileusis, laser situ keratomileusis: lasik
intraocular lens implant, intraocular lens implantation, intraocular lens insertion, iol implant, iol insertion, iol placement, iol implantation, iol, intraocular lens: intraocular lens
phaco, facoemulsificacion, phacoemulsification cataract, cataract phacoemulsification, phaco cataract, facoemulsificacion catarata: phacoemulsification
implantable cardioverter defibrillator placement, implantable cardioverter defibrillator insertion, placement implantable cardioverter defibrillator: cardioverter defibrillator implantation
tee, transesophageal echocardiogram, transesophageal echocardiography, transesophageal echo: transesophageal echocardiogram
sleep study, polysomnography, polysomnogram: polysomnography
pfts, pft, pulmonary function test, pulmonary function tests, pulmonary function testing: pulmonary function test
holter, holter monitor, holter monitoring: holter monitor
dexa, dxa, dexa scan, dxa scan, bone density scan, bone density test, bone densitometry, bone density, bone density study: bone density scan
pap smear, pap test, papanicolaou smear, papanicolaou test, pap: pap smear
gastric sleeve, sleeve gastrectomy: sleeve gastrectomy
leep, loop electrosurgical excision procedure, loop electrosurgical excision: leep
picc placement, picc insertion, picc line insertion, picc line placement, insertion picc, insertion picc line, placement picc line, peripherally inserted central catheter insertion: picc insertion
us, ultrasound, ultrasonography, sonogram, ultrasonogram: ultrasound
cat scan, ct scan, computed tomography: ct
mri scan, magnetic resonance imaging, mri: mri
radiografia torax, radiografia de torax: chest xray
artroscopia: arthroscopy
xr chest, chest xr: chest xray
xr: xray
ct brain, brain ct: ct head
mr lumbar spine: mri lumbar spine
mr brain: mri brain
mr cervical spine: mri cervical spine
vasectomia: vasectomy
biopsia piel, biopsy skin: skin biopsy
haemodialysis, hemodialisis: hemodialysis
implantation cardiac pacemaker, cardiac pacemaker implantation, cardiac pacemaker insertion, insertion cardiac pacemaker: pacemaker insertion
pt evaluation, pt eval, physical therapy eval: physical therapy evaluation
cataract surgery, surgery cataract, extraction cataract, cataract removal: cataract extraction
dc cardioversion, electrical cardioversion, synchronized cardioversion, synchronized electrical cardioversion, direct current cardioversion, electric cardioversion, cardioversion electrical, dc cardioversion electrical, dccv, cardioversion elective electrical, cardioversion electrica: cardioversion
extraccion catarata, extraccion cataratas, cataract sx, cataract extraction: cataract extraction
sx: surgery
extraccion: extraction
reparacion: repair
reemplazo: replacement
inyeccion: injection
cirugia: surgery
reseccion: resection
catarata, cataratas: cataract
hernia inguinal: inguinal hernia
hepatica, hepatico, hepatic: liver
mamaria, mamario: breast
prostatica, prostatico, prostatic: prostate
osea, oseo: bone
tiroidea, tiroideo: thyroid
cutanea, cutaneo: skin
percutanea, percutaneo: percutaneous
abierta, abierto: open
laparoscopica, laparoscopico: laparoscopic
endoscopica, endoscopico: endoscopic
robotica, robotico: robotic
biopsia: biopsy
endoscopia: endoscopy
ecografia, ultrasonido: ultrasound
ecocardiograma: echocardiogram
resonancia magnetica: mri
tomografia, tomografia computarizada: ct
reemplazo total de rodilla: total knee arthroplasty
reemplazo total de cadera: total hip arthroplasty
cirugia cataratas, cirugia catarata: cataract extraction
prueba de esfuerzo: stress test
electrocardiograma: electrocardiogram
mamografia: mammogram
eswl, extracorporeal shock wave lithotripsy, extracorporeal shockwave lithotripsy, shock wave lithotripsy: shock wave lithotripsy
fess, functional endoscopic sinus surgery: functional sinus surgery
septal deviation repair: septoplasty
knee replacement total: total knee arthroplasty
total shoulder replacement, total shoulder arthroplasty: total shoulder arthroplasty
hip replacement total: total hip arthroplasty
breast lumpectomy: breast lumpectomy
wisdom teeth removal, wisdom teeth extraction, extraction wisdom teeth, removal wisdom teeth, wisdom tooth extraction: wisdom teeth extraction
blood transfusion, transfusion blood: blood transfusion
nuclear stress test, myocardial perfusion imaging: myocardial perfusion imaging
lap chole: laparoscopic cholecystectomy
lap appy: laparoscopic appendectomy
afib, a fib, atrial fib: atrial fibrillation
af ablation: atrial fibrillation ablation
af catheter ablation: atrial fibrillation catheter ablation
ablation af: ablation atrial fibrillation
cardioversion af: cardioversion atrial fibrillation
af cardioversion: atrial fibrillation cardioversion
aflutter, a flutter: atrial flutter
svt: supraventricular tachycardia
vt ablation: ventricular tachycardia ablation
vt catheter ablation: ventricular tachycardia catheter ablation
ablation vt: ablation ventricular tachycardia
pvi: pulmonary vein isolation
aaa: abdominal aortic aneurysm
asd closure: atrial septal defect closure
asd repair: atrial septal defect repair
pfo closure: patent foramen ovale closure
""")

BODY: Mapping[str, str] = synonyms("""
l4 5, l4 l5: l4l5
l3 4: l3l4
l2 3, l2 l3: l2l3
c5 6, c5 c6: c5c6
c6 7, c6 c7: c6c7
c4 5, c4 c5: c4c5
rodilla, rodillas: knee
cadera, caderas: hip
hombro, hombros: shoulder
large intestine, large bowel, colonic: colon
ojo, ojos: eye
oido, oidos, oreja: ear
mano, manos: hand
pie, pies: foot
brazo, brazos: arm
pierna, piernas: leg
tobillo: ankle
muneca: wrist
codo: elbow
mama, seno, pecho: breast
rinon, rinones: kidney
pulmon, pulmones: lung
espalda: back
cuello: neck
columna: spine
higado: liver
muslo: thigh
dedo: finger
""")
