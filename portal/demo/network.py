"""The demo's seven organizations: who they are, how they differ, where they answer."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One organization of the demo and what its instance is set to.

    ``key`` names it in stories and folders; ``name`` is its portal's; ``wants`` are further PORTAL_* settings.
    """

    key: str
    name: str
    organization: str
    accent: int  # hue in degrees
    city: str
    postal_code: str
    line: str
    phone: str
    latitude: float
    longitude: float
    kind: str = "provider"
    aliases: tuple[str, ...] = ()
    former: tuple[tuple[str, str], ...] = ()  # name, year until
    messaging: bool = False
    reverse_links: bool = False
    manual: bool = False
    trusts: tuple[str, ...] = ()  # keys of those whose Patient/$match it answers
    wants: dict[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "-")


MYCOOPER = Instance(
    key="mycooper",
    name="MyCooper",
    organization="Cooper Regional Health",
    accent=178,
    city="Camden",
    postal_code="08103",
    line="1 Harbor Plaza",
    phone="(856) 555-0100",
    latitude=39.94,
    longitude=-75.12,
    messaging=True,
    reverse_links=True,
)
RIVERBEND = Instance(
    key="riverbend",
    name="Riverbend",
    organization="Riverbend Regional Medical Center",
    accent=248,
    city="Vineland",
    postal_code="08360",
    line="200 Riverbend Drive",
    phone="(856) 555-0120",
    latitude=39.49,
    longitude=-75.03,
    aliases=("RRMC", "Riverbend Hospital"),
    messaging=True,
    reverse_links=True,
)
OLD_MILL = Instance(
    key="oldmill",
    name="Old Mill",
    organization="Old Mill Family Practice",
    accent=28,
    city="Haddonfield",
    postal_code="08033",
    line="14 Mill Street",
    phone="(856) 555-0130",
    latitude=39.89,
    longitude=-75.04,
    former=(("Mill Street Clinic", "2023"),),
    trusts=("mycooper",),
)
SHORELINE = Instance(
    key="shoreline",
    name="Shoreline",
    organization="Shoreline Imaging and Labs",
    accent=208,
    city="Ocean City",
    postal_code="08226",
    line="88 Bay Avenue",
    phone="(609) 555-0140",
    latitude=39.28,
    longitude=-74.57,
    kind="laboratory",
    manual=True,
    wants={"PORTAL_LASTING_AUTHORIZATION": "off", "PORTAL_WITHHELD": "DocumentReference,Condition"},
)
PINELANDS = Instance(
    key="pinelands",
    name="Pinelands",
    organization="Pinelands Heart Institute",
    accent=140,
    city="Medford",
    postal_code="08055",
    line="5 Cedar Run Road",
    phone="(609) 555-0150",
    latitude=39.90,
    longitude=-74.82,
    messaging=True,
)
LAKESIDE = Instance(
    key="lakeside",
    name="Lakeside",
    organization="Lakeside Children's Hospital",
    accent=300,
    city="Cherry Hill",
    postal_code="08002",
    line="40 Lakeside Avenue",
    phone="(856) 555-0160",
    latitude=39.93,
    longitude=-75.02,
    messaging=True,
)
GARDEN_STATE = Instance(
    key="gardenstate",
    name="Garden State",
    organization="Garden State Health Plan",
    accent=78,
    city="Trenton",
    postal_code="08608",
    line="300 State Street",
    phone="(609) 555-0170",
    latitude=40.22,
    longitude=-74.76,
    kind="insurer",
)
INSTANCES = (MYCOOPER, RIVERBEND, OLD_MILL, SHORELINE, PINELANDS, LAKESIDE, GARDEN_STATE)
BY_KEY = {instance.key: instance for instance in INSTANCES}


@dataclass(frozen=True, slots=True)
class NetworkAddress:
    """Where the network answers: MyCooper on ``port``, the others on the ports after it."""

    host: str
    port: int

    def port_of(self, instance: Instance) -> int:
        return self.port + INSTANCES.index(instance)

    def address(self, instance: Instance) -> str:
        return f"http://{self.host}:{self.port_of(instance)}"

    def fhir_base(self, instance: Instance) -> str:
        return f"{self.address(instance)}/fhir"


PASSWORD = "only-for-the-demo"  # noqa: S105 -- printed at every start; it opens invented records on this computer


@dataclass(frozen=True, slots=True)
class DemoAccount:
    username: str
    who: str
    at: tuple[str, ...]  # keys of the instances that have it


ACCOUNTS = (
    DemoAccount(
        "maria",
        "Maria Alvarez, 46; acts for Leo, 9, and Rosa, 78",
        ("mycooper", "riverbend", "oldmill", "shoreline", "pinelands", "lakeside", "gardenstate"),
    ),
    DemoAccount(
        "rosa",
        "Rosa Alvarez, 78, Maria's mother; at Riverbend Rosa Ruiz; her blood pressure is taken at home",
        ("mycooper", "riverbend", "pinelands", "gardenstate"),
    ),
    DemoAccount("james", "James Chen, 58; has linked nothing yet", ("mycooper", "riverbend")),
    DemoAccount("mia", "Mia Chen, 15; her father James sees a part of her record", ("mycooper",)),
    DemoAccount("nora", "Nora Lee, a neighbor, no patient; Rosa lets her see visits", ("mycooper",)),
    DemoAccount("desk", "front desk; James and Rosa wait, Rosa's Riverbend has a near name", ("mycooper", "lakeside")),
    DemoAccount("nurse", "care team: answers patients' messages", ("mycooper", "riverbend", "lakeside")),
    DemoAccount("records", "records office: corrections; says that two records are one, Walter Green", ("mycooper",)),
    DemoAccount("privacy", "privacy office: who reached whom", ("mycooper",)),
    DemoAccount("admin", "administrator; proposes that going to Pinelands is confidential", ("mycooper",)),
    DemoAccount("admin2", "second administrator, who confirms both", ("mycooper",)),
)
