"""Names that differ in what matters are two rows, whatever else agrees; so are two times of what comes and goes."""

from typing import Any

import pytest

from portal.refresh.compare import compare

_ISSUES = """
Hyperkalemia|Hypokalemia
Hypernatremia|Hyponatremia
Hyperparathyroidism|Hypoparathyroidism
Primary hyperparathyroidism|Secondary hyperparathyroidism
Central sleep apnea|Obstructive sleep apnea
Ischemic stroke|Hemorrhagic stroke
Stroke|Transient ischemic attack
Crohn disease|Ulcerative colitis
Acute kidney injury|Chronic kidney disease
Open-angle glaucoma|Angle-closure glaucoma
Rheumatoid arthritis|Osteoarthritis
Psoriatic arthritis|Psoriasis
Gastric ulcer|Duodenal ulcer
Gastric ulcer with bleeding|Gastric ulcer without bleeding
Diverticulosis|Diverticulitis
Cholelithiasis|Cholecystitis
Hepatitis A|Hepatitis B
Acute hepatitis C|Chronic hepatitis C
Small cell lung cancer|Non-small cell lung cancer
Hodgkin lymphoma|Non-Hodgkin lymphoma
Acute lymphoblastic leukemia|Acute myeloid leukemia
Chronic lymphocytic leukemia|Chronic myeloid leukemia
Benign neoplasm of colon|Malignant neoplasm of colon
Breast cancer|Breast cancer metastatic to bone
Lung cancer|Lung nodule
DVT|Pulmonary embolism
Deep vein thrombosis|Superficial vein thrombosis
Paroxysmal atrial fibrillation|Persistent atrial fibrillation
Atrial fibrillation|Atrial flutter
Atrial tachycardia|Ventricular tachycardia
Aortic stenosis|Aortic regurgitation
Mitral stenosis|Mitral regurgitation
Aortic stenosis|Mitral stenosis
Aortic aneurysm, thoracic|Aortic aneurysm, abdominal
STEMI|NSTEMI
Anterior myocardial infarction|Inferior myocardial infarction
Stable angina|Unstable angina
Systolic heart failure|Diastolic heart failure
Left heart failure|Right heart failure
Iron deficiency anemia|Vitamin B12 deficiency anemia
Sickle cell trait|Sickle cell disease
Alpha thalassemia|Beta thalassemia
Beta thalassemia major|Beta thalassemia minor
Hemophilia A|Hemophilia B
Major depressive disorder, single episode|Major depressive disorder, recurrent
Generalized anxiety disorder|Panic disorder
Bipolar disorder|Borderline personality disorder
Schizophrenia|Schizoaffective disorder
Alcohol use disorder|Opioid use disorder
Alcohol dependence|Alcohol dependence in remission
Opioid dependence|Opioid dependence on agonist therapy
Focal epilepsy|Generalized epilepsy
Migraine with aura|Migraine without aura
Migraine|Tension headache
Alzheimer dementia|Vascular dementia
Multiple sclerosis, relapsing-remitting|Multiple sclerosis, primary progressive
Parkinson disease|Essential tremor
Carpal tunnel syndrome, right|Cubital tunnel syndrome, right
Cervical radiculopathy|Lumbar radiculopathy
Cervical disc herniation C5-C6|Cervical disc herniation C6-C7
Fracture of distal radius|Fracture of proximal radius
Fracture of left radius|Fracture of left ulna
Open fracture of tibia|Closed fracture of tibia
Hip fracture|Hip dislocation
Sprain of ankle|Strain of ankle
Osteoporosis|Osteopenia
Osteoporosis with fracture|Osteoporosis without fracture
Gout|Pseudogout
Type 2 diabetes with neuropathy|Type 2 diabetes with nephropathy
Type 2 diabetes with retinopathy|Type 2 diabetes without complication
Type 2 diabetes, controlled|Type 2 diabetes, uncontrolled
Type 2 diabetes with hyperglycemia|Type 2 diabetes with hypoglycemia
Prediabetes|Diabetes
Diabetes insipidus|Diabetes mellitus
Steroid-induced diabetes|Type 2 diabetes
Graves disease|Hashimoto thyroiditis
Subclinical hypothyroidism|Hypothyroidism
Congenital hypothyroidism|Acquired hypothyroidism
Thyroid nodule|Thyroid cancer
Hyperlipidemia|Hypertriglyceridemia
Familial hypercholesterolemia|Hypercholesterolemia
Essential hypertension|Secondary hypertension
Hypertension|Pulmonary hypertension
Hypertension|White coat hypertension
Gestational hypertension|Preeclampsia
Mild preeclampsia|Severe preeclampsia
Ectopic pregnancy|Pregnancy
Twin pregnancy|Pregnancy
Endometriosis|Adenomyosis
Uterine fibroid|Ovarian cyst
BPH with obstruction|BPH without obstruction
Prostate cancer|Prostatitis
Kidney stone|Gallstone
Pyelonephritis|Cystitis
Urge incontinence|Stress incontinence
Asthma|Asthma with acute exacerbation
Mild intermittent asthma|Severe persistent asthma
COPD|COPD with exacerbation
Emphysema|Chronic bronchitis
Viral pneumonia|Bacterial pneumonia
Aspiration pneumonia|Community acquired pneumonia
Latent tuberculosis|Active tuberculosis
Positive TB test|Tuberculosis
HIV infection|AIDS
HIV exposure|HIV infection
COVID-19|Post-COVID condition
Cellulitis of left leg|Cellulitis of right leg
Actinic keratosis|Seborrheic keratosis
Basal cell carcinoma|Squamous cell carcinoma
Melanoma in situ|Melanoma
Atopic dermatitis|Contact dermatitis
Cataract, nuclear|Cataract, cortical
Dry macular degeneration|Wet macular degeneration
Retinal detachment|Vitreous detachment
Conductive hearing loss|Sensorineural hearing loss
Otitis media|Otitis externa
Acute sinusitis|Chronic sinusitis
Maxillary sinusitis|Frontal sinusitis
GERD with esophagitis|GERD without esophagitis
Barrett esophagus|Barrett esophagus with dysplasia
Inguinal hernia|Umbilical hernia
Hiatal hernia|Inguinal hernia
Hemorrhoids, internal|Hemorrhoids, external
Irritable bowel syndrome with diarrhea|Irritable bowel syndrome with constipation
Hepatic steatosis|Hepatic cirrhosis
Cirrhosis, compensated|Cirrhosis, decompensated
Acute pancreatitis|Chronic pancreatitis
Lupus nephritis|Lupus
Raynaud disease|Scleroderma
Obesity|Morbid obesity
Overweight|Obesity
Underweight|Overweight
Tobacco use|Former smoker
Smoker|Passive smoker
Suicidal ideation|Suicide attempt
Depression|Postpartum depression
Concussion with loss of consciousness|Concussion without loss of consciousness
Acute pain|Chronic pain
Low back pain|Upper back pain
Chest pain|Pleuritic chest pain
Vertigo, central|Vertigo, peripheral
Fever|Fever of unknown origin
Neutropenia|Neutropenic fever
Thrombocytopenia|Thrombocytosis
Leukopenia|Leukocytosis
Anemia|Anemia in chronic kidney disease
Vitamin D deficiency|Vitamin B12 deficiency
Celiac disease|Gluten sensitivity
Peripheral neuropathy|Autonomic neuropathy
Trigeminal neuralgia|Postherpetic neuralgia
Bell palsy|Cerebral palsy
Down syndrome|Turner syndrome
Kidney transplant rejection|Kidney transplant
Kidney donor|Kidney transplant recipient
Breast cancer, ER positive|Breast cancer, ER negative
HER2 positive breast cancer|HER2 negative breast cancer
Cancer of right upper lobe of lung|Cancer of right lower lobe of lung
Diabetic foot ulcer, left|Venous ulcer, left
Pressure ulcer stage 2|Pressure ulcer stage 3
Pressure ulcer of sacrum|Pressure ulcer of heel
First degree burn|Second degree burn
First degree AV block|Third degree AV block
Left bundle branch block|Right bundle branch block
Grade 1 diastolic dysfunction|Grade 3 diastolic dysfunction
Hypertensive urgency|Hypertensive emergency
Tear of medial meniscus|Tear of lateral meniscus
ACL tear|PCL tear
Partial rotator cuff tear|Complete rotator cuff tear
Allergic rhinitis due to pollen|Allergic rhinitis due to dust mite
Eating disorder|Anorexia nervosa
Anorexia|Anorexia nervosa
Elevated PSA|Prostate cancer
Abnormal mammogram|Breast cancer
History of falls|Falls
Family history of diabetes|Diabetes
No diabetes|Diabetes
Diabetes resolved|Diabetes
Rule out lupus|Lupus
Lupus anticoagulant|Lupus
Primary biliary cholangitis|Primary sclerosing cholangitis
Acute appendicitis|Perforated appendicitis
Influenza A|Influenza B
Herpes simplex|Herpes zoster
Genital herpes|Oral herpes
Syphilis, early|Syphilis, late
MRSA infection|MRSA colonization
MRSA|MSSA
Heterozygous factor V Leiden|Prothrombin gene mutation
Sepsis|Septic shock
Respiratory failure with hypoxia|Respiratory failure with hypercapnia
Acute respiratory failure|Chronic respiratory failure
Insomnia|Hypersomnia
Essential thrombocythemia|Polycythemia vera
MGUS|Multiple myeloma
Smoldering myeloma|Multiple myeloma
Anaphylaxis to peanut|Anaphylaxis to shrimp
Coronary artery disease|Coronary artery disease with stent
Coronary artery disease of native artery|Coronary artery disease of bypass graft
Peripheral artery disease with ulcer|Peripheral artery disease
Varicose veins with pain|Varicose veins with ulcer
Foot pain|Foot drop
Left foot drop|Right foot drop
Third trimester bleeding|First trimester bleeding
Adjustment disorder with anxiety|Adjustment disorder with depressed mood
ADHD, inattentive|ADHD, hyperactive
Learning disability|Intellectual disability
Moderate intellectual disability|Severe intellectual disability
"""
_PROCEDURES = """
Colonoscopy|Sigmoidoscopy
Colonoscopy with polypectomy|Colonoscopy
EGD|Colonoscopy
EGD with biopsy|EGD
Total hip replacement, left|Hip hemiarthroplasty, left
Total hip arthroplasty|Revision of total hip arthroplasty
Knee arthroscopy|Knee arthroplasty
Knee arthroscopy with medial meniscectomy|Knee arthroscopy with lateral meniscectomy
Laparoscopic cholecystectomy|Open cholecystectomy
Laparoscopic converted to open cholecystectomy|Laparoscopic cholecystectomy
Cholecystectomy|Cholecystostomy
Colectomy|Colostomy
Colostomy creation|Colostomy reversal
Gastrostomy tube placement|Gastrostomy tube removal
Pacemaker insertion|Pacemaker removal
Pacemaker insertion|Pacemaker generator change
ICD implantation|Pacemaker implantation
Port placement|Port removal
Ureteral stent placement|Ureteral stent removal
Coronary stent placement, LAD|Coronary stent placement, RCA
Drug-eluting stent|Bare metal stent
CABG x2|CABG x4
Coronary angiography|Coronary angioplasty
Left heart catheterization|Right heart catheterization
Mitral valve repair|Mitral valve replacement
Aortic valve replacement|Mitral valve replacement
TAVR|Surgical aortic valve replacement
Mechanical aortic valve replacement|Bioprosthetic aortic valve replacement
Atrial fibrillation ablation|Atrial flutter ablation
Cardioversion, electrical|Cardioversion, chemical
Hysterectomy, total|Hysterectomy, partial
Hysterectomy with bilateral salpingo-oophorectomy|Hysterectomy
Salpingectomy, left|Oophorectomy, left
Mastectomy, left|Lumpectomy, left
Modified radical mastectomy|Simple mastectomy
Unilateral mastectomy|Bilateral mastectomy
Breast biopsy|Breast lumpectomy
Prostatectomy|TURP
Prostate biopsy|Prostatectomy
Nephrectomy, left|Partial nephrectomy, left
Thyroidectomy, total|Thyroid lobectomy
Tonsillectomy|Tonsillectomy and adenoidectomy
Septoplasty|Rhinoplasty
Cataract surgery, right eye|Cataract surgery, left eye
Cataract extraction|YAG capsulotomy
Vaginal delivery|Cesarean delivery
Primary cesarean section|Repeat cesarean section
Forceps delivery|Vacuum delivery
D&C|D&E
Amniocentesis|Chorionic villus sampling
Lumbar puncture|Lumbar fusion
Lumbar laminectomy L3|Lumbar laminectomy L4
Cervical fusion C5-C6|Cervical fusion C6-C7
Anterior cervical fusion|Posterior cervical fusion
Vertebroplasty|Kyphoplasty
Carpal tunnel release, right|Trigger finger release, right
Below knee amputation, left|Above knee amputation, left
Amputation of left great toe|Amputation of left second toe
ORIF left ankle|ORIF left wrist
Hardware removal, left ankle|ORIF left ankle
Closed reduction of wrist fracture|Open reduction of wrist fracture
Skin biopsy, shave|Skin biopsy, punch
Mohs surgery, nose|Mohs surgery, cheek
Inguinal hernia repair, right|Inguinal hernia repair, left
Inguinal hernia repair with mesh|Inguinal hernia repair without mesh
Umbilical hernia repair|Inguinal hernia repair
Gastric bypass|Sleeve gastrectomy
CT chest with contrast|CT chest without contrast
CT chest|CT abdomen
CT abdomen|CT abdomen and pelvis
MRI brain with contrast|MRI brain without contrast
MRI cervical spine|MRI lumbar spine
Chest x-ray 1 view|Chest x-ray 2 views
Mammogram, screening|Mammogram, diagnostic
Ultrasound of left leg veins|Ultrasound of left leg arteries
Ultrasound, transvaginal|Ultrasound, transabdominal
Transthoracic echocardiogram|Transesophageal echocardiogram
Stress echocardiogram|Echocardiogram
Exercise stress test|Pharmacologic stress test
Bone marrow biopsy|Bone biopsy
Liver biopsy|Liver transplant
Kidney transplant, living donor|Kidney transplant, deceased donor
Blood transfusion, red cells|Blood transfusion, platelets
Autologous stem cell transplant|Allogeneic stem cell transplant
Radiation therapy to breast|Radiation therapy to chest wall
Chemotherapy|Chemotherapy education
Hemodialysis|Peritoneal dialysis
Epidural steroid injection, L4-L5|Facet injection, L4-L5
Knee injection, corticosteroid|Knee injection, hyaluronic acid
Intubation|Extubation
Tracheostomy|Tracheostomy closure
Chest tube insertion|Chest tube removal
Thoracentesis|Paracentesis
Bronchoscopy|Bronchoscopy with biopsy
Tooth extraction 14|Tooth extraction 15
Root canal|Tooth extraction
Sterilization, tubal|Tubal reversal
Vasectomy|Vasectomy reversal
IUD insertion|IUD removal
Nexplanon insertion|Nexplanon removal
Circumcision|Revision of circumcision
Cochlear implant, left|Cochlear implant, right
Ear tube placement|Ear tube removal
Debridement of left foot|Debridement of left hand
Skin graft, split thickness|Skin graft, full thickness
Colonoscopy, screening|Colonoscopy, diagnostic
ERCP|MRCP
ERCP with stent|ERCP with stent removal
Fall risk assessment|Depression screening
Depression screening, positive|Depression screening, negative
Suture placement|Suture removal
Cast application|Cast removal
Central line placement|PICC line placement
Right internal jugular line|Right femoral line
"""
_EPISODES = """
Kidney stone; Concussion; Appendicitis; Acute pancreatitis; UTI; Gout flare; DVT of left leg; Pulmonary
embolism; Miscarriage; Spontaneous abortion; Diverticulitis; Ankle sprain, left; Laceration of left hand;
Abscess of buttock; Gastroenteritis; Tonsillitis; Conjunctivitis; Burn of right hand; Pericarditis; Sepsis;
Syncope; Preeclampsia; Croup; Lyme disease; Poison ivy; Drug overdose; Dog bite; Fracture of left wrist;
Dislocated shoulder, right; TIA; Stroke; Myocardial infarction; Corneal abrasion, right; Cellulitis of left
leg; Epistaxis; Food poisoning; Strep throat; COVID-19; Influenza; Pregnancy; Bell palsy; Shingles;
Pneumothorax, left; Small bowel obstruction; GI bleed; Rib fracture; Whiplash; Contusion of knee, left;
Bronchiolitis; Acute kidney injury; Deep vein thrombosis; Optic neuritis, left; Acute sinusitis; Otitis media,
right; Mastitis; Hyponatremia; Dehydration; Anaphylaxis; Suicide attempt; Panic attack; Seizure; Back strain;
Meniscus tear, left; Rotator cuff tear, right; Retinal detachment, left; Hand foot and mouth disease;
Impetigo; Pityriasis rosea; Urticaria; Labyrinthitis; Postpartum hemorrhage; Ectopic pregnancy; Gallstone
pancreatitis; Cholecystitis; Pyelonephritis; Bacterial vaginosis; Vaginal candidiasis; Chlamydia; Gonorrhea;
Trichomoniasis; Heat exhaustion; Tick bite; Insect sting; Foreign body in eye, left; Nail avulsion;
Paronychia; Delirium; Alcohol withdrawal; Diabetic ketoacidosis; Hypoglycemia; Asthma exacerbation; COPD
exacerbation; Acute bronchitis; Pleural effusion, left; Deep tissue injury; Pressure ulcer of sacrum; Diabetic
foot ulcer, left; Wound infection; Surgical site infection; Clostridium difficile colitis
"""


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(left, right) for left, _, right in (line.partition("|") for line in text.strip().splitlines())]


