"""The outbox: an e-mail reaches the mail server once, is tried again while that is away, and is given up in the end."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import text

from portal import mail
from portal.queue import JobQueue
from portal.services import Services
from portal.store import Database
from tests.factories.settings import make_settings


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: list[bytes] = []
        self.refuses = False


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.answer(b"220 ready")
        for line in self.rfile:
            verb = line[:4].upper().strip()
            if verb == b"RCPT" and self.server.refuses:
                self.answer(b"451 later")
            elif verb == b"DATA":
                self.answer(b"354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.letters.append(b"".join(lines))
                self.answer(b"250 taken")
            elif verb == b"QUIT":
                self.answer(b"221 bye")
                return
            else:
                self.answer(b"250 fine")

    def answer(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def services(database: Database, server: MailServer, tmp_path: object) -> Services:
    settings = make_settings(tmp_path)  # type: ignore[arg-type]
    address = f"smtp://127.0.0.1:{server.server_address[1]}"
    return Services(
        replace(settings, mail=address, mail_from="portal@home.example"), database, JobQueue("", settings.slug)
    )


def _post(services: Services) -> None:
    with services.db.transaction() as tx:
        mail.post(tx, recipient="ana@mail.example", subject="Su inicio de sesión", text="Añadió una clave.\n")


def _later(services: Services, span: timedelta) -> None:
    with services.db.transaction() as tx:
        at = (tx.now - span).replace(tzinfo=None).isoformat(sep=" ")
        tx.conn.execute(text("UPDATE outgoing_mail SET due_at = :at"), {"at": at})


def test_it_arrives_once_and_says_where_it_comes_from(services: Services, server: MailServer) -> None:
    _post(services)
    assert mail.send_due(services) == 1
    assert mail.send_due(services) == 0
    [letter] = server.letters
    message = message_from_bytes(letter, policy=policy.default)
    assert message["From"] == "portal@home.example"
    assert message["To"] == "ana@mail.example"
    assert message["Subject"] == "Su inicio de sesión"
    assert message.get_content().replace("\r\n", "\n") == "Añadió una clave.\n"


def test_it_is_tried_again_and_given_up_in_the_end(services: Services, server: MailServer) -> None:
    server.refuses = True
    _post(services)
    for _ in range(6):
        assert mail.send_due(services) == 0
        assert mail.send_due(services) == 0, "not again at once"
        _later(services, timedelta(seconds=1))
    server.refuses = False
    assert mail.send_due(services) == 0
    assert server.letters == []


def test_what_failed_arrives_later(services: Services, server: MailServer) -> None:
    server.refuses = True
    _post(services)
    mail.send_due(services)
    server.refuses = False
    assert mail.ask_again(services) == 0, "it is not due yet"
    _later(services, timedelta(seconds=1))
    assert mail.ask_again(services) == 1
    assert mail.send_due(services) == 1


def test_a_password_is_never_sent_without_tls(services: Services, server: MailServer) -> None:
    port = server.server_address[1]
    settings = replace(services.settings, mail=f"smtp://user:secret@127.0.0.1:{port}")
    _post(services)
    assert mail.send_due(replace(services, settings=settings)) == 0
    assert server.letters == []


@pytest.mark.parametrize("spoilt", ["recipient", "subject"])
def test_a_line_break_adds_no_header_and_stops_no_other_mail(
    services: Services, server: MailServer, spoilt: str
) -> None:
    """The one letter is given up like any that fails; those behind it are sent (ASVS 5.0, 1.3.11)."""
    letter = {"recipient": "ana@mail.example", "subject": "Sign-in", "text": "A passkey was added.\n"}
    with services.db.transaction() as tx:
        mail.post(tx, **(letter | {spoilt: f"{letter[spoilt]}\nBcc: thief@evil.example"}))
    _post(services)
    assert mail.send_due(services) == 1
    assert all(b"evil.example" not in each for each in server.letters)
