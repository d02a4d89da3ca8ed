"""Roles in a care team in one wording: a field and who works in it, abbreviations, a person's words, Spanish."""

import re
from collections.abc import Mapping

from portal.merge.words.text import plain, synonyms

_ROLES: Mapping[str, str] = synonyms("""
pcp, primary care provider, primary care physician, primary care doctor, primary care clinician, primary care practitioner, primary care, primary care physician pcp, primary care provider pcp, pcp general, pcp primary care provider, general pcp, primary physician, primary provider, medico de cabecera, medico de atencion primaria, doctor de cabecera, proveedor de atencion primaria, medico primario, medica primaria, medico de familia primario, medico de cuidado primario, proveedor primario, doctor primario, medico de atencion primaria pcp, primary care md, primary md, primary doctor: primary care provider
cardiology, cardiologist, heart doctor, heart specialist, cardiovascular disease, cardiovascular diseases, cardiovascular medicine, cardiology physician, cardiologo, cardiologa, cardiologia: cardiologist
dermatology, dermatologist, skin doctor, dermatologo, dermatologa, dermatologia: dermatologist
endocrinology, endocrinologist, endocrinology diabetes metabolism, endocrinology diabetes and metabolism, endocrinologo, endocrinologa: endocrinologist
gastroenterology, gastroenterologist, gi, gi doctor, gi specialist, gastroenterologo, gastroenterologa: gastroenterologist
nephrology, nephrologist, kidney doctor, kidney specialist, nefrologo, nefrologa: nephrologist
neurology, neurologist, neurologo, neurologa: neurologist
pulmonology, pulmonologist, pulmonary disease, pulmonary medicine, pulmonary, lung doctor, lung specialist, neumologo, neumologa, pneumologist, pulmonary physician: pulmonologist
rheumatology, rheumatologist, reumatologo, reumatologa: rheumatologist
urology, urologist, urologo, urologa: urologist
oncology, oncologist, med oncology, medical oncology, medical oncologist, cancer doctor, oncologo, oncologa: oncologist
hematology oncology, hematologist oncologist, hematology and oncology: hematologist oncologist
hematology, hematologist, hematologo, hematologa: hematologist
radiation oncology, rad oncology, radiation oncologist: radiation oncologist
psychiatry, psychiatrist, psiquiatra: psychiatrist
psychology, psychologist, clinical psychologist, psicologo, psicologa, psicologa clinica, psicologo clinico: psychologist
ophthalmology, ophthalmologist, oftalmologo, oftalmologa, eye md: ophthalmologist
optometry, optometrist: optometrist
ent, ent specialist, otolaryngology, otolaryngologist, ear nose and throat, ear nose throat, ear nose and throat doctor, ear nose throat specialist, otorhinolaryngologist, otorrinolaringologo: otolaryngologist
ob gyn, obgyn, obstetrics gynecology, obstetrics and gynecology, obstetrician gynecologist, obstetrician and gynecologist, ob gyn physician, ob gyn obstetrician gynecologist, ginecoobstetra, gineco obstetra, obstetra ginecologo, obstetra ginecologa: obstetrician gynecologist
gynecology, gynecologist, ginecologo, ginecologa, gyn, gyn physician: gynecologist
obstetrics, obstetrician, obstetra, ob, ob gyn obstetrician, obstetrics physician: obstetrician
orthopedics, orthopedic, orthopedist, orthopaedics, orthopedic surgery, orthopaedic surgery, orthopedic surgeon, orthopaedic surgeon, ortopedista, ortopeda: orthopedic surgeon
general surgery, general surgeon, surgeon, cirujano, cirujana, cirujano general, cirujana general: surgeon
neurosurgery, neurosurgeon, neurological surgery: neurosurgeon
cardiac surgery, ct surgery, ct surgeon, cardiac surgeon, cardiothoracic surgery, cardiothoracic surgeon: cardiothoracic surgeon
vascular surgery, vascular surgeon: vascular surgeon
plastic surgery, plastic surgeon: plastic surgeon
surgical oncology, surgery oncology, surgical oncologist: surgical oncologist
pediatrics, pediatric, pediatrician, paediatrician, pediatric medicine, pediatra: pediatrician
family medicine, fam med, family med, family physician, family practice, family doctor, family practitioner, medico familiar, medicina familiar: family physician
internal medicine, int med, internist, internista, medicina interna: internist
geriatrics, geriatrician, geriatric medicine, geriatra: geriatrician
infectious disease, infectious diseases, infectious disease specialist, infectious disease physician, id specialist: infectious disease specialist
allergy and immunology, allergy immunology, allergist, allergist immunologist, alergologo: allergist
anesthesiology, anesthesiologist, anestesiologo: anesthesiologist
radiology, radiologist, radiologo: radiologist
pathology, pathologist: pathologist
podiatry, podiatrist, foot doctor, podologo: podiatrist
emergency medicine, emergency physician, emergency medicine physician, er doctor, ed physician, emergenciologo: emergency physician
pain medicine, pain management, pain specialist, pain management specialist: pain specialist
physical medicine and rehabilitation, physical medicine rehabilitation, pm and r, pm r, physiatrist, physiatry: physiatrist
hospital medicine, hospitalist, hospitalist physician: hospitalist
attending, attending physician, attending provider: attending
rn, registered nurse, nurse, enfermera, enfermero, rn nurse, registered nurse rn, enfermera registrada, enfermero registrado, enfermera graduada: nurse
lpn, licensed practical nurse: licensed practical nurse
np, nurse practitioner, aprn, fnp, family nurse practitioner, nurse practitioner np, enfermera practicante: nurse practitioner
pa, pa c, physician assistant, physician associate, asociado medico, asociada medica: physician assistant
pt, physical therapy, physical therapist, physiotherapist, fisioterapeuta, terapeuta fisico: physical therapist
ot, occupational therapy, occupational therapist, terapeuta ocupacional: occupational therapist
slp, speech therapy, speech therapist, speech language pathologist, speech and language pathologist: speech therapist
dietitian, dietician, registered dietitian, rd, rdn, nutritionist, registered dietitian nutritionist, nutrition, nutricionista: dietitian
social work, social worker, clinical social worker, licensed clinical social worker, lcsw, msw, medical social worker, trabajador social, trabajadora social: social worker
pharmacist, clinical pharmacist, pharmacy, pharmd, farmaceutico, farmaceutica: pharmacist
dentistry, dentist, general dentistry, general dentist, dds, dentista: dentist
chiropractic, chiropractor, quiropractico: chiropractor
midwife, certified nurse midwife, cnm, nurse midwife, partera: midwife
care manager, nurse care manager, rn care manager, care management: care manager
case manager, rn case manager, nurse case manager, case management, manejador de caso, manejadora de caso, manejador de casos, manejadora de casos: case manager
care coordinator, care coordination, coordinador de atencion, coordinadora de atencion: care coordinator
caregiver, care giver, carer, cuidador, cuidadora: caregiver
emergency contact, contacto de emergencia: emergency contact
""")  # noqa: E501 (a table is read line by line)


