"""Packages of others from npm, for tests where node is present."""

import shutil
import subprocess
import tarfile
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


def packed(folder: Path, package: str, path: str) -> Path:
    """One file of a package ("name@version") without what the package needs; skips by name where it cannot be had."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    command = ["npm", "pack", package, "--silent", "--pack-destination", str(folder)]
    made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    if made.returncode != 0:
        pytest.skip(f"{package} cannot be had here")
    with tarfile.open(folder / made.stdout.split()[-1]) as archive:
        archive.extract(f"package/{path}", folder, filter="data")
    return folder / "package" / path
