"""Tests of everything; CONTRIBUTING.md says what belongs in which folder.

Where ``PYTHONDONTWRITEBYTECODE`` is set, as in many containers, each process of a run would compile all tests anew, and
each program that a test starts all of the portal: 12 and 0.8 seconds of CPU. Tests have bytecode written all the same.
"""

import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
