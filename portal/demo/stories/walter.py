"""Walter Green, 67, whose chart there is twice: the second record was begun one night in the emergency room."""

from portal.demo.stories import codes, people
from portal.demo.stories.chart import Chart
from portal.demo.stories.site import Site


def mycooper(site: Site) -> Chart:
    chart = Chart(site, people.walter(site.today))
    chart.allergy(codes.SULFONAMIDE, -3000, codes.RASH, "moderate", category="medication")
    chart.problem(codes.HYPERTENSION, -2800)
    chart.medicine(codes.LISINOPRIL_20, -2000, "Take 1 tablet once a day", "Okafor", reason=codes.HYPERTENSION)
    chart.visit(codes.CHECK_UP, -210, "Okafor", why="Yearly check-up")
    return chart


def mycooper_again(site: Site) -> Chart:
    """Return what one night left: without the allergy that the other record has."""
    chart = Chart(site, people.walt(site.today))
    chart.problem(codes.HYPERTENSION, -60)
    chart.visit(codes.CONSULTATION, -60, "Okafor", why="Cut on the hand")
    return chart
