"""The demo's stories: what each organization has written down about whom."""

from datetime import date
from typing import Any

from portal.demo.stories import family, james, maria, people, walter

_CHARTS = {
    "mycooper": (
        *(maria.mycooper, family.leo_mycooper, family.rosa_mycooper, james.mycooper, james.mia_mycooper),
        *(walter.mycooper, walter.mycooper_again),
    ),
    "riverbend": (maria.riverbend, family.rosa_riverbend, james.riverbend),
    "oldmill": (maria.oldmill, james.oldmill),
    "shoreline": (maria.shoreline,),
    "pinelands": (maria.pinelands, family.rosa_pinelands),
    "lakeside": (family.leo_lakeside,),
    "gardenstate": (maria.gardenstate, family.leo_gardenstate, family.rosa_gardenstate),
}


def resources(key: str, today: date) -> list[dict[str, Any]]:
    """Everything the organization with this key has: its charts, and before them what they refer to."""
    site = people.site(key, today)
    charts = [chart(site) for chart in _CHARTS[key]]
    return [*site.resources, *(resource for chart in charts for resource in chart.resources)]
