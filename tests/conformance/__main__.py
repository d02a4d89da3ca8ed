"""``python -m tests.conformance http://localhost:8001 maria PASSWORD``: the checks against a started instance."""

import sys

from tests.conformance.app import App
from tests.conformance.checks import run, table

if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    app = App(base=sys.argv[1].rstrip("/"), username=sys.argv[2], password=sys.argv[3])
    app.register()
    results = run(app)
    print(table(results))
    sys.exit(0 if all(result.passed for result in results) else 1)
