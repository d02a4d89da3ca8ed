"""Where the templates and static files lie: inside the package in a wheel, beside it in a repository; and phrases."""

from pathlib import Path


def _folder(name: str) -> Path:
    package = Path(__file__).resolve().parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name


TEMPLATES = _folder("templates")
STATIC = _folder("static")
TRANSLATIONS = Path(__file__).resolve().parent / "translations"
