"""What the program never does: guessable random values, weak hashes, shells, evaluated text, unsafe deserialization,
and hashing of passwords, which waits for its turn, while a transaction that writes is open."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_files import ROOT, tracked

_MODULES = {
    "random": {"portal/fhir/authorised.py"},  # how long to wait before trying again
    **dict.fromkeys(("pickle", "marshal", "shelve", "yaml", "xml", "ftplib", "telnetlib"), frozenset[str]()),
    "subprocess": {
        "portal/valkey.py",  # the embedded queue, with fixed arguments
        "portal/backups/postgres.py",  # PostgreSQL's programs, with addresses from the settings
    },
}
"""Modules that only these files import."""
_HASHES = {"sha256", "sha384", "sha512", "blake2b"}
_SHA1 = {
    "portal/normalise/attachments.py",  # compares the hash that FHIR defines for attachments
    "portal/authentication/breached.py",  # the form in which lists of known passwords are handed out
}
_TAKE_LONG = {
    *("hash_password", "verify_password", "one_at_a_time", "stretched"),
    *("RSAKey.generate_key", "jwk.RSAKey.generate_key"),
}
"""In a transaction that writes others wait for it. A function that is handed one does not call it either, nor what
stands beside it and does."""
_CALLS = {"eval", "exec", "__import__", "os.system", "os.popen", "compile"}


def _dangers(name: str, tree: ast.AST) -> Iterator[str]:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    beside = {node.name for node in functions if _called(node) & _TAKE_LONG}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names if not _may_import(name, alias.name))
            case ast.ImportFrom(module=str(module), names=names):
                if not _may_import(name, module):
                    yield module
                hashes = {alias.name for alias in names} if module == "hashlib" else set()
                yield from hashes - _HASHES - ({"sha1"} if name in _SHA1 else set())
            case ast.Attribute(value=ast.Name(id="hashlib"), attr=attribute) if attribute not in _HASHES:
                yield attribute
            case ast.Call(func=func, keywords=keywords):
                if (called := ast.unparse(func)) in _CALLS:
                    yield called
                yield from (f"{called} in a shell" for keyword in keywords if keyword.arg == "shell")
            case ast.FunctionDef(args=args) if any(arg.arg == "tx" for arg in (*args.args, *args.kwonlyargs)):
                yield from (f"{called} with a transaction" for called in _called(node) & (_TAKE_LONG | beside))
            case ast.With(items=items) if any("transaction()" in ast.unparse(item) for item in items):
                yield from (f"{called} in a transaction" for called in _called(node) & (_TAKE_LONG | beside))


def _called(node: ast.AST) -> set[str]:
    return {ast.unparse(each.func) for each in ast.walk(node) if isinstance(each, ast.Call)}


def _may_import(name: str, module: str) -> bool:
    files = _MODULES.get(module.split(".", maxsplit=1)[0])
    return files is None or name in files


def test_the_program_does_nothing_of_the_kind() -> None:
    files = [
        path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ("portal", "jobs")
    ]
    assert len(files) > 100
    dangers = {
        f"{name}: {danger}"
        for path in files
        for name in [path.relative_to(ROOT).as_posix()]
        for danger in _dangers(name, ast.parse(path.read_text()))
    }
    assert not dangers


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from random import choice",
        "import xml.etree.ElementTree as ElementTree",
        "import pickle",
        "from hashlib import md5",
        "import hashlib\nhashlib.sha1(b'')",
        "eval('1')",
        "import os\nos.system('ls')",
        "run('ls', shell=True)",
        "with db.transaction() as tx:\n    put(tx, hash_password('x'))",
        "def add(tx):\n    put(tx, hash_password('x'))",
        "def encoded():\n    return hash_password('x')\nwith db.transaction() as tx:\n    put(tx, encoded())",
        "def add(tx):\n    put(tx, jwk.RSAKey.generate_key(3072))",
    ],
)
def test_each_kind_is_noticed(source: str) -> None:
    assert list(_dangers(Path("portal/app.py").as_posix(), ast.parse(source)))
