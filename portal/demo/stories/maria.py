"""Maria Alvarez, 46: asthma, type 2 diabetes, a new hip; her record lies in seven places.

What the pages should find: metformin is the same here and at Riverbend; lisinopril is 10 mg here and 20 mg there; only
Riverbend knows of the penicillin allergy and of the implant; hemoglobin A1c is measured here and at Shoreline.
"""

from portal.demo.stories import codes, people
from portal.demo.stories.chart import Chart
from portal.demo.stories.site import Site

_YEAR = 365
# Days ago and value: five years, falling under treatment. MyCooper measures in spring and fall, Shoreline between.
_HBA1C_HOME = ((-1790, 8.4), (-1600, 7.9), (-1420, 7.6), (-1065, 7.4), (-700, 7.1), (-340, 6.9), (-48, 6.7))
_HBA1C_SHORELINE = ((-1700, 8.1), (-1240, 7.7), (-880, 7.2), (-520, 7.3), (-150, 6.8))


def mycooper(site: Site) -> Chart:
    chart = Chart(site, people.maria(site.today))
    chart.allergy(codes.CAT, -2900, codes.SNEEZING, "mild", category="environment")
    chart.problem(codes.ASTHMA, -7300)
    chart.problem(codes.DIABETES, -1800)
    chart.problem(codes.HYPERTENSION, -1500)
    chart.problem(codes.LIPIDS, -1420)
    chart.problem(codes.BRONCHITIS, -410, ended=-392)
    chart.medicine(codes.METFORMIN, -1780, "Take 1 tablet twice a day with meals", "Okafor", per_day=2,
                   reason=codes.DIABETES)  # fmt: skip
    chart.medicine(codes.LISINOPRIL_10, -1490, "Take 1 tablet once a day", "Okafor", reason=codes.HYPERTENSION)
    chart.medicine(codes.ALBUTEROL, -2200, "Inhale 2 puffs every 4 to 6 hours when short of breath", "Okafor",
                   dose=(2, "{puff}"), as_needed=True, reason=codes.ASTHMA)  # fmt: skip
    chart.medicine(codes.ATORVASTATIN, -1400, "Take 1 tablet at bedtime", "Okafor", reason=codes.LIPIDS)
    for days, value in _HBA1C_HOME:
        chart.lab(codes.HBA1C, value, days)
    # A copy of Shoreline's result that came by fax and was entered here: one row, both sources.
    chart.lab(codes.HBA1C, 6.8, -150, performer=site.outside("shoreline", "Shoreline Imaging and Labs"))
    for days, total, ldl, hdl, triglycerides in (
        (-700, 214, 131, 48, 176),
        (-340, 189, 104, 52, 165),
        (-48, 172, 91, 54, 138),
    ):
        chart.panel(codes.LIPID_PANEL, days, [
            (codes.TOTAL_CHOLESTEROL, total), (codes.LDL, ldl), (codes.HDL, hdl), (codes.TRIGLYCERIDES, triglycerides),
        ])  # fmt: skip
    chart.panel(codes.METABOLIC_PANEL, -48, [
        (codes.GLUCOSE, 128), (codes.CREATININE, 0.8), (codes.POTASSIUM, 4.3), (codes.SODIUM, 139),
    ])  # fmt: skip
    chart.lab(codes.URINE_ALBUMIN, 18, -48)
    for days, pressure, weight, pulse in (
        (-1065, (146, 92), 81.2, 78), (-700, (138, 86), 79.4, 76), (-340, (134, 84), 77.9, 74), (-48, (129, 80), 76.5, 72),
    ):  # fmt: skip
        chart.vitals(days, pressure=pressure, weight=weight, pulse=pulse, height=163)
    for vaccine, days in (
        (codes.FLU, -40),
        (codes.FLU, -405),
        (codes.COVID, -400),
        (codes.TDAP, -1900),
        (codes.PNEUMO, -690),
    ):
        chart.vaccine(vaccine, days)
    chart.procedure(codes.SPIROMETRY, -700, "Okafor")
    chart.procedure(codes.MAMMOGRAM, -300, "Okafor")
    checked = chart.visit(codes.CHECK_UP, -48, "Okafor", why="Diabetes check-up")
    chart.visit(codes.CHECK_UP, -340, "Okafor", why="Yearly check-up")
    chart.visit(codes.SYMPTOM, -410, "Okafor", why="Cough and fever", clock="15:20")
    chart.visit(codes.CHECK_UP, -700, "Okafor", why="Yearly check-up")
    chart.visit(codes.SURGERY_STAY, -2010, None, why="Hip surgery (as the patient told us)", kind="IMP", nights=3,
                provider=site.outside("riverbend", "Riverbend Regional Medical Center"))  # fmt: skip
    chart.appointment(37, "Okafor", why="Diabetes check-up", bring="Bring your inhaler and the list of your medicines. "
                      "Come without breakfast; water is fine.")  # fmt: skip
    chart.appointment(120, "Okafor", why="Yearly check-up", clock="08:40")
    chart.care_team("Okafor")
    chart.insurance("Garden Choice PPO", "GSH40021877-01", site.outside("gardenstate", "Garden State Health Plan"),
                    since=-1200, group="Camden City Schools")  # fmt: skip
    question = chart.message(-46, "Your blood test", "Hello Maria, your A1c is down to 6.7 %. Keep going as you do. Have you "
                          "had any low blood sugar?", doctor="Okafor")  # fmt: skip
    chart.message(
        -45, "Your blood test", "Thank you! No, I have felt fine.", doctor="Okafor", from_patient=True, answers=question
    )
    chart.message(-6, "Flu season", "You have had this season's flu vaccine, thank you. Please bring your inhaler to the "
                  "next visit so that we can check how you use it.", doctor="Okafor")  # fmt: skip
    chart.document(-48, "Progress note", ("11506-3", "Progress note"),
                   "Type 2 diabetes, well controlled (A1c 6.7 %). Blood pressure 129/80. Continue metformin, lisinopril "
                   "10 mg and atorvastatin. Hip replacement elsewhere; records not available here.", "Okafor",
                   visit=checked)  # fmt: skip
    chart.document(-48, "After visit summary", ("34133-9", "Summary of episode note"),
                   "Your A1c is 6.7 %. Go on with metformin and lisinopril 10 mg. Bring your inhaler next time. Next visit in "
                   "three months; come without breakfast.", "Okafor", visit=checked, pdf=True)  # fmt: skip
    return chart


