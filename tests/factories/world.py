"""People and accounts for tests, made through the same functions that the product uses."""

from dataclasses import dataclass
from functools import cache

from flask.testing import FlaskClient

from portal.access.passwords import hash_password
from portal.domain.people import Address, GrantLevel, HumanName, Person, Role
from portal.services import Services
from portal.store.people import accounts, people
from tests.factories.stages import staged

PASSWORD = "a password for tests"


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


ANA = Person(
    names=(HumanName(family="Rivera", given=("Ana", "Luz"), use="official"),),
    birth_date="1980-03-04",
    sex="female",
    addresses=(Address(line=("1 Test Street",), city="Camden", state="NJ", postal_code="08102"),),
    phones=("(856) 555-0101",),
)
BEN = Person(names=(HumanName(family="Okafor", given=("Ben",), use="official"),), birth_date="1975-11-30", sex="male")


@dataclass(frozen=True, slots=True)
class TestUser:
    __test__ = False
    account_id: str
    username: str
    person_id: str | None


@dataclass(slots=True)
class World:
    services: Services

    def patient(self, username: str = "ana", demographics: Person = ANA) -> TestUser:
        name = "patient", username, repr(demographics)
        return staged(self.services, name, lambda: self._patient(username, demographics))

    def _patient(self, username: str, demographics: Person) -> TestUser:
        with self.services.db.transaction() as tx:
            person_id = people.put_home_patient(tx, fhir_id=f"patient-{username}", demographics=demographics)
        return self.account(username, Role.PATIENT, person_id, demographics.display)

    def staff(self, username: str = "clerk", role: Role = Role.STAFF) -> TestUser:
        return staged(self.services, ("staff", username, role), lambda: self.account(username, role, None))

    def account(self, username: str, role: Role, person_id: str | None, display: str = "") -> TestUser:
        with self.services.db.transaction() as tx:
            account_id = accounts.add(
                tx,
                username=username,
                display=display or username,
                password_hash=_password_hash(),
                role=role,
                person_id=person_id,
            )
        return TestUser(account_id, username, person_id)

    def proxy(self, user: TestUser, person_id: str, level: GrantLevel = GrantLevel.FULL) -> str:
        with self.services.db.transaction() as tx:
            return accounts.grant_proxy(
                tx, account_id=user.account_id, person_id=person_id, level=level, relationship="child"
            )


def sign_in(client: FlaskClient, user: TestUser) -> None:
    """Sign in as a browser does: with the form's own CSRF token."""
    services: Services = client.application.extensions["tributary"]
    staged(services, ("sign-in", user), lambda: _sign_in(client, user), client)


def _sign_in(client: FlaskClient, user: TestUser) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    answer = client.post("/sign-in", data={"csrf_token": token, "username": user.username, "password": PASSWORD})
    assert answer.status_code == 303
