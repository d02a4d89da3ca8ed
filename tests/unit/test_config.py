"""Settings: each is declared once, checked when it is read, and shown unless it is a secret."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.config import Settings, problems, variables
from portal.domain.errors import ConfigurationError

SECRET = {
    "PORTAL_SECRET_KEY",
    "PORTAL_ENCRYPTION_KEYS",
    "PORTAL_INDEX_KEY",
    "PORTAL_OLD_INDEX_KEY",
    "PORTAL_DATABASE_URL",
    "PORTAL_REDIS_URL",
    "PORTAL_METRICS_TOKEN",
    "PORTAL_EGRESS_PROXY",
    "PORTAL_MAIL",
    "PORTAL_OIDC_CLIENT_SECRET",
}
NEAR = ("localhost:8000", "127.0.0.1", "[::1]:8000", "10.1.2.3", "192.168.0.9:80", "[fd00::1]", "intranet", "ehr.lan")


KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


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
    apart = tmp_path.with_name(f"{tmp_path.name}-keys")
    assert apart.stat().st_mode & 0o077 == 0
    for name in ("secret-key", "encryption-keys", "index-key"):
        assert (apart / name).stat().st_mode & 0o077 == 0
        assert not (tmp_path / name).exists(), "a copy of the database's folder opens nothing"
    assert first.secret_key not in repr(first)


def test_keys_are_where_they_were_or_where_the_operator_says(tmp_path: Path) -> None:
    chosen = read(tmp_path / "data", PORTAL_KEY_DIR=str(tmp_path / "chosen"))
    assert (tmp_path / "chosen" / "index-key").read_text() == chosen.index_key
    for name in ("secret-key", "encryption-keys", "index-key"):
        (tmp_path / "before").mkdir(exist_ok=True)
        (tmp_path / "chosen" / name).rename(tmp_path / "before" / name)
    assert read(tmp_path / "before").index_key == chosen.index_key, "of a version that kept them in the data directory"
    assert not (tmp_path / "before-keys").exists()


@pytest.mark.parametrize("name", ["secret-key", "encryption-keys", "index-key"])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, name: str) -> None:
    read(tmp_path, PORTAL_KEY_DIR=str(tmp_path))
    for mode in (0o640, 0o604, 0o620):
        (tmp_path / name).chmod(mode)
        with pytest.raises(ConfigurationError, match=f"{name}, which others may read: chmod 600"):
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
        ("PORTAL_REGISTRATION", "OFF", "off"),
        ("PORTAL_WITHHELD", "AuditEvent", frozenset({"AuditEvent"})),
        (
            "PORTAL_DATABASE_URL",
            "postgresql:///portal?host=/run/postgresql",
            "postgresql:///portal?host=/run/postgresql",
        ),
        ("PORTAL_REDIS_URL", "unix:///run/valkey/socket", "unix:///run/valkey/socket"),
        ("PORTAL_MAIL_FROM", "My Portal <portal@cooper.example>", "My Portal <portal@cooper.example>"),
        ("PORTAL_WITHHELD", "Observation, Condition", frozenset({"Observation", "Condition"})),
        ("PORTAL_CHART_GROUP", "Group/7", "7"),
        ("PORTAL_CHART_SCOPES", "system/Patient.rs system/Condition.rs", ("system/Patient.rs", "system/Condition.rs")),
        ("PORTAL_PRIVATE_HOSTS", "FHIR.own.example, ehr", frozenset({"fhir.own.example", "ehr"})),
        (
            "PORTAL_ATTESTED_APPS",
            "https://a.example/, https://b.example/x",
            {"https://a.example", "https://b.example/x"},
        ),
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
        ("PORTAL_BASE_URL", "http://8.8.8.8:8000", "PORTAL_BASE_URL must be https"),
        ("PORTAL_BASE_URL", "http://0x7f.1", "PORTAL_BASE_URL must be https"),
        (
            "PORTAL_BASE_URL",
            "https://user@portal.example",
            "PORTAL_BASE_URL must be http(s)://host[:port], without a user",
        ),
        ("PORTAL_BASE_URL", "http://portal.example", "PORTAL_BASE_URL must be https"),
        ("PORTAL_CHART_BASE", "http://fhir.example/r4", "PORTAL_CHART_BASE must be https"),
        ("PORTAL_CHART_BASE", "https://fhir.example/r4?x=1", "PORTAL_CHART_BASE must be the address of a FHIR server"),
        ("PORTAL_CHART_SCOPES", "patient/*.rs", "PORTAL_CHART_SCOPES must be system/ scopes"),
        ("PORTAL_CHART_GROUP", "Group/a/b", "PORTAL_CHART_GROUP must be the id"),
        ("PORTAL_NAME", "My\x07Cooper", "PORTAL_NAME must be a name of printable"),
        ("PORTAL_ORGANIZATION", "  ", "PORTAL_ORGANIZATION must be a name of printable"),
        ("PORTAL_DATABASE_URL", "mysql://portal@db/hidden", "PORTAL_DATABASE_URL must be postgresql://"),
        ("PORTAL_DATABASE_URL", "portal.sqlite3", "PORTAL_DATABASE_URL must be postgresql://"),
        ("PORTAL_DATABASE_URL", "postgres://db/hidden", "PORTAL_DATABASE_URL must be postgresql://"),
        ("PORTAL_DATABASE_URL", "postgresql://db", "PORTAL_DATABASE_URL must be postgresql://"),
        ("PORTAL_REDIS_URL", "http://:hidden@queue:6379", "PORTAL_REDIS_URL must be redis(s)://"),
        ("PORTAL_REDIS_URL", "localhost:6379", "PORTAL_REDIS_URL must be redis(s)://"),
        ("PORTAL_TIME_ZONE", "New Jersey", "PORTAL_TIME_ZONE must be an IANA time zone"),
        ("PORTAL_TIME_ZONE", "../etc", "PORTAL_TIME_ZONE must be an IANA time zone"),
        ("PORTAL_WITHHELD", "Observation,Lab", "PORTAL_WITHHELD names Lab: that is no FHIR resource type"),
        ("PORTAL_INDEX_KEY", "short", "PORTAL_INDEX_KEY must have at least 32"),
        ("PORTAL_SECRET_KEY", "hidden" * 8, "PORTAL_SECRET_KEY must be random"),
        ("PORTAL_METRICS_TOKEN", "short", "PORTAL_METRICS_TOKEN must have at least 32"),
        ("PORTAL_ENCRYPTION_KEYS", f"k1:{'A' * 43}=", "PORTAL_ENCRYPTION_KEYS must hold random keys"),
        ("PORTAL_ENCRYPTION_KEYS", f"k1:{KEY},k2:{KEY}", "PORTAL_ENCRYPTION_KEYS has one key under two ids"),
        ("PORTAL_ENCRYPTION_KEYS_FILE", "/nowhere/keys", "PORTAL_ENCRYPTION_KEYS is to be read from /nowhere/keys"),
        ("PORTAL_REGISTRATION", "statement", "PORTAL_REGISTRATION_KEYS must be set"),
        ("PORTAL_REGISTRATION_KEYS", "/nowhere/keys.json", "PORTAL_REGISTRATION_KEYS must be a readable file"),
        ("PORTAL_BRANDS", "/nowhere/brands.json", "PORTAL_BRANDS must be a readable file with a JSON object"),
        ("PORTAL_BREACHED_PASSWORDS", "/nowhere/list.txt", "PORTAL_BREACHED_PASSWORDS must be a readable file"),
        ("PORTAL_AUDIT_CHECKPOINT", "/", "PORTAL_AUDIT_CHECKPOINT must be a file, not a folder"),
        ("PORTAL_MAIL_FROM", "the portal", "PORTAL_MAIL_FROM must be one e-mail address"),
        ("PORTAL_TRUSTED_PROXIES", "0.0.0.0/0", "PORTAL_TRUSTED_PROXIES must not be the whole Internet"),
        ("PORTAL_NAME_FILE", "/etc/name", "PORTAL_NAME_FILE is not a setting"),
        ("PORTAL_ACCENT", "360", "PORTAL_ACCENT must be a whole number from 0 to 359"),
        ("PORTAL_TEEN_AGE", "-1", "PORTAL_TEEN_AGE must be a whole number"),
        ("PORTAL_REVERSE_LINKS", "perhaps", "PORTAL_REVERSE_LINKS must be on or off"),
        ("PORTAL_REGISTRATION", "closed", "PORTAL_REGISTRATION must be one of"),
        ("PORTAL_SECRET_KEY", "short", "PORTAL_SECRET_KEY must have at least 32"),
        ("PORTAL_ENCRYPTION_KEYS", "k1:c2hvcnQ=", "PORTAL_ENCRYPTION_KEYS must be id:key pairs"),
        ("PORTAL_CHART_BASE", "https://fhir.example/r4", "PORTAL_CHART_CLIENT_ID must be set"),
        ("PORTAL_OIDC_ISSUER", "https://login.example", "PORTAL_OIDC_CLIENT_ID must be set"),
        ("PORTAL_OIDC_ISSUER", "http://login.example", "PORTAL_OIDC_ISSUER must be https"),
        ("PORTAL_OIDC_ISSUER", "https://login.example?x=1", "PORTAL_OIDC_ISSUER must be the address of an OpenID"),
        ("PORTAL_CHART_BASE", "fhir.example", "PORTAL_CHART_BASE must be the http(s) address"),
        ("PORTAL_TRUSTED_HOSTS", "https://portal.example", "PORTAL_TRUSTED_HOSTS must be host names"),
        ("PORTAL_PRIVATE_HOSTS", "*.own.example", "PORTAL_PRIVATE_HOSTS must be host names"),
        ("PORTAL_PRIVATE_HOSTS", "10.0.0.1", "PORTAL_PRIVATE_HOSTS must be host names"),
        ("PORTAL_ATTESTED_APPS", "a.example", "PORTAL_ATTESTED_APPS must be addresses"),
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
    assert "hidden" not in (refused.value.hint or "")
    assert not list(tmp_path.iterdir()), "a wrong setting leaves nothing behind"


def test_the_command_lists_every_variable_and_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRET:
        monkeypatch.setenv(name, f"hidden-{name}")
    monkeypatch.setenv("PORTAL_NAME", "MyActon")
    output = CliRunner().invoke(main, ["settings"]).output
    assert [variable.name for variable in variables() if f"{variable.name}\n" not in output] == []
    assert "set to: MyActon" in output
    assert "hidden-" not in output


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {
        "PORTAL_COLOR": "blue",
        "PORTAL_BASE_URL": "portal.example",
        "PORTAL_TIME_ZONE": "New Jersey",
        "PORTAL_SECRET_KEY": "hidden",
        "PORTAL_DATABASE_URL": "mysql://portal:hidden@db/portal",
        "PORTAL_REGISTRATION": "statement",
        "PORTAL_MAIL": "smtp://user:hidden@mail.example",
        "PORTAL_DATA_DIR": str(tmp_path / "data"),
    }
    wrong = {"COLOR", "BASE_URL", "TIME_ZONE", "SECRET_KEY", "DATABASE_URL", "REGISTRATION_KEYS", "MAIL_FROM"}
    sentences = problems(environ)
    assert {sentence.split()[0] for sentence in sentences} == {f"PORTAL_{name}" for name in wrong}
    for name, text in environ.items():
        monkeypatch.setenv(name, text)
    for arguments in (["settings", "--check"], ["serve"], ["worker"], ["schedule"], ["db", "check"]):
        answer = CliRunner().invoke(main, arguments)
        assert answer.exit_code == 1
        assert not [sentence for sentence in sentences if sentence not in answer.output]
        assert "hidden" not in answer.output
    assert not (tmp_path / "data").exists()


def test_a_check_makes_no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "data"))
    answer = CliRunner().invoke(main, ["settings", "--check"])
    assert (answer.exit_code, answer.output.splitlines()[0]) == (0, "The settings are right.")
    assert not (tmp_path / "data").exists()


def test_every_instance_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_INSTANCES_DIR", str(tmp_path))
    assert "PORTAL_INSTANCES_DIR must be a folder" in CliRunner().invoke(main, ["settings", "--check"]).output
    for name, line in (("one", "PORTAL_ACCENT=360"), ("two", "PORTAL_TEEN_AGE=19")):
        (tmp_path / f"{name}.env").write_text(f"PORTAL_DATA_DIR={tmp_path}\n{line}\n")
        (tmp_path / f"{name}.env").chmod(0o644 if name == "two" else 0o600)
    output = CliRunner().invoke(main, ["settings", "--check"]).output
    assert "one: PORTAL_ACCENT" in output
    assert "one: others may read" not in output
    assert "two: PORTAL_TEEN_AGE" in output
    assert f"two: others may read {tmp_path}/two.env: chmod 600" in output


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_stored_secret_that_others_may_read(tmp_path: Path, mode: int) -> None:
    read(tmp_path, PORTAL_KEY_DIR=str(tmp_path))
    (tmp_path / "index-key").chmod(mode)
    [sentence] = problems({"PORTAL_DATA_DIR": str(tmp_path)})
    assert sentence == f"PORTAL_INDEX_KEY is in {tmp_path}/index-key, which others may read: chmod 600"


def test_a_stored_secret_that_was_emptied_is_not_made_anew(tmp_path: Path) -> None:
    read(tmp_path, PORTAL_KEY_DIR=str(tmp_path))
    (tmp_path / "encryption-keys").write_text("")
    [sentence] = problems({"PORTAL_DATA_DIR": str(tmp_path)})
    assert sentence.startswith(f"PORTAL_ENCRYPTION_KEYS is in {tmp_path}/encryption-keys, which is empty")


def test_a_secret_by_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("metrics token of thirty-two characters\n")
    (tmp_path / "token").chmod(0o640)
    environ = {"PORTAL_DATA_DIR": str(tmp_path / "data"), "PORTAL_METRICS_TOKEN_FILE": str(tmp_path / "token")}
    assert Settings.from_environment(environ).metrics_token == "metrics token of thirty-two characters"
    (tmp_path / "token").chmod(0o644)
    assert "PORTAL_METRICS_TOKEN is in" in problems(environ)[0]
    (tmp_path / "token").write_text("hidden")
    assert "hidden" not in " ".join(problems(environ))
    assert "must be set once" in problems(environ | {"PORTAL_METRICS_TOKEN": "hidden"})[0]


def test_a_folder_that_everybody_may_write_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert problems({"PORTAL_DATA_DIR": str(tmp_path)}) == (
        "PORTAL_DATA_DIR must be a folder that not everybody may write to: chmod o-w",
    )
    (tmp_path / "file").touch()
    assert problems({"PORTAL_DATA_DIR": str(tmp_path / "file")}) == ("PORTAL_DATA_DIR must be a folder",)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[]", "must be a readable file with a JSON object"),
        ("{", "must be a readable file with a JSON object"),
        ('{"keys": []}', "must be a JWK Set with at least one key"),
        ('{"keys": [{"kty": "oct", "k": "hidden"}]}', "must hold RSA and EC keys only"),
        ('{"keys": [{"kty": "EC", "d": "hidden"}]}', "must hold public keys only: take the private parts out"),
    ],
)
def test_keys_of_statements(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "keys.json").write_text(content)
    environ = {"PORTAL_REGISTRATION": "statement", "PORTAL_REGISTRATION_KEYS": str(tmp_path / "keys.json")}
    assert problems(environ) == (f"PORTAL_REGISTRATION_KEYS {sentence}",)


def test_keys_beside_the_database_are_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "data"))
    check = ["settings", "--check"]
    assert CliRunner().invoke(main, check).output == "The settings are right.\n"
    beside = tmp_path / "data" / "encryption-keys"
    beside.parent.mkdir()
    beside.write_text("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    beside.chmod(0o600)
    assert "PORTAL_KEY_DIR" in CliRunner().invoke(main, check).output
    monkeypatch.setenv("PORTAL_KEY_DIR", str(tmp_path / "data" / "keys"))
    assert "PORTAL_KEY_DIR" in CliRunner().invoke(main, check).output
    monkeypatch.delenv("PORTAL_KEY_DIR")
    beside.rename(tmp_path / "elsewhere")
    monkeypatch.setenv("PORTAL_ENCRYPTION_KEYS_FILE", str(tmp_path / "elsewhere"))
    answer = CliRunner().invoke(main, check)
    assert answer.output == "The settings are right.\n", "an operator who moved them is left in peace"
