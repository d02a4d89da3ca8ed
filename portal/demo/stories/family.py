"""Leo Alvarez, 9, whose hospital is Lakeside; and Rosa Alvarez, 78, who has many conditions and medicines."""

from dataclasses import replace

from portal.demo.stories import codes, people
from portal.demo.stories.chart import Chart
from portal.demo.stories.site import Site


def leo_mycooper(site: Site) -> Chart:
    chart = Chart(site, people.leo(site.today))
    chart.no_allergies(-700)
    chart.problem(codes.ECZEMA, -2900)
    chart.medicine(codes.HYDROCORTISONE, -300, "Put a thin layer on itchy skin twice a day for up to 7 days", "Feldman",
                   dose=(1, "{application}"), per_day=2, reason=codes.ECZEMA)  # fmt: skip
    for vaccine, days in (
        (codes.HEPATITIS_B, -3280), (codes.DTAP, -3220), (codes.POLIO, -3220), (codes.HIB, -3220), (codes.MMR, -2900),
        (codes.CHICKENPOX, -2900), (codes.HEPATITIS_A, -2880), (codes.DTAP, -1750), (codes.POLIO, -1750),
        (codes.MMR, -1750), (codes.FLU, -395),
    ):  # fmt: skip
        chart.vaccine(vaccine, days)
    chart.vitals(-300, pressure=(98, 62), weight=29.4, pulse=88, height=134)
    chart.visit(codes.WELL_CHILD, -300, "Feldman", why="Yearly check-up")
    chart.visit(codes.EMERGENCY, -95, None, why="Asthma attack (as his mother told us)", kind="EMER",
                provider=site.outside("lakeside", "Lakeside Children's Hospital"))  # fmt: skip
    chart.appointment(64, "Feldman", why="Yearly check-up", clock="15:40")
    chart.care_team("Feldman")
    chart.insurance("Garden Choice PPO", "GSH40021877-03", site.outside("gardenstate", "Garden State Health Plan"),
                    since=-1200, group="Camden City Schools", relationship="child")  # fmt: skip
    return chart


def leo_lakeside(site: Site) -> Chart:
    chart = Chart(site, people.leo(site.today))
    chart.allergy(codes.PEANUT, -1100, codes.ANAPHYLAXIS, "severe", category="food")
    chart.problem(codes.CHILD_ASTHMA, -1150)
    chart.problem(codes.ECZEMA, -2850)
    chart.medicine(codes.FLUTICASONE, -94, "Inhale 2 puffs twice a day with the spacer", "Moreau", dose=(2, "{puff}"),
                   per_day=2, reason=codes.CHILD_ASTHMA)  # fmt: skip
    chart.medicine(codes.ALBUTEROL, -1150, "Inhale 2 puffs when short of breath, and before sports", "Moreau",
                   dose=(2, "{puff}"), as_needed=True, reason=codes.CHILD_ASTHMA)  # fmt: skip
    chart.vaccine(codes.FLU, -30)
    chart.procedure(codes.PRICK_TEST, -1100, "Moreau")
    chart.procedure(codes.SPIROMETRY, -60, "Moreau")
    chart.visit(codes.EMERGENCY, -95, "Moreau", why="Asthma attack", kind="EMER", clock="21:15")
    chart.visit(codes.FOLLOW_UP, -60, "Moreau", why="Asthma, after the attack")
    chart.appointment(25, "Moreau", why="Asthma check", clock="16:00")
    chart.care_team("Moreau", name="Asthma team")
    chart.message(-58, "Leo's asthma plan", "Leo's breathing test was good. Please keep the daily inhaler until we meet "
                  "again, and give the school a copy of his plan.", doctor="Moreau")  # fmt: skip
    return chart


def leo_gardenstate(site: Site) -> Chart:
    chart = Chart(site, people.leo(site.today))
    chart.insurance("Garden Choice PPO", "GSH40021877-03", site.reference, since=-1200, group="Camden City Schools",
                    relationship="child")  # fmt: skip
    return chart