_IN_FULL = {
    "mgr": "manager", "coord": "coordinator", "asst": "assistant", "phys": "physician", "spec": "specialist",
    "heme": "hematology", "hem": "hematology", "onc": "oncology", "cards": "cardiology", "cardio": "cardiology",
    "derm": "dermatology", "endo": "endocrinology", "neuro": "neurology", "nephro": "nephrology", "neph": "nephrology",
    "pulm": "pulmonology", "rheum": "rheumatology", "uro": "urology", "ophtho": "ophthalmology",
    "gastro": "gastroenterology",
    "ortho": "orthopedic", "peds": "pediatric", "surg": "surgery", "gen": "general", "vasc": "vascular",
    "anesth": "anesthesiology",
}  # fmt: skip
_PARTED = re.compile(r"[(),;/]| - ")


def role(name: str) -> str:
    """Return a role as one name for the field and for who works in it; other words as they are.

    A name that says one role twice is that role: "Kidney specialist (nephrologist)".
    """
    words = _in_full(name)
    if words in _ROLES:
        return _ROLES[words]
    told = [_in_full(part) for part in _PARTED.split(name) if part.strip()]
    roles = {_ROLES.get(part, "") for part in told}
    return roles.pop() or words if len(roles) == 1 else words


def _in_full(name: str) -> str:
    return " ".join(_IN_FULL.get(word, word) for word in plain(name.replace("/", " ").replace("&", " and ")).split())
