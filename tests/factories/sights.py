"""How much somebody may see, as tests need it most."""

from portal.access.visibility import Sight
from portal.domain.sections import Section

WHOLE = Sight(confidential=True, private=True, held=False, sections=frozenset(Section), account=None)
"""The person's own."""
OPEN = Sight(confidential=False, private=False, held=False, sections=frozenset(Section), account="")
"""What everybody may see who sees the record."""
