"""Which given names one person may go by. English nicknames are those of the package ``nicknames`` (Apache-2.0)."""

from collections import defaultdict
from functools import cache

from nicknames import NickNamer

_FURTHER = """
alejandra: alex ale sandra
alejandro: alex ale alexander
alexander: sasha xander lex sandy
alexandra: sasha lexi
alberto: beto albert
ana: anna ann anne annie anita hannah
anastasia: nastya
anna: ann anne anya
antonio: tono tony anthony
barbara: barb
beatriz: betty beatrice
carlos: charlie charles
catalina: catherine
charles: chas
concepcion: concha conchita
consuelo: chelo
david: davy
deborah: debra
dmitri: dima
dolores: lola
eduardo: lalo eddie edward
ekaterina: katya katia catherine katherine
elena: lena helen helena
elizabeth: ella isabel
enrique: quique kike henry hank harry
esperanza: hope
evgeny: zhenya eugene
fernando: nando
francisca: paca frances
francisco: paco pancho frank francis kiko cisco curro
gabriela: gaby gabriella
geoffrey: jeffrey
george: geo
giovanni: gianni john
giuseppe: pino beppe joseph
graciela: chela
guadalupe: lupe lupita
guillermo: memo william
gustavo: tavo
heinrich: heinz henry
humberto: beto
ignacio: nacho
isabel: isabella isabelle bella izzy isa chabela
ivan: vanya
jaime: james
james: jas
jesus: chuy chucho
joao: john
joaquin: quino
johannes: hans
jorge: george
jose: pepe chepe joe joseph
josefina: pepa fina
juan: juanito john
katarzyna: kasia
katherine: catherine kathryn katie kitty kathleen
leonardo: leonard leo leon
leticia: lety
luis: lucho louis
malgorzata: gosia margaret
manuel: manolo manny
margaret: greta
margarita: margaret
maria: ma mary marie mari mia maite maruja masha
mercedes: meche merche
miguel: michael mike
mikhail: misha michael
mohammed: mohammad muhammad mohamed mohamad md
natalia: natasha natalie
nikolai: kolya nicholas
olga: olya
pablo: paul
pedro: peter
rafael: rafa rafi
robert: robt robbie
roberto: beto robert
rosa: rosita rosie rose
rosario: charo
salvador: chava
sean: shawn shaun shane
sergei: seryozha
sergio: checo
stanislaw: staszek
stephen: steven
susan: suzanne
susana: susan
tatiana: tanya
teresa: tere maite
thomas: thos
vicente: chente vincent
vladimir: vova volodya
william: wm liam
"""
"""What the package lacks: Spanish first, further languages, abbreviations, and some English ones."""


def are_related(left: str, right: str) -> bool:
    """Tell whether one of two folded given names is a form of the other."""
    return right in _forms()[left] or left in _forms()[right]


def may_be_one(left: str, right: str) -> bool:
    """Tell whether two folded given names may both stand for a third one: Bill and Will for William."""
    return are_related(left, right) or bool(_full_names()[left] & _full_names()[right])


@cache
def _forms() -> defaultdict[str, frozenset[str]]:
    """Each name with its short and familiar forms."""
    forms: dict[str, set[str]] = NickNamer().nickname_lookup
    for entry in _FURTHER.split("\n"):
        name, _, others = entry.partition(": ")
        forms.setdefault(name, set()).update(others.split())
    return defaultdict(frozenset, {name: frozenset(others) for name, others in forms.items()})


@cache
def _full_names() -> defaultdict[str, frozenset[str]]:
    """Each form with the names it stands for."""
    full: defaultdict[str, set[str]] = defaultdict(set)
    for name, others in _forms().items():
        for other in others:
            full[other].add(name)
    return defaultdict(frozenset, {other: frozenset(names) for other, names in full.items()})