def riverbend(site: Site) -> Chart:
    chart = Chart(site, people.maria(site.today))
    chart.allergy(codes.PENICILLIN, -2008, codes.HIVES, "moderate", category="medication")
    chart.problem(codes.HIP_ARTHRITIS, -2400, ended=-1900)
    chart.problem(codes.DIABETES, -1795)
    chart.medicine(
        codes.METFORMIN, -190, "Take 1 tablet twice a day with meals", "Nair", per_day=2, reason=codes.DIABETES
    )
    chart.medicine(codes.LISINOPRIL_20, -190, "Take 1 tablet once a day", "Nair", reason=codes.HYPERTENSION)
    chart.medicine(codes.ACETAMINOPHEN, -190, "Take 2 tablets up to every 6 hours for hip pain", "Marsh", dose=(2, "{tbl}"),
                   as_needed=True)  # fmt: skip
    chart.implant(codes.HIP_PROSTHESIS, placed=-2010, udi="09504000059118", lot="HX4471A", serial="77120934",
                  maker="Example Orthopedics", model="Stemline modular hip system")  # fmt: skip
    chart.lab(codes.HEMOGLOBIN, 11.2, -2007)
    chart.lab(codes.HEMOGLOBIN, 13.4, -190)
    chart.lab(codes.CREATININE, 0.9, -190)
    chart.vitals(-190, pressure=(142, 88), weight=77.1, pulse=76, height=163)
    chart.procedure(codes.HIP_REPLACEMENT, -2010, "Marsh")
    chart.visit(
        codes.SURGERY_STAY, -2010, "Marsh", why="Replacement of the right hip", kind="IMP", clock="07:00", nights=3
    )
    chart.visit(codes.FOLLOW_UP, -1900, "Marsh", why="After hip replacement")
    chart.visit(codes.CONSULTATION, -190, "Nair", why="Diabetes before a possible second hip operation")
    chart.appointment(16, "Marsh", why="Hip check with X-ray", clock="14:00")
    chart.care_team("Marsh", "Nair", "Owen", name="Riverbend care team")
    chart.message(-12, "Your hip check", "Dear Maria, please come 20 minutes early for an X-ray. Tell us if your medicines "
                  "have changed: our list says lisinopril 20 mg.", doctor="Marsh")  # fmt: skip
    chart.document(-2006, "Discharge summary", ("18842-5", "Discharge summary"),
                   "Right total hip replacement without complications. Hives after a first dose of penicillin on the ward: "
                   "penicillin must not be given again. Walks with crutches at discharge.", "Marsh")  # fmt: skip
    return chart


