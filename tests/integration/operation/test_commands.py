"""Every ``portal …`` command that README and documents name is there, with the options that are named."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from portal.cli import main
from tests.architecture.test_files import ROOT

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
PLANNED = {ROOT / "docs/requirements.md", ROOT / "docs/product.md"}
"""What it has to do, also what is not there yet."""
_BLOCK = re.compile(r"^(?: {4}|\$ )(?:portal|tributary) (.+)$", re.MULTILINE)
_INLINE = re.compile(r"`(?:portal|tributary) ([^`]+)`")


def commands() -> Iterator[tuple[str, str]]:
    """(document, arguments) of each command that is written out."""
    for path in DOCUMENTS:
        if path in PLANNED:
            continue
        text = path.read_text()
        for pattern in (_BLOCK, _INLINE):
            for match in pattern.finditer(text):
                yield str(path.relative_to(ROOT)), " ".join(match[1].partition(" #")[0].split())


COMMANDS = sorted(set(commands()))


def words_of(arguments: str) -> list[str]:
    return shlex.split(re.sub(r"[\[\]…]|\.\.\.", " ", arguments).replace("|", " "))


@pytest.mark.parametrize(("document", "arguments"), COMMANDS, ids=lambda text: text)
def test_a_command_is_there(document: str, arguments: str) -> None:
    words = words_of(arguments)
    path: list[str] = []
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        word = words.pop(0).rstrip(",;.")
        following = command.get_command(context, word)
        assert following is not None, f"{document}: portal {' '.join([*path, word])}"
        path.append(word)
        command = following
    help_ = CliRunner().invoke(main, [*path, "--help"])
    assert help_.exit_code == 0
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    named = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert named <= options | {"--help", "--version"}, f"{document}: portal {arguments}"


def test_commands_are_looked_for_where_they_stand() -> None:
    documents = {document for document, _ in COMMANDS}
    assert documents >= {"README.md", "docs/operation.md", "docs/audit.md", "docs/home-chart.md"}
