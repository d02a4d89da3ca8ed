"""What holds each requirement of OWASP ASVS 5.0 (levels 1 and 2) and of SMART App Launch: read from two tables.

``asvs.tsv`` and ``smart.tsv`` beside this file say for each row the id of a test, or one of ``KINDS``.
``docs/security.md`` is made from them: ``python -m tests.conformance.security > docs/security.md``; a test compares.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

KINDS = ("absent feature", "operator's duty", "not done")
"""What a row says where it does not name a test."""
CHAPTERS = {
    "V1": "Encoding and sanitization",
    "V2": "Validation and business logic",
    "V3": "Web frontend",
    "V4": "API and web service",
    "V5": "Files",
    "V6": "Authentication",
    "V7": "Sessions",
    "V8": "Authorization",
    "V9": "Self-contained tokens",
    "V10": "OAuth and OpenID Connect",
    "V11": "Cryptography",
    "V12": "Secure communication",
    "V13": "Configuration",
    "V14": "Data protection",
    "V15": "Secure coding and architecture",
    "V16": "Logging and errors",
    "V17": "WebRTC",
}
_SIDES = {"server": "The portal as a server", "client": "The portal as a client"}
_HEAD = """# Security, requirement by requirement

Made from `tests/conformance/asvs.tsv` and `tests/conformance/smart.tsv` by
`python -m tests.conformance.security > docs/security.md`; a test compares, and looks whether each test that is named
exists. What could go wrong, flow by flow: [threat-model.md](threat-model.md). How to report a weakness:
[../SECURITY.md](../SECURITY.md).

A row names one test that looks at the requirement, or at the part of it that breaks most easily: less than a proof.
**Absent feature**: the portal has nothing of the kind. **Operator's duty**: it is decided outside the program.
**Not done**: missing, or there without a test that would notice its loss; the note says which.

## Keys

- `PORTAL_ENCRYPTION_KEYS`: AES-256-GCM for tokens, accounts and persons' keys, each value for its row. A new one goes
  in front, then `portal db rotate-keys`; the old one can be taken out when that ended well.
- Persons' keys: each record and its demographics, corrections and links to share are sealed with a key of their person,
  which is sealed in the database. Destroyed, it leaves nothing of that record to be opened; backups made before hold it
  until they are deleted. The audit trail outlives it, sealed with the instance's key.
- `PORTAL_INDEX_KEY`: seals (AES-256-GCM) the index key, which a database has for ever: HMAC-SHA-256, by which records
  are found, and of the audit chain. A new one goes beside the old one (`PORTAL_OLD_INDEX_KEY`), then `portal db
  rotate-keys`. Whoever had the old one and the database has the index key all the same (of a database from before
  schema 0064: the old one is enough). It lets guesses be tried against hashes and opens FHIR ids, nothing else.
- `PORTAL_SECRET_KEY`: signs cookies. With a new one everybody signs in again.
- Signing keys: id_tokens (RSA), and assertions at other organizations. Sealed in the database. `portal keys rotate`
  makes a new one, which is published before it signs; the one before stays published until what it signed has ended.

The first three are variables, or files that are made at the first start in `PORTAL_KEY_DIR` (by default a folder beside
that of the database), readable by their owner only; key files that others may read are refused at the start. The
database keeps a value derived from each encryption key and from the index key: a process whose keys are others, or that
made new ones for a filled database, stops before it reads or writes, and says which key does not fit.

