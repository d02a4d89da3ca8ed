"""What the name of an illness or a procedure says, all of it: its words, side, type, stage, course, whose and whether."""

# ruff: noqa: E501 (a table is read line by line)

import pytest

from portal.merge.words.concepts import Concept, read_concept

_ISSUES = """
HTN (hypertension) | hypertension
MS - multiple sclerosis | multiple sclerosis
Rheumatoid arthritis (RA) | arthritis rheumatoid
Type II diabetes mellitus without complication (HCC) | diabete; type2; withoutcomplications
CKD stage 3a | ckd; stage 3a
CKD 3b | ckd; stage 3b
Chronic kidney disease, stage 4 (severe) | ckd; stage 4
NYHA class III heart failure | failure heart; stage 3
Heart failure with EF 35% | failure heart; ef 35%
Second degree burn of left hand | burn hand; left; degree 2
Prostate cancer, Gleason 3+4 | cancer prostate; gleason 3+4
Breast cancer T2N0M0 | breast cancer; t2n0m0
Child-Pugh class B cirrhosis | cirrhosis; child-pugh class b
Poorly controlled asthma | asthma; uncontrolled
Well-controlled hypertension | hypertension; controlled
Acute on chronic systolic heart failure | failure heart; systolic; acute; chronic
History of stroke | stroke; history
Family history of breast cancer | breast cancer; family history
Suspected appendicitis | appendicitis; suspected
Rule out pneumonia | pneumonia; to rule out
OA R knee | knee osteoarthritis; right
Bilateral knee pain | knee pain; both
Asthma, resolved | asthma; over
Pregnancy, 12 weeks | pregnancy; 12 weeks
Wound 3 cm left foot | foot wound; left; 3 cm
Depression, unspecified | depression
Allergies | allergy
Cirrhosis [K74.60] | cirrhosis
Sickle cell trait | cell sickle trait; trait
L4-5 disc herniation | disc herniation l4l5
Screening for colon cancer | cancer colon; screening
Migraine without aura | migraine; withoutaura
Not controlled diabetes | diabete; uncontrolled
Sensorineural hearing loss, AS | hearing loss sensorineural; left
Chronic otitis media AD | media otitis; right; chronic
Hearing loss, as a child | child hearing loss
Depression as AD | ad depression
"""
_PROCEDURES = """
Laparoscopic cholecystectomy | cholecystectomy; laparoscopic
Open reduction internal fixation of left ankle | ankle fixation internal reduction; left; open
CT abdomen with and without contrast | abdomen contrast ct withandwithout
CT abdomen w/o contrast | abdomen ct withoutcontrast
Right total knee replacement | arthroplasty knee; right; total
EGD with biopsy | biopsy esophagogastroduodenoscopy
Colonoscopy, screening | colonoscopy; screening
TAH BSO | hysterectomy oophorectomy salpingo; both; abdominal; total
"""


def _shown(concept: Concept) -> str:
    parts = (
        *(" ".join(concept.words), concept.side, *concept.types, *concept.stages, *concept.courses),
        *(*concept.approaches, *concept.contexts, concept.assertion, "over" if concept.over else ""),
    )
    return "; ".join(filter(None, parts))


@pytest.mark.parametrize("line", _ISSUES.strip().splitlines())
def test_all_that_the_name_of_an_illness_says(line: str) -> None:
    name, _, shown = line.partition(" | ")
    assert _shown(read_concept(name)) == shown


@pytest.mark.parametrize("line", _PROCEDURES.strip().splitlines())
def test_all_that_the_name_of_a_procedure_says(line: str) -> None:
    name, _, shown = line.partition(" | ")
    assert _shown(read_concept(name, procedure=True)) == shown
