"""Conclusions that exclude each other: how sure, how far a tumor is, which organism, which ligament or vessel."""

import pytest

from portal.merge.reports.conclusions import Wording, same_conclusion

SURE = [
    ("Possible fracture of the scaphoid", "Fracture of the scaphoid"),
    ("Possible pneumonia", "Definite pneumonia"),
    ("Questionable RLL pneumonia.", "RLL pneumonia."),
    ("Pneumonia likely", "Pneumonia unlikely"),
    ("Malignancy is likely.", "Malignancy is unlikely."),
    ("PE unlikely", "Acute PE in the right lower lobe"),
    ("Suspicious for malignancy", "Positive for malignancy"),
    ("Fracture, possible", "Fracture"),
    ("Fracture (possible)", "Fracture"),
    ("Pneumonia?", "Pneumonia"),
    ("Less likely malignancy", "Probable malignancy"),
    ("No suspicion of malignancy", "Suspicious for malignancy"),
    ("No suspicious mass", "Suspicious mass"),
    ("Not suspicious for malignancy", "Suspicious for malignancy"),
    ("Neumonía probable", "Neumonía poco probable"),
    ("Equivocal for appendicitis", "Definite appendicitis"),
    ("Findings favor benign etiology", "Findings favor malignancy"),
    ("Probably no fracture", "Fracture of the radius"),
]
STAGES = [
    ("Invasive adenocarcinoma, pT2 N0", "Invasive adenocarcinoma, pT3 N0"),
    ("Colon cancer, pT3N1aM0", "Colon cancer, pT3 N2a M0"),
    ("Colon cancer, pT3N1aM0", "Colon cancer, pT3 N1b M0"),
    ("TNM: T1c N0 M0", "T2 N0 M0"),
    ("Carcinoma, pTis", "Carcinoma, pT1"),
    ("CIN 1", "CIN III"),
    ("Bethesda III", "Bethesda V"),
    ("Grade group 2", "Grade group 4"),
    ("O-RADS 2", "O-RADS 4"),
]
ORGANISMS = [
    ("Wound culture: MRSA", "Wound culture: MSSA"),
    ("Methicillin-resistant S. aureus", "Methicillin-sensitive Staph aureus"),
    ("VRE isolated", "Vancomycin-susceptible enterococcus isolated"),
    ("Urine culture: E. coli >100,000 CFU/mL", "Urine culture: Klebsiella pneumoniae >100,000 CFU/mL"),
    ("No growth", "Pseudomonas aeruginosa"),
]
KINDS = [
    ("ACL tear", "PCL tear"),
    ("Complete ACL tear, left knee", "Complete tear of the posterior cruciate ligament, left knee"),
    ("MCL sprain, grade 2", "LCL sprain, grade 2"),
    ("Tear of the supraspinatus", "Tear of the infraspinatus"),
    ("DVT of the left femoral vein", "DVT of the left popliteal vein"),
    ("70% stenosis of the LAD", "70% stenosis of the RCA"),
    ("Subdural hematoma", "Epidural hematoma"),
    ("SDH", "Subarachnoid hemorrhage"),
    ("Viral pneumonia", "Bacterial pneumonia"),
    ("KRAS wild type", "KRAS mutated"),
    ("MSI-high", "Microsatellite stable"),
    ("Sinus bradycardia", "Sinus tachycardia"),
    ("Type A aortic dissection", "Type B aortic dissection"),
    ("Restrictive defect", "Obstructive defect"),
    ("Dichorionic twins", "Monochorionic twins"),
    ("Factor V Leiden heterozygous", "Factor V Leiden homozygous"),
    ("Tubulovillous adenoma", "Villous adenoma"),
    ("Tubulovillous adenoma", "Tubular adenoma"),
    ("No evidence of residual disease", "Residual disease present"),
]
COMPATIBLE = [
    ("PE unlikely", "No PE"),
    ("PE unlikely", "Possible PE"),
    ("Malignancy unlikely", "No evidence of malignancy"),
    ("Possible pneumonia", "Probable pneumonia"),
    ("Pneumonia not excluded", "Possible pneumonia"),
    ("Lung mass suspicious for malignancy", "Lung mass, suspicious for malignancy"),
    ("RLL opacity, possible pneumonia", "Opacity in the right lower lobe"),
    ("pT2, pN0", "pT2 pN0"),
    ("pT2 NX", "pT2 N0"),
    ("cT2 N0. Pathology pending", "pT3 N0"),
    ("Thoracic vertebra T4 intact. No fracture", "Vertebra T5 intact. No fracture"),
    ("Staph aureus, no MRSA", "MSSA"),
    ("MRSA isolated", "Methicillin resistant Staphylococcus aureus isolated"),
    ("ACL tear. PCL intact.", "Anterior cruciate ligament tear, left knee"),
    ("Wrist fracture, left", "Left distal radius fracture"),
    ("Gram negative rods", "E. coli"),
]


@pytest.mark.parametrize(("left", "right"), [*SURE, *STAGES, *ORGANISMS, *KINDS])
def test_what_excludes_the_other_contradicts(left: str, right: str) -> None:
    assert same_conclusion(left, right) is same_conclusion(right, left) is Wording.CONTRADICTORY


@pytest.mark.parametrize(("left", "right"), COMPATIBLE)
def test_what_may_both_be_so_does_not(left: str, right: str) -> None:
    assert same_conclusion(left, right) is same_conclusion(right, left) is not Wording.CONTRADICTORY


@pytest.mark.parametrize("doubt", ["possible", "probable", "unlikely"])
def test_a_doubt_is_never_passed_over(doubt: str) -> None:
    for text in (f"Fracture, {doubt}", f"Fracture {doubt}", f"{doubt} fracture"):
        assert same_conclusion(text, "Fracture") is not Wording.SAME
