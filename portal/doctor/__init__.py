"""Checks of a deployment: what is wrong, and what to mend. Nothing is changed, and nobody's data are shown.

Each module of this package looks at one side: the machine, the database, the queue, what stands around it on the
network. ``examine`` asks them all.
"""

from portal.doctor.examination import examine
from portal.doctor.faults import Measures

__all__ = ["Measures", "examine"]
