"""How much of another organization's answer we are willing to take (requirement B7). Seconds, bytes and counts."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """One answer, one search, one section, one refresh. The defaults fit a patient of some ten thousand resources."""

    connect_seconds: float = 5.0
    idle_seconds: float = 15.0  # between two pieces of one answer
    total_seconds: float = 45.0  # from the first look-up to the last byte of one answer
    client_seconds: float = math.inf  # from the opening of a client to the last byte of its last answer
    answer_bytes: int = 24 * 1024 * 1024  # after decompression
    depth: int = 64  # of JSON; FHIR R4 examples stay below 20
    page_size: int = 200  # what we ask for with _count
    pages: int = 200  # of one search
    resources: int = 20_000  # of one search
    references: int = 400  # resources that a section refers to and that are asked for one by one or in batches
    refresh_pages: int = 1_000  # of all searches of one refresh together
    refresh_resources: int = 60_000
    parallel: int = 3  # units of a refresh that are fetched at once from one organization
    failures: int = 3  # in a row after which an organization is not called any more in this refresh
    connections: int = 4  # at once, to one organization
    attempts: int = 3  # of one request that fails in a way that may pass
    backoff_seconds: float = 0.5  # before the second attempt; doubles, with jitter
    retry_after_seconds: float = 5.0  # a longer Retry-After is not waited for: the link shows as throttled