def issue(text: str, **more: Any) -> dict[str, Any]:
    status = {"coding": [{"code": more.pop("status", "active")}]}
    return {"resourceType": "Condition", "clinicalStatus": status, "code": {"text": text}, **more}


def procedure(text: str, day: str | None = "2024-01-05", **more: Any) -> dict[str, Any]:
    when = {"performedDateTime": day} if day else {}
    return {"resourceType": "Procedure", "status": "completed", "code": {"text": text}, **when, **more}


@pytest.mark.parametrize(("left", "right"), _pairs(_ISSUES))
def test_two_health_issues(left: str, right: str) -> None:
    started = {"onsetDateTime": "2024-01-05"}
    assert compare(issue(left, **started), issue(right, **started)).verdict == "different"
    assert compare(issue(left, **started), issue(left, **started)).verdict == "same"


@pytest.mark.parametrize(("left", "right"), _pairs(_PROCEDURES))
def test_two_procedures(left: str, right: str) -> None:
    assert compare(procedure(left), procedure(right)).verdict == "different"
    assert compare(procedure(left), procedure(left)).verdict == "same"


@pytest.mark.parametrize("name", [name.strip() for name in _EPISODES.split(";")])
def test_two_times_of_one_illness(name: str) -> None:
    first = issue(name, status="resolved", onsetDateTime="2015-03-02")
    second = issue(name, onsetDateTime="2023-06-09")
    verdict = compare(first, second)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
    assert compare(first, issue(name, status="resolved", onsetDateTime="2015-03-03")).verdict == "same"


