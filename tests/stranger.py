"""A stranger's path from the wheel to a restored backup, with the real programs, on loopback: ``make stranger``.

The commands of docs/operation.md are taken from its own blocks, in its order, and run as the wheel's ``portal`` in an
empty environment: PostgreSQL, Valkey, nginx with TLS before two web processes, workers by queue, a scheduler. A patient
is invited, links a second instance in their browser and is refreshed; then a backup, an exchange of the web processes
under traffic, the drill, and a doctor who finds nothing. Not part of ``make test``: it takes a minute or two. What the
system's own programs do (apt-get, useradd, systemctl) is not done.
"""

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import venv
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx2

from tests.benchmarks.fault_stage import Postgres, running_valkey, until
from tests.browser.ports import free_ports
from tests.integration.linking.conftest import MARIA
from tests.integration.linking.second import CLIENT_SECRET, Browser, Second, add_maria, second_instance
from tests.integration.operation.test_nginx import _certificate, _configuration
from tests.integration.operation.test_path_of_docs import lines

ROOT = Path(__file__).parents[1]
PASSWORD = "only for the stranger's path"
_PATIENT = {
    "resourceType": "Patient",
    "id": "1001",
    "name": [{"family": "Alvarez", "given": ["Maria"]}],
    "birthDate": MARIA.birth_date,
    "gender": "female",
}


@dataclass
class Installed:
    """The wheel in an environment of its own, and the programs that run from it."""

    portal: Path
    environ: dict[str, str]
    written: list[str] = field(default_factory=lambda: lines("docs/operation.md"))

    def run(self, beginning: str, **instead: str) -> str:
        """Run the next command of the document that begins so, with the reader's own words in place of its."""
        line = next(each for each in self.written if each.startswith(f"tributary {beginning}"))
        for written, own in instead.items():
            line = line.replace(written.replace("_", " "), own)
        words = [each.strip("\"'") for each in re.findall(r"\"[^\"]*\"|\S+", line)][1:]
        done = subprocess.run([self.portal, *words], env=self.environ, capture_output=True, text=True)
        print(f"$ portal {' '.join(words)}\n{done.stdout.strip()[:400]}", flush=True)
        if done.returncode:
            raise SystemExit(f"{done.returncode}: {done.stderr[-2000:]}")
        return done.stdout

    def start(self, stack: ExitStack, *arguments: str) -> "subprocess.Popen[bytes]":
        with Path(self.environ["PORTAL_DATA_DIR"], f"{arguments[0]}.log").open("ab") as log:
            program = subprocess.Popen([self.portal, *arguments], env=self.environ, stdout=log, stderr=log)
        stack.callback(_end, program)
        return program


def _end(program: "subprocess.Popen[bytes]") -> None:
    if program.poll() is None:
        program.send_signal(signal.SIGTERM)
        program.wait(90)


def install(folder: Path) -> Path:
    """Build the wheel and install it; return its ``portal``. Dependencies are those of this environment."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([*pip, *build], check=True)
    wheel = next(folder.glob("tributary-*.whl"))
    venv.create(folder / "opt")
    python = str(folder / "opt/bin/python")
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--no-index", str(wheel)], check=True)
    (packages,) = (folder / "opt").glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(each for each in sys.path if each.endswith("site-packages")))
    return folder / "opt/bin/portal"


class Visitor:
    """A browser at the site behind nginx."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.client = httpx2.Client(verify=False, follow_redirects=True, timeout=30)

    def get(self, path: str) -> str:
        answer = self.client.get(urljoin(self.site, path))
        answer.raise_for_status()
        return answer.text

    def send(self, page: str, path: str, *, follow: bool = True, **fields: str) -> httpx2.Response:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page))
        form = {"csrf_token": unescape(token[1]) if token else "", **fields}
        headers = {"Referer": urljoin(self.site, page)}
        return self.client.post(urljoin(self.site, path), data=form, headers=headers, follow_redirects=follow)


def reads(visitor: Visitor, failed: list[str], read: list[float], stopped: threading.Event) -> None:
    while not stopped.is_set():
        for path in ("/", "/health/medications", "/links"):
            began = time.monotonic()
            try:
                page = visitor.get(path)
            except httpx2.HTTPError as error:
                failed.append(f"{path}: {error}")
            else:
                read.append(time.monotonic() - began)
                if "/sign-out" not in page:
                    failed.append(f"{path}: signed out")


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tributary-stranger-")))
        folder.chmod(0o755)
        first = free_ports(6)
        server = Postgres(folder / "postgres", first)
        server.make()
        server.start()
        stack.callback(server.stop)
        valkey = stack.enter_context(running_valkey(folder / "queue"))
        second = stack.enter_context(second_instance(folder / "second"))
        add_maria(second, MARIA)
        site = f"https://localhost:{first + 1}"
        (folder / "nginx").mkdir()
        _certificate(folder / "nginx")
        (folder / "data").mkdir(mode=0o700)
        environ = {
            "PATH": f"{shutil.which('pg_dump') and Path(str(shutil.which('pg_dump'))).parent}:/usr/bin:/bin",
            "PORTAL_DATA_DIR": str(folder / "data"),
            "PORTAL_BACKUP_DIR": str(folder / "backups"),
            "PORTAL_BASE_URL": site,
            "PORTAL_DATABASE_URL": f"postgresql://tributary@127.0.0.1:{first}/tributary",
            "PORTAL_REDIS_URL": valkey.url,
            "PORTAL_CA_FILE": str(folder / "nginx/fullchain.pem"),
            "PORTAL_PRIVATE_HOSTS": "localhost",
            "PORTAL_TRUSTED_PROXIES": "127.0.0.1",
            "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on",
            "PORTAL_SECOND_FACTOR": "optional",
        }
        installed = Installed(install(folder), environ)
        walk(stack, installed, server, second)