def oldmill(site: Site) -> Chart:
    chart = Chart(site, people.maria(site.today))
    chart.allergy(codes.SULFONAMIDE, -4100, codes.RASH, "mild", category="medication")
    chart.problem(codes.ASTHMA, -7300)
    chart.problem(codes.RHINITIS, -4300)
    chart.medicine(codes.CETIRIZINE, -2950, "Take 1 tablet once a day in spring", "Whitaker", reason=codes.RHINITIS)
    chart.medicine(codes.ALBUTEROL, -3100, "Inhale 2 puffs when short of breath", "Whitaker", dose=(2, "{puff}"),
                   as_needed=True, stopped=True)  # fmt: skip
    chart.visit(codes.CHECK_UP, -2950, "Whitaker", why="Allergies and asthma")
    return chart


def shoreline(site: Site) -> Chart:
    chart = Chart(site, people.maria(site.today))
    for days, value in _HBA1C_SHORELINE:
        chart.lab(codes.HBA1C, value, days)
    chart.panel(codes.LIPID_PANEL, -520, [
        (codes.TOTAL_CHOLESTEROL, 196), (codes.LDL, 112), (codes.HDL, 50), (codes.TRIGLYCERIDES, 171),
    ])  # fmt: skip
    chart.lab(codes.TSH, 2.1, -150)
    chart.report(codes.CHEST_XRAY, -409, "Clear lungs. No pneumonia.", "Brandt")
    chart.document(
        -409, "Radiology report", ("18748-4", "Diagnostic imaging study"), "Chest, two views: clear.", "Brandt"
    )
    return chart


def pinelands(site: Site) -> Chart:
    chart = Chart(site, people.maria(site.today))
    chart.problem(codes.PALPITATIONS, -260, ended=-120)
    chart.problem(codes.HYPERTENSION, -1480)
    chart.medicine(codes.ASPIRIN_81, -250, "Take 1 tablet once a day", "Sato", stopped=True)
    chart.report(codes.EKG, -255, "Normal rhythm, 74 beats per minute.", "Sato", kind="Cardiology")
    chart.report(codes.ECHO, -240, "Normal heart size and pumping (ejection fraction 62 %).", "Sato", kind="Cardiology")
    chart.visit(codes.CONSULTATION, -255, "Sato", why="Palpitations")
    chart.visit(codes.FOLLOW_UP, -120, "Sato", why="Palpitations are gone")
    chart.care_team("Sato", name="Heart team")
    chart.message(-118, "All is well", "Your heart is healthy. No further visits are planned.", doctor="Sato")
    return chart


def gardenstate(site: Site) -> Chart:
    chart = Chart(site, people.maria(site.today))
    chart.insurance("Garden Choice PPO", "GSH40021877-01", site.reference, since=-1200, group="Camden City Schools")
    return chart