In clear in the database: types, dates, sections and states, ids of our own, keyed hashes, the directory. FHIR ids that
organizations gave are sealed with a key derived from the index key (AES-SIV): a resource's for its row, which its keyed
hash finds; a patient's, a message's and a clinician's alike in one table, so that they are found by it. Whoever has the
index key and the database reads them.
"""
_CRYPTOGRAPHY = """Every use of a cryptographic library, from `tests/conformance/cryptography.tsv`, which names the
modules, too; a test looks whether one is missing. *Bits* of security, as NIST SP 800-57 counts them. TLS is the
proxy's and that of other servers. Random values come from `secrets`. Signatures do not resist a quantum computer:
their keys are rotated when JOSE has others.
"""
_DATA = """Every table is of one class (`tests/conformance/data.tsv`; a test looks whether one is missing). How long
each is kept: [retention.md](retention.md). Backups are of all classes; the queue holds ids, logs nothing of a person.
"""
_CALLS = """Whom the program calls (`tests/conformance/calls.tsv` names the modules, too; a test looks whether one is
missing). Users name an address only by a shared link, an app's registration or an organization's own portal; it is
checked and pinned before it is called.
"""


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the tables beside this file."""
    with Path(__file__).with_name(f"{name}.tsv").open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def counts(table: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """Return how many rows name a test, and how many are of each other kind."""
    counted = Counter(row["holds"] if row["holds"] in KINDS else "test" for row in table)
    return {kind: counted[kind] for kind in ("test", *KINDS)}


def as_markdown() -> str:
    """Return ``docs/security.md``."""
    asvs, smart = rows("asvs"), rows("smart")
    groups = {
        "ASVS level 1": [row for row in asvs if row["level"] == "1"],
        "ASVS level 2": [row for row in asvs if row["level"] == "2"],
        "SMART, server": [row for row in smart if row["side"] == "server"],
        "SMART, client": [row for row in smart if row["side"] == "client"],
    }
    totals = [(name, len(group), *counts(group).values()) for name, group in groups.items()]
    columns = ("what for", "algorithm", "bits", "key")
    used = [[row[column] for column in columns] for row in rows("cryptography")]
    parts = [_HEAD, "## Cryptography\n", _CRYPTOGRAPHY, _table(columns, used)]
    classes = [(row["class"], row["holds"], row["needs"], _shown(row["test"]), _tables(row)) for row in rows("data")]
    parts += ["## Data\n", _DATA, _table(("class", "what", "needs", "test", "tables"), classes)]
    called = [[row[column] for column in ("whom", "what for", "which setting")] for row in rows("calls")]
    parts += ["## Who is called\n", _CALLS, _table(("whom", "what for", "which setting"), called)]
    parts += ["## Counted\n", _table(("", "rows", "test", *KINDS), totals), "## OWASP ASVS 5.0.0\n"]
    parts.append("All 253 requirements of levels 1 and 2, in our own few words; the standard's text counts.\n")
    for chapter, group in groupby(asvs, key=lambda row: row["requirement"].split(".")[0]):
        lines = [(r["requirement"], r["level"], r["what it asks for"], _shown(r["holds"]), r["note"]) for r in group]
        parts += [f"### {chapter} {CHAPTERS[chapter]}\n", _table(("", "level", "asks for", "holds", "note"), lines)]
    parts.append("## SMART App Launch\n")
    parts.append(
        "The numbers are those of the rows in HL7's list of requirements (`smart_app_launch_requirements`), the same\n"
        "for 2.0.0 and 2.2.0.\n"
    )
    for side, title in _SIDES.items():
        runs = _runs([row for row in smart if row["side"] == side])
        parts += [f"### {title}\n", _table(("rows", "holds", "note"), runs)]
    return "\n".join(parts)


def _tables(row: Mapping[str, str]) -> str:
    return " ".join(f"`{table}`" for table in row["tables"].split())


def _runs(table: Sequence[Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """Return one line for rows that follow each other and say the same."""
    lines = []
    for (holds, note), group in groupby(table, key=lambda row: (row["holds"], row["note"])):
        numbers = [row["row"] for row in group]
        lines.append((", ".join(numbers), _shown(holds), note))
    return lines


def _shown(holds: str) -> str:
    return f"**{holds}**" if holds in KINDS else f"`{holds.removeprefix('tests/')}`"


def _table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    body = [" | ".join(str(cell) for cell in line) for line in lines]
    return "\n".join(f"| {line} |" for line in (" | ".join(head), " | ".join("---" for _ in head), *body)) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
