"""References are found in JSON as it is written, wherever they stand and however they are escaped."""

import msgspec
import pytest

from portal.normalise.context import written_references

BODY = {
    "reference": "Patient/1",
    "contained": [{"performer": [{"reference": "Practitioner/é"}, {"reference": "Practitioner/é", "display": "x"}]}],
    "note": [{"text": 'says "reference":"Patient/2" and \\"reference\\":\\"Patient/3\\"'}],
    "other": {"reference": {"reference": "#inside"}, "references": "Patient/4", "x": ["reference", "Patient/5"]},
    "empty": {"reference": ""},
    "none": {"reference": None},
}


@pytest.mark.parametrize("indented", [False, True])
def test_each_is_found_once_and_nothing_else(indented: bool) -> None:
    data = msgspec.json.encode(BODY)
    written = msgspec.json.format(data, indent=2) if indented else data
    assert list(written_references(written)) == ["Patient/1", "Practitioner/é", "#inside"]


def test_what_is_escaped_is_read() -> None:
    data = rb'{"a":{"reference":"Patient\/1"},"b":{"reference":"Pati\u0065nt/2"},"c":{"reference":"say \"x\" \\"}}'
    assert list(written_references(data)) == ["Patient/1", "Patient/2", 'say "x" \\']
