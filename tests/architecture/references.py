"""What the project's texts refer to: documents, their keys and sections, decisions, paths, modules."""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.architecture.test_files import ROOT, tracked

DOCS = ROOT / "docs"
_KEY = r"[A-I]\d{1,2}"
_KEYS = rf"{_KEY}(?:(?:, | and | or | to |, and ){_KEY})*"
_PLACE = r"(?:§|section )\d+(?:\.\d+)?(?: line \d+)?"
_SECTIONS = re.compile(
    rf"\b(product|clinical-truth)\.md\)?,? ?({_PLACE}(?:(?:, | and | or | to ){_PLACE})*)", re.IGNORECASE
)
_REQUIREMENTS = re.compile(rf"\brequirements? ({_KEYS})\b", re.IGNORECASE)
_BRACKETED = re.compile(rf"\(({_KEY}(?:, {_KEY})*)\)|\| ({_KEY}) \|")
_MARKDOWN = re.compile(r"(?<![\w./-])((?:[\w.-]+/)*[\w.-]+\.md)\b")
_PATH = re.compile(r"(?<![\w./:{<-])((?:portal|jobs|tests|docs|templates|static|\.ci)/[\w./*-]*[\w*])")
_DOTTED = re.compile(r"(?<![\w./\"'])((?:portal|jobs|tests)(?:\.\w+)+)|-m ((?:portal|jobs|tests)(?:\.\w+)*)")
_DECISION = re.compile(r"\bADR (\d+)")


@dataclass(frozen=True)
class Text:
    """A file's text with each run of blanks as one, so that a reference over two lines is one; ``prose`` is what is
    written for readers: comments and docstrings of Python (those below a name among them), comments of
    templates; of documents everything but their fenced examples."""

    path: Path
    whole: str
    prose: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()


@cache
def texts() -> tuple[Text, ...]:
    """Everything that is written here, but locks, catalogues and licences."""
    chosen = {".py", ".md", ".html", ".css", ".js", ".toml", ".sh"}
    collected = []
    for path in tracked():
        if path.name == "test_documents.py":  # its own examples lead nowhere on purpose
            continue
        if path.suffix in chosen or path.name == "Makefile" or path.parent.name == ".ci":
            source = path.read_text()
            collected.append(Text(path, _even(source), _even(_prose(path.suffix, source))))
    return tuple(collected)


def _even(text: str) -> str:
    return re.sub(r"\s+(?:#(?::|\s)\s*)?", " ", text)


def _prose(suffix: str, source: str) -> str:
    if suffix == ".html":
        return "\n".join(re.findall(r"\{#.*?#\}", source, re.DOTALL))
    if suffix != ".py":
        return re.sub(
            r"^ *```.*?^ *```", "", source, flags=re.DOTALL | re.MULTILINE
        )  # examples of what is not there yet
    tree = ast.parse(source)
    strings = [
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    return "\n".join([*strings, *_comments(source)])


_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?:"{3}(?:[^\\]|\\.)*?"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')""",
    re.DOTALL,
)


def _comments(source: str) -> Iterator[str]:
    """Yield what stands behind a # that is in no string: six times as fast as ``tokenize``, which says the same."""
    for match in _TOKEN.finditer(source):
        if match["comment"]:
            yield match["comment"]


def sections(text: Text) -> Iterator[tuple[str, str, str]]:
    """(document, section, line or "") for each "product.md §3.17"; in a numbered document also its own "§3"."""
    named = [(match.start(), match.end(), match[1].lower(), match[2]) for match in _SECTIONS.finditer(text.whole)]
    for _start, _end, document, places in named:
        for number, point, line in re.findall(r"(?:§|section )(\d+)(?:\.(\d+)| line (\d+))?", places):
            yield document, number, point or line
    own = text.path.stem if text.path.parent == DOCS else ""
    for match in re.finditer(r"§(\d+)(?:\.(\d+))?", text.whole):
        if not any(start <= match.start() < end for start, end, *_rest in named):
            yield own, match[1], match[2] or ""


def keys(text: Text) -> Iterator[str]:
    """The requirements that a text names: "requirements B5 to B7", "(C4, C6)" in prose, a table's column."""
    for match in _REQUIREMENTS.finditer(text.whole):
        yield from re.findall(_KEY, match[1])
    for match in _BRACKETED.finditer(text.prose):
        yield from re.findall(_KEY, match[1] or match[2])


def documents(text: Text) -> Iterator[str]:
    yield from (match[1] for match in _MARKDOWN.finditer(re.sub(r"https?://\S+", "", text.whole)))


def paths(text: Text) -> Iterator[str]:
    yield from (match[1] for match in _PATH.finditer(re.sub(r"https?://\S+", "", text.prose)))


def modules(text: Text) -> Iterator[str]:
    yield from (match[1] or match[2] for match in _DOTTED.finditer(text.prose))


def decisions(text: Text) -> Iterator[int]:
    yield from (int(match[1]) for match in _DECISION.finditer(text.whole))


def resolves(dotted: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            value: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(value, part):
                return False
            value = getattr(value, part)
        return True
    return False
