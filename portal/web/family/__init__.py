"""Who acts for whom: inviting, answering, changing, ending; and the people one acts for."""

from portal.web.family import answering, changing, inviting, private, views  # noqa: F401 - they add their routes
from portal.web.family.area import blueprint

__all__ = ["blueprint"]
