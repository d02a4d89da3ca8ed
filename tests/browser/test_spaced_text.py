"""Long words and long lists where the text is spaced out, at 320 CSS pixels (WCAG 2.2, 1.4.12).

``test_every_page.py`` looks at every page in this way; here are records whose words are as long as real ones.
"""

from pathlib import Path

import pytest

from portal.domain.ids import HOME
from portal.domain.links import LinkState, Outcome
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.browser.steps import Visitor
from tests.factories.record import link, medication
from tests.factories.world import World

_SPACED = (Path(__file__).parent / "spaced.js").read_text()
_REPORT = {
    "resourceType": "DiagnosticReport",
    "id": "ecg",
    "status": "final",
    "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "EC"}]}],
    "code": {"text": "Electrocardiogram"},
    "effectiveDateTime": "2026-03-02",
    "conclusion": "Sinus rhythm",
}


@pytest.mark.parametrize("scripts", [False], ids=["no-javascript"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_words_are_whole(visitor: Visitor, services: Services, world: World, language: str) -> None:
    ana = world.patient()
    tablets = [medication(f"m{dose}", str(code), f"Lisinopril {dose} MG Oral Tablet", "1 a day") for dose, code in _TWO]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=tablets[:1])
    failing = link(
        services,
        ana,
        name="Pinelands Heart Institute",
        state=LinkState.ERROR,
        resources=[_REPORT, *tablets[1:]],
        outcomes=dict.fromkeys(Section, Outcome.FAILED),
    )
    visitor.sign_in(ana)
    page = visitor.page
    page.set_viewport_size({"width": 320, "height": 800})
    page.context.add_cookies([{"name": "language", "value": language, "url": visitor.site}])
    problems = []
    for address in ("/", "/health/test-results", "/health/medications", f"/links/{failing.link_id}"):
        visitor.go(address)
        problems += [f"{address}: {problem}" for problem in page.evaluate(_SPACED)]
    assert not problems, "\n".join(problems)


_TWO = ((10, 314076), (20, 314077))
