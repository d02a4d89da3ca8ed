"""What comes from outside becomes no pattern, no format string, no path and no set of fields; ciphers are libraries'.

The code itself is read: a new place of the kind fails, and is then allowed here, with a reason, or made otherwise.
"""

import ast
import re
import tomllib
from collections.abc import Iterator

from tests.architecture.parsed import ROOT, modules

FORMATS = {
    "portal/cli/users.py:_HINTS[refusal]": "phrases of this file",
    "portal/demo/switch.py:_PAGE": "a page of this file",
    "portal/sharing/rendered.py:head": "a page of this file",
    "portal/store/directory/lookup.py:template": "queries of this file",
    "portal/store/directory/lookup.py:templates[2]": "the same",
    "portal/store/directory/lookup.py:middle": "the same",
    "portal/web/home/install.py:_ICON": "a picture of this file",
}
PATHS = {
    "portal/web/assets.py": "our own files, found when the program starts",
    "portal/provider/brands.py": "the file that a setting names",
    "portal/provider/oauth/registration.py": "the same",
}
LIBRARIES = {
    "cryptography",
    "joserfc",
    "argon2",
    "pyotp",
    "webauthn",
    "authlib",
    "itsdangerous",
    "ssl",
    "hmac",
    "secrets",
}
BESIDE = {"hashlib": {"sha256"}, "random": {"uniform"}}
"""Modules of Python of which only these are used: a digest that decides nothing, and how long to wait."""


def trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for path, tree in modules(*folders):
        yield str(path.relative_to(ROOT)), tree


def calls(tree: ast.AST, parameters: frozenset[str] = frozenset()) -> Iterator[tuple[ast.Call, frozenset[str]]]:
    """Every call, with the names of the parameters that it sees."""
    if isinstance(tree, ast.FunctionDef | ast.Lambda):
        parameters |= {each.arg for each in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)}
    if isinstance(tree, ast.Call):
        yield tree, parameters
    for node in ast.iter_child_nodes(tree):
        yield from calls(node, parameters)


def unescaped(pattern: ast.AST) -> Iterator[str]:
    if isinstance(pattern, ast.Call) and ast.unparse(pattern.func) == "re.escape":
        return
    if isinstance(pattern, ast.Name):
        yield pattern.id
    for node in ast.iter_child_nodes(pattern):
        yield from unescaped(node)


def test_no_pattern_is_made_of_input() -> None:
    wrong = [
        f"{path}:{call.lineno}"
        for path, tree in trees("portal", "jobs")
        for call, parameters in calls(tree)
        if ast.unparse(call.func).startswith("re.") and call.args and parameters & set(unescaped(call.args[0]))
    ]
    assert not wrong


def test_no_format_string_is_made_of_input() -> None:
    wrong = []
    for path, tree in trees("portal", "jobs"):
        for call, _parameters in calls(tree):
            if isinstance(call.func, ast.Attribute) and call.func.attr in {"format", "format_map"}:
                text = ast.unparse(call.func.value)
                fixed = isinstance(call.func.value, ast.Constant) or text.startswith(("Markup('", 'Markup("'))
                if not fixed and text != "msgspec.json" and f"{path}:{text}" not in FORMATS:
                    wrong.append(f"{path}:{text}")
            if ast.unparse(call.func).endswith(("render_template_string", ".from_string")):
                wrong.append(f"{path}:{call.lineno}")
    assert not wrong


def test_no_path_is_made_in_an_answer() -> None:
    names = {"open", "Path", "send_file", "send_from_directory"}
    methods = {"joinpath", "read_text", "read_bytes", "write_text", "write_bytes"}
    touching = {
        path
        for path, tree in trees("portal/web", "portal/provider")
        for call, _parameters in calls(tree)
        if ast.unparse(call.func) in names or (isinstance(call.func, ast.Attribute) and call.func.attr in methods)
    }
    assert touching == set(PATHS)


def test_a_form_gives_only_the_fields_that_are_asked_for() -> None:
    """No object takes what a request happens to hold: ``populate_obj``, ``**request.form``, ``dict(request.form)``."""
    wrong = [
        f"{path}:{call.lineno}"
        for path, tree in trees("portal/web", "portal/provider")
        for call, _parameters in calls(tree)
        if ast.unparse(call.func).endswith(("populate_obj", "form.to_dict", "setattr"))
        or any(each.arg is None and "request." in ast.unparse(each.value) for each in call.keywords)
    ]
    assert not wrong


def test_ciphers_and_randomness_are_of_libraries() -> None:
    known = LIBRARIES | set(BESIDE)
    suspicious = re.compile(r"crypt|cipher|nacl|jwt|rsa|ecdsa|hash|rand|bcrypt|scrypt|otp|jose")
    modules: dict[str, set[str]] = {}
    wrong = []
    for path, tree in trees("portal", "jobs"):
        for node in ast.walk(tree):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                if suspicious.search(top) and top not in known:
                    wrong.append(f"{path}: {name}")
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in BESIDE:
                modules.setdefault(node.value.id, set()).add(node.attr)
    assert not wrong
    assert all(used <= BESIDE[module] for module, used in modules.items()), modules


def test_types_are_strict() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    assert settings["strict"] is True
    assert not settings.get("ignore_errors")
    assert not any(each.get("ignore_errors") for each in settings.get("overrides", ()))


def test_scripts_write_no_property_that_data_names() -> None:
    """Prototype pollution needs one: ``object[name] = …``, a merge of what was parsed, or ``__proto__``."""
    own = [path for path in (ROOT / "static").glob("*.js") if not path.name.startswith("htmx")]
    assert len(own) >= 3
    for path in own:
        text = path.read_text()
        assert "__proto__" not in text
        assert not re.search(r"Object\.assign\(|structuredClone\(|\bfor \(const \w+ in ", text), path.name
        written = re.findall(r"(\w+)\[([^\]]+)\]\s*=[^=>]", text)
        assert [name for _object, name in written if not name.startswith(('"', "'")) and not name.isdigit()] == []
