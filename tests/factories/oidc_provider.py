"""npm ``oidc-provider`` with a small FHIR stub behind it, where node is present; and somebody at its pages."""

import html
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2

from tests.factories import http
from tests.fakes import FakeOrganization, data
from tests.node import installed

_SCRIPT = Path(__file__).parents[1] / "integration" / "linking" / "others" / "oidc.mjs"


@contextmanager
def running(folder: Path, *, seconds: int) -> Iterator[str]:
    """Yield its address; an access token lives ``seconds`` there. Skips by name where the package cannot be had."""
    modules = installed(folder, "oidc-provider@9.13.3")
    resources: dict[str, list[data.Resource]] = {}
    for one in data.people():
        if "james" not in json.dumps(one):
            resources.setdefault(one["resourceType"], []).append(one)
    file = folder / "record.json"
    file.write_text(json.dumps({"capability": FakeOrganization().capability_statement(), "resources": resources}))
    command = ["node", str(_SCRIPT), str(modules), str(file), str(seconds)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout
    try:
        yield str(json.loads(process.stdout.readline())["site"])
    finally:
        process.terminate()
        process.wait(60)


class Browser:
    """Somebody at the pages of ``oidc-provider``, until they come to an address with ``back`` in it."""

    def __init__(self, address: str, *, back: str) -> None:
        self._back = back
        self._client = httpx2.Client(verify=http.CERTIFICATES, timeout=20)
        self._answer = self._client.get(address)
        self._follow()
        self._submit(login="maria", password="anything")

    def agree(self) -> str:
        """The callback's path and query after consent."""
        self._submit()
        return self._callback()

    def refuse(self) -> str:
        found = re.search(r'href="([^"]*/abort)"', self._answer.text)
        assert found, self._answer.text
        self._answer = self._client.get(urljoin(str(self._answer.url), html.unescape(found[1])))
        self._follow()
        return self._callback()

    def _submit(self, **fields: str) -> None:
        page = self._answer.text
        action = re.search(r'action="([^"]+)"', page)
        prompt = re.search(r'name="prompt" value="(\w+)"', page)
        assert action, page
        assert prompt, page
        address = urljoin(str(self._answer.url), html.unescape(action[1]))
        self._answer = self._client.post(address, data={"prompt": prompt[1], **fields})
        self._follow()

    def _follow(self) -> None:
        while self._answer.is_redirect and self._back not in self._answer.headers["location"]:
            self._answer = self._client.get(urljoin(str(self._answer.url), self._answer.headers["location"]))

    def _callback(self) -> str:
        assert self._answer.is_redirect, self._answer.text
        target = urlsplit(self._answer.headers["location"])
        return f"{target.path}?{target.query}"
