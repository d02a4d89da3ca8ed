"""What is asked for, and what counts as more than that."""

import pytest

from portal.fhir.capability import Capability, ResourceCapability
from portal.linking.oauth import scopes
from portal.linking.oauth.scopes import to_ask, within


def server(*scopes: str, capabilities: tuple[str, ...] = (), types: tuple[str, ...] = (), **more: str) -> Capability:
    return Capability(
        fhir_base="https://org.example/fhir",
        source="smart-configuration",
        scopes=scopes,
        capabilities=capabilities,
        resources={kind: ResourceCapability() for kind in types},
        **more,  # type: ignore[arg-type]
    )


def test_v2_where_offered_and_v1_where_not() -> None:
    assert "patient/Condition.rs" in to_ask(server(capabilities=("permission-v2",)), lasting=True, sign_on=False)
    assert "patient/Condition.read" in to_ask(server(), lasting=True, sign_on=False)


def test_only_what_the_server_has() -> None:
    asked = to_ask(server(types=("Patient", "Condition")), lasting=False, sign_on=False)
    assert set(asked) == {"launch/patient", "patient/Patient.read", "patient/Condition.read"}


def test_listed_scopes_narrow_the_asking() -> None:
    asked = to_ask(server("patient/Patient.read", "patient/Observation.read"), lasting=True, sign_on=False)
    assert set(asked) == {"launch/patient", "patient/Patient.read", "patient/Observation.read"}
    assert "patient/Coverage.read" in to_ask(server("patient/*.read"), lasting=True, sign_on=False)


def test_files_are_asked_for_only_where_the_server_names_them() -> None:
    def asked(capability: Capability) -> set[str]:
        return {scope for scope in to_ask(capability, lasting=True, sign_on=False) if "Binary" in scope}

    assert asked(server()) == set()
    assert asked(server("patient/*.read")) == set()
    assert asked(server("patient/Patient.read", types=("Patient", "Binary"))) == set()
    assert asked(server(types=("Patient", "Binary"))) == {"patient/Binary.read"}
    assert asked(server("patient/Patient.read", "patient/Binary.read")) == {"patient/Binary.read"}
    v2 = server("patient/*.rs", capabilities=("permission-v2",), types=("Patient", "Binary"))
    assert asked(v2) == {"patient/Binary.rs"}


def test_parts_of_a_type_are_asked_for_whole() -> None:
    v2 = server("patient/Observation.rs?category=laboratory", capabilities=("permission-v2",))
    assert "patient/Observation.rs" in to_ask(v2, lasting=False, sign_on=False)


def test_lasting_access_only_where_it_can_be_had_and_is_wanted() -> None:
    assert "offline_access" in to_ask(server(), lasting=True, sign_on=False)
    assert "offline_access" not in to_ask(server(), lasting=False, sign_on=False)
    assert "offline_access" not in to_ask(server("patient/*.read"), lasting=True, sign_on=False)


def test_sign_on_only_where_the_token_could_be_checked() -> None:
    offered = ("openid", "fhirUser", "patient/*.read")
    able = server(
        *offered,
        capabilities=("sso-openid-connect",),
        issuer="https://org.example",
        jwks_uri="https://org.example/jwks",
    )
    assert "openid" in to_ask(able, lasting=True, sign_on=True)
    assert "openid" not in to_ask(server(*offered), lasting=True, sign_on=True)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("patient/Condition.read", True),
        ("patient/Condition.rs", True),
        ("patient/Condition.r", True),
        ("patient/Condition.rs?category=problem-list-item", True),
        ("patient/Condition.write", False),
        ("patient/Condition.cruds", False),
        ("patient/Condition.*", False),
        ("patient/*.read", False),
        ("patient/Observation.read", False),
        ("user/Condition.read", False),
        ("system/*.read", False),
        ("patient/nonsense", False),
        ("launch/patient", True),
        ("openid", True),
        ("something-new", True),
    ],
)
def test_within(scope: str, expected: bool) -> None:
    assert within(scope, ["launch/patient", "patient/Condition.rs"]) is expected


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        ("patient/Condition.rs patient/Observation.read launch/patient", "Condition.rs Observation.rs launch/patient"),
        ("patient/*.cruds", "Condition.rs Observation.rs"),
        ("user/*.read", "Condition.rs Observation.rs"),
        ("patient/Condition.cr", "Condition.r"),
        ("patient/Condition.*", "Condition.rs"),
        ("patient/*.rs?category=vital-signs", "Condition.rs?category=vital-signs Observation.rs?category=vital-signs"),
        ("patient/Goal.read patient/CarePlan.read", ""),
        ("patient/Condition.write system/*.* openid offline_access patient/nonsense", ""),
    ],
)
def test_only_what_was_asked_for_is_used(granted: str, expected: str) -> None:
    asked = ["launch/patient", "patient/Condition.rs", "patient/Observation.rs"]
    named = {scope.removeprefix("patient/") for scope in scopes.used(granted.split(), asked)}
    assert named == set(expected.split())


def test_a_narrow_question_stays_narrow() -> None:
    asked = ["patient/Observation.rs?category=laboratory"]
    assert scopes.used(["patient/Observation.rs?category=vital-signs"], asked) == ()
    assert scopes.used(["patient/Observation.rs"], asked) == tuple(asked)


def test_scopes_that_a_server_calls_otherwise_are_taken_as_granted() -> None:
    assert scopes.used(["system/Patient.rs"], ["https://org.example/.default"]) == ("system/Patient.rs",)
