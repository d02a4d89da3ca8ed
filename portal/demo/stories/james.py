"""James Chen, 58, who has linked nothing yet, and Mia, 15, whose father no longer sees everything."""

from portal.demo.stories import codes, people
from portal.demo.stories.chart import Chart
from portal.demo.stories.site import Site


def mycooper(site: Site) -> Chart:
    chart = Chart(site, people.james(site.today))
    chart.no_allergies(-900)
    chart.problem(codes.PREDIABETES, -650)
    chart.problem(codes.PROSTATE, -400)
    chart.medicine(codes.ASPIRIN_81, -900, "Take 1 tablet once a day", "Okafor")
    for days, hba1c, psa in ((-650, 5.9, 2.8), (-290, 5.8, 3.1)):
        chart.lab(codes.HBA1C, hba1c, days)
        chart.lab(codes.PSA, psa, days)
    chart.vitals(-290, pressure=(126, 78), weight=84.0, pulse=68, height=176)
    chart.vaccine(codes.FLU, -42)
    chart.vaccine(codes.SHINGLES, -500)
    chart.procedure(codes.COLONOSCOPY, -1200, "Okafor")
    chart.visit(codes.CHECK_UP, -290, "Okafor", why="Yearly check-up")
    chart.visit(codes.CONSULTATION, -400, "Lindqvist", why="Enlarged prostate")
    chart.appointment(75, "Okafor", why="Yearly check-up")
    chart.care_team("Okafor", "Lindqvist")
    return chart


def mia_mycooper(site: Site) -> Chart:
    chart = Chart(site, people.mia(site.today))
    chart.no_allergies(-500)
    chart.problem(codes.RHINITIS, -1400)
    chart.vaccine(codes.FLU, -40)
    chart.vitals(-120, pressure=(108, 66), weight=54.2, pulse=74, height=163)
    chart.visit(codes.WELL_CHILD, -120, "Feldman", why="Yearly check-up")
    chart.visit(codes.CONSULTATION, -45, "Feldman", why="Talk about feeling low")
    chart.restricted()
    chart.appointment(12, "Feldman", why="Follow-up")
    chart.restricted()
    chart.care_team("Feldman")
    return chart


def riverbend(site: Site) -> Chart:
    chart = Chart(site, people.james(site.today))
    chart.problem(codes.HIP_ARTHRITIS, -500)
    chart.medicine(codes.IBUPROFEN, -480, "Take 1 tablet for hip pain, with food", "Marsh", as_needed=True)
    chart.visit(codes.CONSULTATION, -480, "Marsh", why="Hip pain")
    chart.care_team("Marsh", name="Riverbend care team")
    return chart


def oldmill(site: Site) -> Chart:
    chart = Chart(site, people.james(site.today))
    chart.allergy(codes.SULFONAMIDE, -5200, codes.RASH, "mild", category="medication")
    chart.problem(codes.RHINITIS, -5200, ended=-4000)
    chart.visit(codes.CHECK_UP, -4000, "Whitaker", why="Yearly check-up")
    return chart
