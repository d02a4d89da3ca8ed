"""The care team's inbox: what patients write to the clinicians of this organization, and the answers."""

from portal.web.care_team.settings import blueprint as settings_blueprint
from portal.web.care_team.views import blueprint

__all__ = ["blueprint", "settings_blueprint"]
