"""``portal org | link | client | partner``: everything can be listed, shown and ended; errors are sentences."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from portal.cli import main
from portal.domain.links import LinkPolicy, LinkState
from portal.provider.oauth import operator
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links, revocations, tokens
from portal.store.links.tokens import Tokens
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from tests.factories.commands import Run, user_command
from tests.fakes import FakeOrganization
from tests.fakes.linked import Linked, link_to


@pytest.fixture
def linked(services: Services) -> Iterator[Linked]:
    with FakeOrganization() as org:
        yield link_to(services, org)


@pytest.fixture
def run(services: Services, monkeypatch: pytest.MonkeyPatch) -> Run:
    user_command(services.settings, monkeypatch)
    monkeypatch.setenv("PORTAL_ALLOW_LOCAL_ENDPOINTS", "on")
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def facts(result: Result) -> dict[str, str]:
    assert result.exit_code == 0, result.output
    return {name: text for name, _, text in (line.partition("\t") for line in result.output.splitlines())}


def refused(result: Result, sentence: str) -> None:
    assert (result.exit_code, sentence in result.output) == (1, True), result.output
    assert isinstance(result.exception, SystemExit), result.exception


def test_links(services: Services, linked: Linked, run: Run) -> None:
    with services.db.transaction() as tx:
        link = links.by_id(tx, link_id=linked.link_id)
        assert link
        tokens.put_tokens(
            tx, link_id=link.id, tokens=Tokens(access_token="secret", scopes=(), patient="p"), expires_at=None
        )
    listed = run("link", "list", "--org", link.organization_id)
    assert listed.output.split("\t")[:2] == [link.id, "active"]
    assert facts(run("link", "show", link.id))["state"] == "active"
    assert "secret" not in run("link", "show", link.id).output
    assert run("link", "end", link.id).exit_code == 0
    with services.db.reading() as tx:
        ended = links.by_id(tx, link_id=link.id)
        assert ended
        assert (ended.live, ended.state) == (False, LinkState.UNLINKED)
        assert tokens.tokens_of(tx, link_id=link.id) is None
        assert revocations.due_revocations(tx)
    assert "unlinked" in run("link", "show", link.id).output
    refused(run("link", "end", link.id), "has ended already")
    refused(run("link", "show", "nothing"), "there is no link with this id")
    refused(run("link", "list", "--patient", "nobody"), "there is no patient with this id")
    assert run("link", "list").exit_code == 2


def test_organizations(services: Services, linked: Linked, run: Run) -> None:
    with services.db.transaction() as tx:
        link = links.by_id(tx, link_id=linked.link_id)
        assert link
        empty = organizations.add(tx, name="Nobody's clinic", fhir_base="https://nobody.example/fhir")
    place = link.organization_id
    listed = {line.split("\t")[0]: line.split("\t")[1] for line in run("org", "list").output.splitlines()}
    assert listed.keys() >= {place, empty.id}
    assert facts(run("org", "show", place))["live links"] == "1"
    assert run("org", "disable", place).exit_code == 0
    with services.db.reading() as tx:
        assert links.by_id(tx, link_id=link.id).state is LinkState.UNAVAILABLE  # type: ignore[union-attr]
    assert place in run("org", "list", "--policy", LinkPolicy.OFF.value).output
    assert run("org", "enable", place).exit_code == 0
    refused(run("org", "remove", place), "1 links lead there")
    assert run("org", "remove", empty.id).exit_code == 0
    assert "out of sight since\t-" not in run("org", "show", empty.id).output
    assert "Nobody" not in run("directory", "search", "Nobody's clinic").output
    refused(run("org", "show", "nothing"), "there is no organization with this id")


def test_clients_and_partners(services: Services, run: Run) -> None:
    with services.db.transaction() as tx:
        clients.add_client(
            tx, client=OAuthClient(client_id="app", name="An app", redirect_uris=("https://a.example/",))
        )
        keys = operator.partner(name="Partner", client_id="them", jwks_uri="https://them.example/jwks")
        clients.add_client(tx, client=keys)
    assert [line.split("\t")[0] for line in run("client", "list").output.splitlines()] == ["app", "them"]
    assert [line.split("\t")[0] for line in run("partner", "list").output.splitlines()] == ["them"]
    assert facts(run("client", "show", "app"))["redirects"] == "https://a.example/"
    assert facts(run("partner", "show", "them"))["kind"] == "partner"
    refused(run("partner", "show", "app"), "there is none with this id")
    refused(run("partner", "end", "app"), "no active partner")
    assert run("partner", "end", "them").exit_code == 0
    assert run("client", "end", "app").exit_code == 0
    refused(run("client", "end", "app"), "no active client")
    refused(run("client", "disable", "nobody"), "no active client")
    assert facts(run("client", "show", "app"))["state"] == "shut out"
    assert run("client", "list").output == ""


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The commands that need no argument, but for those that go on running."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below
            yield from leaves(below, (*path, name))
    elif path[0] not in ("demo", "serve", "worker", "schedule", "doctor") and not any(
        parameter.required for parameter in command.params
    ):
        yield path


LEAVES = sorted(leaves(main))
BROKEN = {
    "a database that does not answer": "postgresql://portal:sesame-open@127.0.0.1:1/portal",
    "an empty database": "",
}


@pytest.mark.parametrize("state", BROKEN)
def test_no_command_ends_with_a_traceback(state: str, tmp_path: Path) -> None:
    """Nor shows a secret; with a database that is not there, and with one that was never migrated."""
    assert len(LEAVES) > 15
    environ = {"PORTAL_DATA_DIR": str(tmp_path), "PORTAL_DATABASE_URL": BROKEN[state]}
    environ |= {"PORTAL_BACKUP_DIR": str(tmp_path / "backups")}
    refusals = 0
    for path in LEAVES:
        if path == ("db", "upgrade") and not BROKEN[state]:
            continue
        answer = CliRunner().invoke(main, list(path), env=environ, input="")
        assert answer.exception is None or isinstance(answer.exception, SystemExit), (path, answer.exception)
        assert "sesame-open" not in answer.output
        if answer.exit_code == 1:
            refusals += 1
            assert len(answer.output.splitlines()[-1]) > 20, path
    assert refusals > 8