def walk(stack: ExitStack, installed: Installed, server: Postgres, second: Second) -> None:
    folder, first = server.folder.parent, server.port
    site, ports = f"https://localhost:{first + 1}", [first + 4, first + 5]
    for line in installed.written:
        if line.startswith(("sudo -u postgres createuser", "sudo -u postgres createdb")):
            program, *words = line.split()[3:]
            server.run(program, "-h", "127.0.0.1", "-p", str(first), "-U", "postgres", *words)
    installed.run("settings --check")
    installed.run("db upgrade")
    installed.run("db check")
    web = [installed.start(stack, "serve", "--bind", f"127.0.0.1:{port}", "--workers", "1") for port in ports]
    for line in installed.written:
        if line.startswith("tributary worker"):
            installed.start(stack, *re.sub(r"--count \d+", "--count 1", line).split()[1:])
    installed.start(stack, "schedule")
    _proxy(stack, folder, first, ports)
    visitor = Visitor(site)
    until(lambda: _ready(f"{site}/readyz"), 120)
    link_id = link(installed, visitor, folder, second)
    until(lambda: 'data-state="active"' in visitor.get(f"/links/{link_id}"), 120)
    until(lambda: 'data-origin="outside"' in visitor.get("/health/medications"), 120)
    installed.run("backup --keep 14")
    exchange(stack, installed, visitor, web, ports)
    server.ask("ALTER ROLE tributary CREATEDB", "postgres")
    installed.run("backup drill")
    installed.run("doctor")


def _proxy(stack: ExitStack, folder: Path, first: int, ports: list[int]) -> None:
    file = _configuration(folder / "nginx", ports[0], first + 1, first + 2, first + 3)
    site = folder / "nginx/site.conf"
    one = f"server 127.0.0.1:{ports[0]} fail_timeout=2s;"
    site.write_text(site.read_text().replace(one, one + one.replace(str(ports[0]), str(ports[1])), 1))
    nginx = subprocess.Popen(["nginx", "-c", str(file)])
    stack.callback(_end, nginx)


def link(installed: Installed, visitor: Visitor, folder: Path, second: Second) -> str:
    """Invite a patient, let them in, and link them to the other instance; return the link's id."""
    chart = folder / "patients.ndjson"
    chart.write_text(json.dumps(_PATIENT) + "\n")
    installed.run("records import", **{"/srv/chart/patients.ndjson": str(chart)})
    code = re.search(
        r"\b(?:[a-z0-9]{4}-){2,}[a-z0-9]{4}\b|\b[A-Z0-9]{4}(?:-[A-Z0-9]{4})+\b", installed.run("user invite")
    )
    if code is None:
        raise SystemExit("no code was printed")
    visitor.send("/activate", "/activate", code=code[0], birth_date=MARIA.birth_date or "", password=PASSWORD)
    page = visitor.send("/sign-in", "/sign-in", username="maria", password=PASSWORD).text
    if "/sign-out" not in page:
        raise SystemExit(f"not signed in: {_text(page)}")
    # Not --register: with a certificate that only this machine signed the other instance would not fetch our keys.
    second.add_client(name="MyCooper", redirect_uri=f"{visitor.site}/links/callback", method="client_secret_basic")
    secret = folder / "data/client-secret"
    secret.touch(mode=0o600)
    secret.write_text(CLIENT_SECRET)
    client = {"--register": f"--client-id mycooper --client-secret-file {secret}"}
    organization = installed.run("org add", **client, **{"https://fhir.riverbend.example": second.fhir_base}).split()[0]
    answer = visitor.send("/links", f"/links/new/{organization}", follow=False)
    address = re.search(r'<a class="button" href="([^"]+)"', answer.text)
    if address is None:
        raise SystemExit(f"{answer.status_code} at the start of a link: {_text(answer.text)}")
    back = Browser(second.url).agree(unescape(address[1]), username="maria")
    return str(visitor.client.get(back).url).rpartition("/")[2]


def _text(page: str) -> str:
    main = page.partition("<main")[2] or page
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())[:1500]


def exchange(
    stack: ExitStack, installed: Installed, visitor: Visitor, web: list["subprocess.Popen[bytes]"], ports: list[int]
) -> None:
    """Upgrade the database and exchange the web processes one after the other, while the patient reads."""
    failed: list[str] = []
    read: list[float] = []
    stopped = threading.Event()
    patient = threading.Thread(target=reads, args=(visitor, failed, read, stopped))
    patient.start()
    installed.run("db upgrade --later")
    for program, port in zip(web, ports, strict=True):
        _end(program)
        installed.start(stack, "serve", "--bind", f"127.0.0.1:{port}", "--workers", "1")
        address = f"http://127.0.0.1:{port}/readyz"
        until(partial(_ready, address), 120)
        time.sleep(5)  # until nginx asks it again
    stopped.set()
    patient.join()
    print(
        f"{len(read)} pages while both were exchanged, the longest {max(read):.1f} s, {len(failed)} failed", *failed[:9]
    )
    if failed:
        raise SystemExit(1)


def _ready(address: str) -> bool:
    try:
        return httpx2.get(address, verify=False).status_code == 200
    except httpx2.HTTPError:
        return False


if __name__ == "__main__":
    main()
