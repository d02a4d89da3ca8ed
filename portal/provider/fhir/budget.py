"""What answering one search may cost: rows and time. Beyond it the caller is told to ask for less."""

import time
from dataclasses import dataclass, field

from portal.provider.fhir.outcomes import FhirError

ROWS = 20_000  # resources that a count, or all that one page includes, may look at
PAGE_ROWS = 4_000  # resources looked at for one page: a search that matches little goes on with the next page
PAGE_SECONDS = 2.0  # the same in time
SECONDS = 5.0  # for everything that one answer asks the database


def too_costly(text: str) -> FhirError:
    return FhirError(400, "too-costly", text)


@dataclass(slots=True)
class Budget:
    """The rows and the time of one search, counted down as it goes."""

    rows: int = field(default_factory=lambda: ROWS)
    began: float = field(default_factory=time.monotonic)

    def spend(self, rows: int) -> None:
        """Count rows that are looked at.

        Raises:
            FhirError: 400 ``too-costly`` when they or the time are used up.
        """
        self.rows -= rows
        if self.rows < 0 or time.monotonic() - self.began > SECONDS:
            raise too_costly("The search looks at too much; narrow it, or ask for pages instead of a count")

    def page_is_over(self, rows: int) -> bool:
        """Tell whether a page that has looked at ``rows`` has to go on with the next one."""
        return rows >= PAGE_ROWS or time.monotonic() - self.began > PAGE_SECONDS
