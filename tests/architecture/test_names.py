"""Names are the field's, and each stands for one thing."""

from collections import defaultdict
from pathlib import Path

from tests.architecture import names

MOST_VAGUE = 0.005
MOST_WEAK = 0.03

SEVERAL_IDEAS = {
    "Actor": "access: an account with its rights; audit: who did it, always written audit.Actor",
    "Difference": "identity: of two persons' data; refresh: of two resources that are compared",
    "Item": "refresh: a resource to store; web: an entry on a page",
    "Member": "domain: of a care team; merge: of a group",
}
"""Class names that stand for two things, with what they are."""

SAME_FILE = {
    ("store", "links.py"): "the tables (schema) and what is read and written of them",
    ("store", "shares.py"): "the same",
    ("store", "tokens.py"): "tokens of our links and tokens that we issue",
    ("web", "forms.py"): "the forms of an area",
    ("web", "models.py"): "the view models of an area",
    ("web", "views.py"): "the routes of an area",
    ("web", "words.py"): "the words of an area",
}
"""File names that a package has in more than one of its folders, with what they all are."""


def test_nearly_no_name_says_nothing() -> None:
    bound = list(names.names(names.python_files()))
    total, vague, weak = names.share(bound)
    worst = [f"{name.path}:{name.line} {name.text}" for name in bound if name.vague]
    assert vague / total <= MOST_VAGUE, worst
    assert weak / total <= MOST_WEAK


def test_a_class_name_stands_for_one_thing() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for name in names.names(names.python_files()):
        if name.kind == "class":
            places[name.text].append(f"{name.path}:{name.line}")
    twice = {text: where for text, where in places.items() if len(where) > 1}
    assert twice.keys() == SEVERAL_IDEAS.keys(), {t: w for t, w in twice.items() if t not in SEVERAL_IDEAS}


def test_a_file_name_stands_for_one_thing_inside_a_package() -> None:
    folders: dict[tuple[str, str], set[Path]] = defaultdict(set)
    for path in names.python_files("portal"):
        inside = path.relative_to(names.ROOT / "portal").parts
        if len(inside) > 1 and path.name != "__init__.py":
            folders[inside[0], path.name].add(path)
    assert {key for key, paths in folders.items() if len(paths) > 1} == SAME_FILE.keys()
