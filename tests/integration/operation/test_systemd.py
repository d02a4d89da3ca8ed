"""The units of deploy/systemd: systemd takes them, and they are closed to what they do not need."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.test_files import ROOT

UNITS = sorted((ROOT / "deploy/systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
MOST_EXPOSED = 2.5

pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units with this environment's program in the place of the installed one."""
    program = str(Path(sys.executable).with_name("portal"))
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/tributary/bin/portal", program))
    return tmp_path


def test_systemd_takes_them(units: Path) -> None:
    command = ["systemd-analyze", "verify", "--man=no", *sorted(units.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True)
    if "Failed to initialize manager" in done.stderr:
        pytest.skip("systemd-analyze verify does not run here")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.stem)
def test_they_are_closed(units: Path, service: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", units / service.name]
    done = subprocess.run(command, capture_output=True, text=True)
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert exposure, done.stderr
    assert float(exposure[1]) <= MOST_EXPOSED


def test_their_environment_is_right(tmp_path: Path) -> None:
    """The example of the environment is read as it is, but for its folders."""
    text = (ROOT / "deploy/tributary.env").read_text().replace("/var/lib", str(tmp_path))
    (tmp_path / "tributary.env").write_text(text)
    command = f'set -a; . {tmp_path}/tributary.env; exec "{sys.executable}" -m portal.cli settings --check'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "The settings are right.\n"), done.stderr
