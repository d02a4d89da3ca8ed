"""Packages of others that run in node, for tests where node is present."""

import shutil
import subprocess
from pathlib import Path

import pytest


def installed(folder: Path, *packages: str) -> Path:
    """``node_modules`` with these packages ("name@version"), in ``folder``; skips by name where they cannot be had."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node is not installed")
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), *packages]
    made = subprocess.run(command, capture_output=True, check=False, timeout=180)
    if made.returncode != 0:
        pytest.skip(f"{', '.join(packages)} cannot be installed here")
    return folder / "node_modules"