@pytest.mark.parametrize("name", ["Depression", "Asthma", "Low back pain"])
def test_what_ended_before_the_other_began_is_another_time_of_it(name: str) -> None:
    over = issue(name, status="resolved", onsetDateTime="2010", abatementDateTime="2012")
    assert compare(over, issue(name, onsetDateTime="2019-05-01")).may_be_same
    assert compare(over, issue(name, onsetDateTime="2012-11-01")).verdict == "same"
    assert compare(over, issue(name)).verdict == "same"


def test_procedures_without_a_day_are_marked_and_times_of_one_day_are_shown() -> None:
    undated = procedure("Steroid injection", None)
    assert compare(undated, undated).may_be_same
    assert compare(undated, procedure("Steroid injection")).may_be_same
    morning, noon = (procedure("Chest x-ray", f"2024-01-05T{hour}:00:00-05:00") for hour in ("08", "12"))
    assert [difference.field for difference in compare(morning, noon).disagreements] == ["time"]
    near = procedure("Chest x-ray", "2024-01-05T08:40:00-05:00")
    assert not compare(morning, near).disagreements


def test_a_site_that_one_side_leaves_unsaid_is_marked() -> None:
    knee = procedure("Injection", bodySite=[{"text": "Left knee"}])
    assert compare(knee, procedure("Injection")).may_be_same
    assert not compare(knee, procedure("Injection", bodySite=[{"text": "Left hip"}])).may_be_same