def rosa_mycooper(site: Site) -> Chart:
    chart = Chart(site, people.rosa(site.today))
    chart.allergy(codes.SULFONAMIDE, -6000, codes.RASH, "moderate", category="medication")
    for problem, since in (
        (codes.HYPERTENSION, -9000), (codes.DIABETES, -5400), (codes.HYPOTHYROID, -4800), (codes.OSTEOPOROSIS, -2600),
        (codes.KIDNEY_3, -1300), (codes.ATRIAL_FIBRILLATION, -800),
    ):  # fmt: skip
        chart.problem(problem, since)
    chart.medicine(codes.LISINOPRIL_20, -2000, "Take 1 tablet once a day", "Okafor", reason=codes.HYPERTENSION)
    chart.medicine(
        codes.METFORMIN, -1250, "Take 1 tablet once a day with the evening meal", "Okafor", reason=codes.DIABETES
    )
    chart.medicine(codes.ATORVASTATIN, -3000, "Take 1 tablet at bedtime", "Okafor")
    chart.medicine(codes.ALENDRONATE, -2500, "Take 1 tablet every morning with a full glass of water", "Okafor",
                   reason=codes.OSTEOPOROSIS)  # fmt: skip
    chart.medicine(
        codes.APIXABAN, -790, "Take 1 tablet twice a day", "Okafor", per_day=2, reason=codes.ATRIAL_FIBRILLATION
    )
    chart.medicine(codes.OMEPRAZOLE, -600, "Take 1 capsule before breakfast", "Okafor", dose=(1, "{capsule}"))
    for days, creatinine, potassium, hba1c in ((-760, 1.2, 4.6, 7.2), (-390, 1.3, 4.8, 7.0), (-33, 1.3, 4.9, 7.1)):
        chart.lab(codes.HBA1C, hba1c, days)
        chart.panel(codes.METABOLIC_PANEL, days, [
            (codes.GLUCOSE, 141), (codes.CREATININE, creatinine), (codes.POTASSIUM, potassium), (codes.SODIUM, 138),
        ])  # fmt: skip
    chart.lab(codes.TSH, 3.2, -33)
    chart.report(codes.BONE_DENSITY, -640, "Osteoporosis of the hip, a little better than three years ago.", "Okafor")
    chart.vitals(-33, pressure=(138, 76), weight=61.8, pulse=70, height=155)
    for vaccine, days in ((codes.FLU, -35), (codes.RSV, -380), (codes.SHINGLES, -1500), (codes.SHINGLES, -1400),
                          (codes.PNEUMO, -900), (codes.COVID, -370)):  # fmt: skip
        chart.vaccine(vaccine, days)
    chart.visit(codes.CHECK_UP, -33, "Okafor", why="Blood pressure, diabetes and kidneys")
    chart.visit(codes.CHECK_UP, -390, "Okafor", why="Yearly check-up")
    chart.visit(codes.CONSULTATION, -795, None, why="Irregular heartbeat",
                provider=site.outside("pinelands", "Pinelands Heart Institute"))  # fmt: skip
    chart.appointment(58, "Okafor", why="Blood test and blood pressure", clock="09:00")
    chart.care_team("Okafor")
    chart.insurance("Garden Medicare Advantage", "GSH10990412-01", site.outside("gardenstate", "Garden State Health Plan"),
                    since=-4700, group="Medicare")  # fmt: skip
    chart.message(-31, "Your blood test", "Your kidneys are stable. Please do not take ibuprofen for your knees; "
                  "acetaminophen is safe for you.", doctor="Okafor")  # fmt: skip
    return chart


def rosa_riverbend(site: Site) -> Chart:
    """Return her record under the name that she had before she married: near, and a photo ID decides."""
    chart = Chart(site, replace(people.rosa(site.today), family="Ruiz"))
    chart.problem(codes.OSTEOPOROSIS, -2600)
    chart.medicine(codes.ACETAMINOPHEN, -210, "Take 2 tablets up to three times a day", "Marsh", dose=(2, "{tbl}"),
                   as_needed=True)  # fmt: skip
    chart.medicine(codes.IBUPROFEN, -420, "Take 1 tablet for knee pain", "Marsh", as_needed=True, stopped=True)
    chart.visit(codes.CONSULTATION, -210, "Marsh", why="Knee pain")
    chart.care_team("Marsh", name="Riverbend care team")
    return chart


def rosa_pinelands(site: Site) -> Chart:
    chart = Chart(site, people.rosa(site.today))
    chart.problem(codes.ATRIAL_FIBRILLATION, -798)
    chart.problem(codes.HEART_FAILURE, -420)
    chart.medicine(
        codes.APIXABAN, -795, "Take 1 tablet twice a day", "Sato", per_day=2, reason=codes.ATRIAL_FIBRILLATION
    )
    chart.medicine(codes.METOPROLOL, -795, "Take 1 tablet once a day", "Sato", reason=codes.ATRIAL_FIBRILLATION)
    chart.medicine(codes.FUROSEMIDE, -420, "Take 1 tablet every morning", "Sato", reason=codes.HEART_FAILURE)
    chart.lab(codes.NT_PROBNP, 1240, -420)
    chart.lab(codes.NT_PROBNP, 690, -75)
    chart.report(codes.ECHO, -415, "Slightly weak pumping (ejection fraction 45 %).", "Sato", kind="Cardiology")
    chart.visit(codes.CONSULTATION, -795, "Sato", why="Irregular heartbeat")
    chart.visit(codes.FOLLOW_UP, -75, "Sato", why="Heart failure")
    chart.appointment(30, "Sato", why="Heart failure", clock="11:20")
    chart.care_team("Sato", name="Heart team")
    return chart


def rosa_gardenstate(site: Site) -> Chart:
    chart = Chart(site, people.rosa(site.today))
    chart.insurance("Garden Medicare Advantage", "GSH10990412-01", site.reference, since=-4700, group="Medicare")
    return chart
