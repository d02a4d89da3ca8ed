"""What the first requests of a process do at the same time, no other request before them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

_FIRST = """
import sys, threading
from pathlib import Path
import msgspec
from portal.app import create_app
from portal.linking.oauth.client import GrantedTokens
from portal.provider.oauth.models import Client, Token
from portal.sharing.summary import SummaryContent
from tests.factories.settings import make_settings

create_app(make_settings(Path(sys.argv[1])))
sys.setswitchinterval(1e-6)
together = threading.Barrier(8)

def first():
    for type_ in (GrantedTokens, Client, Token, SummaryContent):
        together.wait()
        try:
            msgspec.json.decode(b"{}", type=type_)
        except msgspec.ValidationError:
            pass

threads = [threading.Thread(target=first) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_several_threads_decode_a_type_that_none_has_decoded_before(tmp_path: Path) -> None:
    """Without ``portal.processes.ready_types`` this ends by a segmentation fault."""
    done = subprocess.run(
        [sys.executable, "-c", _FIRST, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode != -signal.SIGSEGV
    assert (done.returncode, done.stderr) == (0, "")
