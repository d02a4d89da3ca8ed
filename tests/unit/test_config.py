"""Settings: each is declared once, checked when it is read, and shown unless it is a secret."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.config import Settings, variables
from portal.domain.errors import ConfigurationError

SECRET = {
    "PORTAL_SECRET_KEY",
    "PORTAL_ENCRYPTION_KEYS",
    "PORTAL_INDEX_KEY",
    "PORTAL_DATABASE_URL",
    "PORTAL_REDIS_URL",
    "PORTAL_METRICS_TOKEN",
    "PORTAL_EGRESS_PROXY",
    "PORTAL_MAIL",
}
NEAR = ("localhost:8000", "127.0.0.1", "[::1]:8000", "10.1.2.3", "192.168.0.9:80", "[fd00::1]", "intranet", "ehr.lan")


def read(data_dir: Path, **environ: str) -> Settings:
    return Settings.from_environment({"PORTAL_DATA_DIR": str(data_dir), **environ})


def test_every_field_but_testing_has_a_variable_of_its_own() -> None:
    names = [variable.name for variable in variables()]
    assert len(names) == len(set(names)) == len(fields(Settings))
    assert {variable.name for variable in variables() if variable.secret} == SECRET


def test_what_is_not_set_or_empty_has_its_default(tmp_path: Path) -> None:
    settings = read(tmp_path, PORTAL_NAME="", PORTAL_TEEN_AGE="", PORTAL_REVERSE_LINKS="")
    assert (settings.name, settings.teen_age, settings.reverse_links) == ("MyCooper", 13, True)
    assert settings.database_url == f"sqlite:///{tmp_path / 'portal.sqlite3'}"
    assert settings.brands is None


def test_generated_secrets_stay_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first == second
    for name in ("secret-key", "encryption-keys", "index-key"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert first.secret_key not in repr(first)


@pytest.mark.parametrize("name", ["secret-key", "encryption-keys", "index-key"])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, name: str) -> None:
    read(tmp_path)
    for mode in (0o640, 0o604, 0o620):
        (tmp_path / name).chmod(mode)
        with pytest.raises(ConfigurationError, match=f"{name} may be read or written by others: chmod 600"):
            read(tmp_path)
    (tmp_path / name).chmod(0o600)
    read(tmp_path)


def test_a_data_directory_is_made_for_its_owner_only(tmp_path: Path) -> None:
    read(tmp_path / "data")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_demo_in_a_network_may_be_reached_without_encryption(tmp_path: Path) -> None:
    changes = {"PORTAL_BASE_URL": "http://8.8.8.8:8000", "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on"}
    assert read(tmp_path, **changes).base_url == "http://8.8.8.8:8000"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("PORTAL_BASE_URL", "https://portal.example/", "https://portal.example"),
        *(("PORTAL_BASE_URL", f"http://{host}", f"http://{host}") for host in NEAR),
        ("PORTAL_ACCENT", "359", 359),
        ("PORTAL_LASTING_AUTHORIZATION", "OFF", False),
        ("PORTAL_REGISTRATION", "Statement", "statement"),
        ("PORTAL_WITHHELD", "Observation, Condition", frozenset({"Observation", "Condition"})),
        ("PORTAL_CHART_GROUP", "Group/7", "7"),
        ("PORTAL_CHART_SCOPES", "system/Patient.rs system/Condition.rs", ("system/Patient.rs", "system/Condition.rs")),
        ("PORTAL_BRANDS", "brands.json", Path("brands.json")),
        ("PORTAL_PRIVATE_HOSTS", "FHIR.own.example, ehr", frozenset({"fhir.own.example", "ehr"})),
        ("PORTAL_TRUSTED_HOSTS", "portal.example,my.portal.example", {"portal.example", "my.portal.example"}),
        ("PORTAL_EGRESS_PROXY", "http://user:secret@proxy.example:3128", "http://user:secret@proxy.example:3128"),
    ],
)
def test_texts_are_read_as_values(tmp_path: Path, name: str, text: str, value: Any) -> None:
    [field] = [each for each in fields(Settings) if each.metadata.get("variable", variables()[-1]).name == name]
    assert getattr(read(tmp_path, **{name: text}), field.name) == value


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("PORTAL_BASE_URL", "https://portal.example/path", "PORTAL_BASE_URL must be http(s)"),
        ("PORTAL_BASE_URL", "http://portal.example", "PORTAL_BASE_URL must be https"),
        ("PORTAL_BASE_URL", "http://8.8.8.8:8000", "PORTAL_BASE_URL must be https"),
        ("PORTAL_BASE_URL", "http://0x7f.1", "PORTAL_BASE_URL must be https"),
        ("PORTAL_ACCENT", "360", "PORTAL_ACCENT must be a whole number from 0 to 359"),
        ("PORTAL_TEEN_AGE", "-1", "PORTAL_TEEN_AGE must be a whole number"),
        ("PORTAL_REVERSE_LINKS", "perhaps", "PORTAL_REVERSE_LINKS must be on or off"),
        ("PORTAL_REGISTRATION", "closed", "PORTAL_REGISTRATION must be one of"),
        ("PORTAL_SECRET_KEY", "short", "PORTAL_SECRET_KEY must have at least 32"),
        ("PORTAL_ENCRYPTION_KEYS", "k1:c2hvcnQ=", "PORTAL_ENCRYPTION_KEYS must be id:key pairs"),
        ("PORTAL_CHART_BASE", "https://fhir.example/r4", "PORTAL_CHART_CLIENT_ID must be set"),
        ("PORTAL_CHART_BASE", "fhir.example", "PORTAL_CHART_BASE must be the http(s) address"),
        ("PORTAL_TRUSTED_HOSTS", "https://portal.example", "PORTAL_TRUSTED_HOSTS must be host names"),
        ("PORTAL_PRIVATE_HOSTS", "*.own.example", "PORTAL_PRIVATE_HOSTS must be host names"),
        ("PORTAL_PRIVATE_HOSTS", "10.0.0.1", "PORTAL_PRIVATE_HOSTS must be host names"),
        ("PORTAL_CA_FILE", "/nowhere/ca.pem", "PORTAL_CA_FILE must be a file with certificates"),
        ("PORTAL_EGRESS_PROXY", "socks5://proxy.example:1080", "PORTAL_EGRESS_PROXY must be http://"),
        ("PORTAL_SECOND_FACTOR", "never", "PORTAL_SECOND_FACTOR must be one of"),
        ("PORTAL_MAIL", "mail.example", "PORTAL_MAIL must be off, page, or smtp(s)"),
        ("PORTAL_MAIL", "smtp://mail.example", "PORTAL_MAIL_FROM must be set"),
        ("PORTAL_MAIL", "page", "PORTAL_MAIL may be page only"),
        ("PORTAL_TRUSTED_PROXIES", "10.0.0.1/8", "PORTAL_TRUSTED_PROXIES must be comma-separated"),
        ("PORTAL_COLOR", "blue", "PORTAL_COLOR is not a setting"),
    ],
)
def test_a_wrong_value_names_its_variable(tmp_path: Path, name: str, text: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, **{name: text})
    assert hint in (refused.value.hint or "")
    assert text == "short" or "short" not in (refused.value.hint or "")


def test_the_command_lists_every_variable_and_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRET:
        monkeypatch.setenv(name, f"hidden-{name}")
    monkeypatch.setenv("PORTAL_NAME", "MyActon")
    output = CliRunner().invoke(main, ["settings"]).output
    assert [variable.name for variable in variables() if f"{variable.name}\n" not in output] == []
    assert "set to: MyActon" in output
    assert "hidden-" not in output
