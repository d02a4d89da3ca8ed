"""Requests of tests, by httpx2's own functions, which read the machine's certificates anew for each: 20 ms of CPU."""

from functools import partial

import httpx2

CERTIFICATES = httpx2.create_ssl_context()
"""For ``verify`` of a client, too."""

get = partial(httpx2.get, verify=CERTIFICATES)
post = partial(httpx2.post, verify=CERTIFICATES)
