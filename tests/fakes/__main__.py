"""Run a fake organization: ``python -m tests.fakes --port 9001 --misbehave /fhir/Observation=slow_drip``."""

import argparse
import sys
import time

from tests.fakes import FakeOrganization, misbehaviour


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--misbehave",
        action="append",
        default=[],
        metavar="PATH=NAME[:NUMBER]",
        help="a function of tests/fakes/misbehaviour.py, as in /fhir/Condition=status:503",
    )
    options = parser.parse_args()
    organization = FakeOrganization(port=options.port)
    for rule in options.misbehave:
        path, _, rest = rule.partition("=")
        name, _, number = rest.partition(":")
        make = getattr(misbehaviour, name, None)
        if make is None:
            parser.error(f"no misbehaviour is called {name}")
        organization.misbehave(path, make(int(number)) if number else make())
    with organization:
        sys.stdout.write(f"{organization.fhir_base}\n")
        sys.stdout.flush()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main())
