"""Two conclusions of one report: contradictory, the same findings, or only other words. Written from clinical sense."""

import pytest

from portal.domain.entry import Entry, Report
from portal.domain.sections import Section
from portal.merge import SourcedEntry, disagreements, wordings
from portal.merge.reports.conclusion_numbers import numbers, numbers_differ
from portal.merge.reports.conclusions import Wording, same_conclusion
from portal.merge.reports.read_conclusions import read_conclusion
from portal.merge.statements import statements

SAME = [
    ("HER2 (+).", "HER2 positive."),
    ("Pre- and post-contrast images. No mass.", "No mass. Pre- and post-contrast images."),
    ("Appendix is normal.", "Normal appendix."),
    ("Not detected.", "Negative."),
    ("CXR wnl", "Normal chest radiograph"),
    ("Biceps tendon tear, R shoulder", "Right shoulder: torn biceps tendon"),
    ("No acute cardiopulm. abnormality.", "No acute cardiopulmonary process."),
    ("RLL pneumonia.", "Right lower lobe pneumonia."),
    ("RLL consolidation c/w pneumonia", "Right lower lobe consolidation consistent with pneumonia."),
    ("Neg for fx.", "No fracture."),
    ("WNL", "Within normal limits."),
    ("WNL.", "Normal study."),
    ("Normal mammogram. BI-RADS 1.", "Negative. BIRADS category 1"),
    ("No evidence of acute intracranial hemorrhage.", "No acute ICH."),
    ("Diverticulosis w/o diverticulitis.", "Diverticulosis without evidence of diverticulitis."),
    ("Sm R pleural effusion", "Small right pleural effusion."),
    ("No acute fracture or dislocation.", "No fracture. No dislocation."),
    ("6 mm nodule in the RUL.", "0.6 cm right upper lobe nodule"),
    ("Cholelithiasis without cholecystitis", "Gallstones. No evidence of cholecystitis."),
    ("Mild DJD of the L knee.", "Mild degenerative joint disease, left knee."),
    ("No DVT.", "Negative for deep vein thrombosis."),
    ("Sin fractura.", "No fracture."),
    ("Neumonía del lóbulo inferior derecho.", "Right lower lobe pneumonia."),
    ("Unremarkable study.", "Normal."),
    ("Indication: r/o bleed. No intracranial hemorrhage.", "No ICH."),
    ("Tubular adenoma. Negative for high grade dysplasia.", "TUBULAR ADENOMA, NO HIGH-GRADE DYSPLASIA"),
    ("Bilateral pleural effusions, small.", "Small b/l pleural effusions"),
    ("NO PULMONARY EMBOLISM.", "No evidence of PE."),
    ("Stable 4 mm left lung nodule.", "4 mm left lung nodule, unchanged."),
    ("Benign breast tissue, no malignancy.", "Benign breast tissue. Negative for malignancy."),
    ("IMPRESSION: No acute abnormality of the chest.", "No acute cardiopulm findings"),
    ("Nml sinus rhythm, no ST changes", "Normal sinus rhythm. No ST changes."),
    ("NSR. Normal ECG.", "Normal sinus rhythm, normal EKG"),
    ("Mod. hiatal hernia.", "Moderate hiatal hernia"),
    ("Lt renal calculus 5mm, no hydro.", "5 mm left kidney stone without hydronephrosis."),
    ("Nondisplaced fx distal R radius", "Non-displaced fracture of the right distal radius."),
    ("NILM", "Negative for intraepithelial lesion or malignancy"),
    ("NILM, HPV neg", "Negative for intraepithelial lesion or malignancy. HPV not detected."),
    ("Grade I diastolic dysfunction", "Grade 1 diastolic dysfunction."),
    ("Compression fx L1, unchanged.", "Stable L1 compression fracture."),
    ("Osteopenia (T-score -1.8)", "Osteopenia, T score -1.8"),
    ("CT head neg", "CT of the head is negative."),
    ("Sin evidencia de tromboembolia pulmonar.", "No pulmonary embolism."),
    ("No growth x 48 h", "No growth after 48 hours."),
    ("No focal airspace disease. Heart size nl.", "No consolidation. Normal heart size."),
    ("Neg chest.", "Normal chest x-ray."),
    ("Mild-mod lumbar spondylosis, no acute fx", "Mild to moderate lumbar spondylosis. No acute fracture."),
    ("No hemodynamically significant carotid stenosis b/l", "No significant stenosis in either carotid artery."),
    ("Fibroadenoma R breast.", "Right breast: fibroadenoma."),
    ("Unchanged appearance of chest", "No interval change in the chest."),
    ("Cirrhosis w/ splenomegaly & ascites", "Cirrhosis with ascites and splenomegaly."),
    ("Radiografía de tórax normal.", "Normal chest radiograph."),
]
OTHER_WORDS = [
    ("No large pleural effusion.", "No pleural effusion."),
    ("No acute fracture of the wrist.", "No acute fracture of the ankle."),
    ("No fracture of C5.", "No fracture of L5."),
    ("Fracture, healed.", "Fracture, not healed."),
    ("Positive for influenza A.", "Positive for influenza B."),
    ("Negative for HPV.", "Negative for chlamydia."),
    ("Abnormal ECG. Atrial fibrillation.", "Atrial fibrillation."),
    ("Strep culture neg", "No group A streptococcus isolated"),
    ("Rt ovarian cyst 2.1 cm, simple.", "Simple cyst of the right ovary, 21 mm."),
    ("Gallbladder: stones, no wall thickening", "Cholelithiasis without wall thickening"),
    ("Osteoarthritis", "Joint space narrowing"),
    ("LVEF 55-60%. Normal wall motion.", "EF 55-60%; no wall motion abnormalities"),
    ("Impression:\n1. Acute uncomplicated appendicitis.\n2. No abscess.", "Acute appendicitis w/o abscess"),
    ("Gastric bx: chronic gastritis, H. pylori neg.", "Chronic gastritis. Negative for Helicobacter pylori."),
    ("Colon polyp: tubular adenoma.", "TUBULAR ADENOMA (colon, polypectomy)"),
    ("No mammographic evidence of malignancy. BI-RADS Category 1: Negative.", "BI-RADS 1 negative"),
    ("Bilateral LE venous duplex: no DVT", "No deep venous thrombosis in either leg."),
    ("Mixed flora, no predominant organism", "Mixed urogenital flora."),
    ("Thyroid US: 1.2cm R nodule, TI-RADS 3", "1.2 cm nodule of the right thyroid lobe. TI-RADS 3."),
    ("Intact hardware s/p L THA.", "Status post left total hip arthroplasty, hardware intact."),
    ("ACL tear L knee", "Tear of the anterior cruciate ligament, left knee."),
    ("Mammogram: BIRADS-2, benign", "Benign findings. BI-RADS 2."),
    ("Lungs CTA b/l", "Lungs clear"),
    ("Stool: no O&P seen", "No ova or parasites."),
    ("No acute fracture.", "Old healed rib fracture."),
    ("No large effusion.", "Small left effusion."),
    ("Small effusion. Follow-up recommended.", "Small pleural effusion."),
    ("No acute process. Mild cardiomegaly.", "No acute cardiopulmonary abnormality."),
    ("Scattered fibroglandular densities.", "Heterogeneously dense tissue."),
    ("Pneumonia in the RLL.", "Pneumonia."),
    ("Anterior talofibular ligament sprain.", "ATFL sprain."),
    ("Findings discussed with Dr. Lee.", "Results called to the emergency department."),
    ("Diverticulosis.", "Diverticulosis, no bleeding."),
    ("Hepatic steatosis. Gallstones.", "Gallstones."),
    ("No hydronephrosis.", "No kidney stones."),
    ("2.3 cm mass in the left kidney", "2.34 cm left renal mass"),
    ("EF 55-60%", "EF 58%"),
    ("Chronic small vessel disease, no acute stroke", "No acute infarct."),
    ("Fracture not excluded; MRI suggested.", "Possible fracture."),
    ("Clinical correlation recommended. No acute findings.", "No acute findings."),
    ("Degenerative changes. No acute fracture", "No acute bony abnormality"),
    ("Small hiatal hernia otherwise normal", "Hiatal hernia, small"),
    ("See scanned report", "Normal chest radiograph."),
    ("Await culture", "Specimen received"),
    ("Lungs clear. No effusion.", "No pneumothorax. Heart size normal."),
    ("Results as above.", "Mild anemia."),
    ("Normal liver. Gallstones.", "Gallstones present, CBD normal caliber."),
    ("Chronic sinusitis.", "Mucosal thickening in the maxillary sinuses."),
    ("Adenocarcinoma of colon", "Invasive adenocarcinoma, moderately differentiated, colon"),
    ("Simple cyst right kidney", "Renal cyst"),
    ("Fatty liver", "Hepatic steatosis, mild; no focal lesion"),
    ("Mild scoliosis.", "Scoliosis and mild degenerative change"),
    ("See comment", "Tubular adenoma"),
    ("No new fracture. Old T12 fracture.", "Chronic T12 compression deformity."),
    ("Pending", "Final: normal flora"),
    ("Sinus tachycardia, no ST elevation", "Sinus tach"),
    ("Stable disease per RECIST", "No change in liver lesions"),
    ("Post-op changes.", "Status post cholecystectomy"),
]
"""Neither a contradiction, nor always known to be the same: a page shows both."""
CONTRADICTORY = [
    ("Normal.", "Not normal."),
    ("Normal study.", "The study is not normal."),
    ("Normal.", "Abnormal."),
    ("Hallazgos normales.", "Hallazgos anormales."),
    ("Positive.", "Negative."),
    ("Detected.", "Not detected."),
    ("HER2 (+).", "HER2 (-)."),
    ("ER+/PR+.", "ER-/PR-."),
    ("<50% stenosis.", ">50% stenosis."),
    ("At least 5 mm.", "At most 5 mm."),
    ("Pneumonia has resolved.", "Pneumonia has not resolved."),
    ("Interval resolution of pneumonia.", "Pneumonia."),
    ("History of PE. No acute PE.", "Acute PE."),
    ("8 mm nodule. No new nodule.", "New nodule."),
    ("No DVT in the left leg.", "No DVT in the right leg."),
    ("Normal left knee.", "Normal right knee."),
    ("No pneumothorax. Addendum: small right apical pneumothorax on review.", "No pneumothorax."),
    ("Nondiagnostic study.", "No acute findings."),
    ("Insufficient specimen.", "Negative for malignancy."),
    ("Hypothyroidism.", "Hyperthyroidism."),
    ("Margins negative", "Margins positive"),
    ("No stones", "Multiple gallstones"),
    ("Grade 1 spondylolisthesis", "Grade 2 spondylolisthesis"),
    ("Unchanged pleural effusion", "Enlarging pleural effusion"),
    ("Patent carotid arteries", "Occluded left internal carotid artery"),
    ("No acute findings. Incidental 4 mm nodule.", "No acute findings."),
    ("No PE. 6 mm RUL nodule, f/u 6-12 mo", "No PE."),
    ("ACL intact. Meniscus tear medial.", "Medial meniscal tear. ACL complete tear."),
    ("No pneumonia.", "Right lower lobe pneumonia."),
    ("RLL pneumonia.", "LLL pneumonia."),
    ("RLL pneumonia.", "Right upper lobe pneumonia."),
    ("No acute cardiopulmonary process.", "New right pleural effusion."),
    ("6 mm nodule RUL", "16 mm nodule right upper lobe"),
    ("Negative for malignancy.", "Invasive ductal carcinoma."),
    ("Benign nevus.", "Malignant melanoma."),
    ("No fracture.", "Nondisplaced fracture of the distal radius."),
    ("Normal study.", "Mild cardiomegaly."),
    ("L4-L5 disc herniation", "L5-S1 disc herniation"),
    ("BI-RADS 2", "BI-RADS 4"),
    ("Gleason 3+4", "Gleason 4+3"),
    ("Two polyps removed.", "Three polyps removed."),
    ("Mild aortic stenosis.", "Severe aortic stenosis."),
    ("Nodule unchanged.", "Nodule has increased in size."),
    ("Acute infarct left frontal lobe", "Chronic infarct left frontal lobe"),
    ("EF 55%", "EF 35%"),
    ("Tubular adenoma", "Hyperplastic polyp"),
    ("No evidence of DVT.", "Acute thrombus in the left femoral vein."),
    ("Cannot exclude pneumonia.", "No pneumonia."),
    ("Kidney stone, 3 mm, left ureter.", "Kidney stone, 3 mm, right ureter."),
    ("Appendicitis.", "Normal appendix. No appendicitis."),
    ("WNL", "Small bowel obstruction."),
    ("Neumotórax derecho.", "No pneumothorax."),
    ("Nodes 0/12 positive.", "Nodes 3/12 positive."),
    ("Tubular adenoma", "Tubulovillous adenoma with high-grade dysplasia"),
    ("NILM", "LSIL"),
    ("Normal sinus rhythm", "Atrial fibrillation"),
    ("Osteopenia", "Osteoporosis"),
    ("T-score -1.8", "T-score -2.8"),
    ("ASC-US, HPV negative", "ASC-US, HPV positive"),
    ("Margins clear.", "Margins positive for tumor."),
    ("Partial tear of the supraspinatus", "Full-thickness tear of the supraspinatus"),
    ("Right ovarian cyst 3 cm", "Left ovarian cyst 3 cm"),
    ("No stenosis.", "70% stenosis of LAD"),
    ("Singleton pregnancy at 20 weeks", "Singleton pregnancy at 24 weeks"),
    ("Placenta anterior", "Placenta posterior"),
    ("Fibroadenoma", "Ductal carcinoma in situ"),
    ("Intermediate probability for PE", "Low probability for PE"),
    ("Er positive, PR positive", "ER negative, PR negative"),
    ("Hemorrhage.", "No hemorrhage."),
    ("Fetal heart activity present", "No fetal heart activity"),
    ("Nonobstructing stone", "Obstructing stone"),
    ("Pleural effusion resolved.", "Persistent pleural effusion."),
    ("No focal consolidation.", "Left lower lobe infiltrate."),
    ("Mild regurgitation.", "Moderate mitral regurgitation"),
    ("No nodules.", "Two pulmonary nodules up to 5 mm."),
    ("Negative for SARS-CoV-2.", "SARS-CoV-2 detected."),
    ("Distal radius fracture.", "Distal ulna fracture."),
    ("Fracture of the 3rd metatarsal", "Fracture of the 5th metatarsal"),
    ("Follow-up in 6 months", "Follow-up in 12 months"),
    ("Melanoma, Breslow 0.4 mm", "Melanoma, Breslow 1.4 mm"),
    ("Acute on chronic subdural hematoma right", "Subdural hematoma left"),
    ("Hydronephrosis, moderate left", "Mild left hydronephrosis"),
    ("Uterine fibroids", "Normal uterus, no fibroids"),
    ("Liver biopsy: stage 1 fibrosis", "Liver biopsy: stage 3 fibrosis"),
    ("Ulcerative colitis", "Crohn's disease"),
    ("Strep pneumoniae susceptible to penicillin", "Strep pneumoniae resistant to penicillin"),
    ("ANA positive 1:320", "ANA negative"),
    ("Viable intrauterine pregnancy", "Nonviable intrauterine pregnancy"),
    ("Male fetus 46,XY", "Female fetus 46,XX"),
    ("Bone scan: no metastases", "Multiple osseous metastases"),
    ("Sin neumotórax", "Neumotórax pequeño izquierdo"),
    ("No aneurysm", "4.2 cm abdominal aortic aneurysm"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_the_same_findings_in_other_words_are_no_difference(left: str, right: str) -> None:
    assert same_conclusion(left, right) is same_conclusion(right, left) is Wording.SAME


@pytest.mark.parametrize(("left", "right"), CONTRADICTORY)
def test_what_cannot_both_be_so_contradicts(left: str, right: str) -> None:
    assert same_conclusion(left, right) is same_conclusion(right, left) is Wording.CONTRADICTORY


@pytest.mark.parametrize(("left", "right"), OTHER_WORDS)
def test_other_words_are_no_contradiction(left: str, right: str) -> None:
    assert same_conclusion(left, right) is same_conclusion(right, left) is not Wording.CONTRADICTORY


@pytest.mark.parametrize(
    ("text", "sign", "other"),
    [
        ("Distal radius fracture.", "radius", "ulna"),
        ("T-score -1.8", "1.8", "2.8"),
        ("Placenta anterior", "anterior", "posterior"),
        ("Stage 1 fibrosis", "1", "3"),
        ("Margins uninvolved, 2 of 3 cores", "2", "1"),
        ("Nodule in the left apex", "apex", "base"),
        ("Sinus rhythm, rate 62", "62", "48"),
        ("Cervix 3 cm", "3", "4"),
        ("Proteinuria 3+", "3", "1"),
    ],
)
def test_no_part_number_or_place_is_passed_over(text: str, sign: str, other: str) -> None:
    assert same_conclusion(text, text.replace(sign, other)) is not Wording.SAME


@pytest.mark.parametrize(
    ("left", "right", "differ"),
    [
        ("2.3 cm", "2.34 cm", False),
        ("2.3 cm", "23 mm", False),
        ("2.3 cm", "2.5 cm", True),
        ("55-60 %", "58 %", False),
        ("55 %", "35 %", True),
        ("2.1 x 1.5 cm", "21 mm", False),
        ("6 months", "12 months", True),
        ("6 months", "6 mm", False),
        ("grade ii", "grade 2", False),
        ("gleason 3+4", "gleason 4+3", True),
        ("two small polyps", "3 polyps", True),
        ("0/12", "0 of 12", False),
    ],
)
def test_numbers_of_one_kind_agree_within_rounding(left: str, right: str, *, differ: bool) -> None:
    assert numbers_differ(set(numbers(left)), set(numbers(right))) is differ


def _report(source: str, conclusion: str, *coded: str) -> SourcedEntry:
    detail = Report(conclusion=conclusion, conclusions=coded)
    return SourcedEntry(source, source, Entry(section=Section.TEST_RESULTS, title="XR chest", detail=detail))


def test_only_what_is_near_tells_more_of_a_finding() -> None:
    """Each finding reads it: without a bound a text of twenty thousand letters takes a quarter of a minute."""
    for words, sides in ((10, {"left"}), (1000, set())):
        (mention,) = read_conclusion(f"fracture, {'as seen, ' * words}left").mentions
        assert mention.sides == sides


def test_a_row_shows_both_texts_where_neither_is_known_to_say_the_other() -> None:
    texts = ("Stool: no O&P seen", "No ova or parasites.")
    reports = [_report("here", texts[0]), _report("there", texts[1])]
    assert disagreements(reports) == ()
    (wording,) = wordings(reports)
    assert (wording.field, {opinion.value for opinion in wording.values}) == ("conclusion", set(texts))


def test_a_contradiction_is_a_disagreement_and_no_wording() -> None:
    reports = [_report("here", "No pneumonia."), _report("there", "Right lower lobe pneumonia.")]
    assert [difference.field for difference in disagreements(reports)] == ["conclusion"]
    assert wordings(reports) == ()


def test_the_same_findings_are_shown_once() -> None:
    reports = [_report("here", "RLL pneumonia"), _report("there", "Right lower lobe pneumonia.")]
    assert disagreements(reports) == wordings(reports) == ()


def test_a_coded_conclusion_does_not_hide_the_text() -> None:
    assert statements(_report("here", "No pneumonia.", "Normal").entry)["conclusion"].shown == "No pneumonia.; Normal"
    reports = [_report("here", "No pneumonia.", "Normal"), _report("there", "RLL pneumonia", "Normal")]
    assert [difference.field for difference in disagreements(reports)] == ["conclusion"]
