"""How two names go together, from the best to the worst."""

from datetime import date

import pytest

from portal.domain.people import HumanName, Person
from portal.identity.name_relation import NameRelation, compare_names, suffixes_contradict
from portal.identity.names import Names, names_of

SAME, SHORTER, DECLARED, NEAR = NameRelation.SAME, NameRelation.SHORTER, NameRelation.DECLARED, NameRelation.NEAR
RENAMED, UNSURE, INCOMPLETE, OTHER = (
    NameRelation.RENAMED,
    NameRelation.UNSURE,
    NameRelation.INCOMPLETE,
    NameRelation.OTHER,
)


def names(*written: str) -> Names:
    """Each as "given/family" with a suffix behind a comma, or "text"; "use:" before it."""
    parsed = []
    for entry in written:
        use, _, name = entry.rpartition(":")
        given, slash, family = name.partition("/")
        family, _, suffix = family.partition(",")
        if slash:
            parsed.append(HumanName(family, tuple(given.split("+")), suffix=(suffix,) if suffix else (), use=use))
        else:
            parsed.append(HumanName(text=name, use=use))
    return names_of(Person(names=tuple(parsed)), today=date(2026, 11, 28))


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ("Ana/Garcia-Lopez", "ANA/García López", SAME),
        ("Ana/GarciaLopez", "Ana/Garcia Lopez", SAME),
        ("Mary Ann/Larsen", "Maryann/Larsen", SAME),
        ("Min-jun/Kim", "Minjun/Kim", SAME),
        ("Jean+Luc/Roy", "Jean-Luc/Roy", SAME),
        ("Piet/van der Berg", "Piet/Vanderberg", SAME),
        ("Mary/St. John", "Mary/Saint John", SAME),
        ("伟/王", "伟/王", SAME),
        ("James+NMN/Larsen", "James/Larsen", SAME),
        ("John/Miller,Jr.", "John/Miller Junior", SAME),
        ("John/Miller,PhD", "John/Miller", SAME),
        ("Miller, Jane Q", "Jane+Q./Miller", SAME),
        ("John/Miller,Jr.", "John/Miller", SHORTER),
        ("John/Miller,Jr.", "John/Miller,II", SHORTER),
        ("James+Robert/Larsen", "James/Larsen", SHORTER),
        ("James+Robert/Larsen", "James+R./Larsen", SHORTER),
        ("Maria del Carmen/Larsen", "Maria+Carmen/Larsen", SHORTER),
        ("Jose+Luis+Antonio/Larsen", "Jose+Antonio/Larsen", NEAR),
        ("Kwame+E/Mensah", "Kwame+Ekow/Mensah", SHORTER),
        ("James+R/Larsen", "James+T/Larsen", UNSURE),
        ("James+Robert/Larsen", "James+Thomas/Larsen", UNSURE),
        ("James+B/Larsen", "James+Robert/Larsen", UNSURE),
        ("Maria+Luisa/Rossi", "Maria+Elena/Rossi", UNSURE),
        ("J/Larsen", "James/Larsen", NEAR),
        ("J/Larsen", "J/Larsen", NEAR),
        ("J.R./Larsen", "James+Robert/Larsen", NEAR),
        ("J+Thomas/Larsen", "James+Robert/Larsen", UNSURE),
        ("J+Robert/Larsen", "Robert/Larsen", NEAR),
        ("J/Larsen", "Robert/Larsen", OTHER),
        ("E+Ann/Larsen", "Eve+Ann/Larsen", NEAR),
        ("Robert/Larsen", "James+Robert/Larsen", NEAR),
        ("Robert+James/Larsen", "James+Robert/Larsen", NEAR),
        ("Thi Mai/Nguyen", "Mai+Thi/Nguyen", NEAR),
        ("Bill/Turner", "William/Turner", NEAR),
        ("Bill+A/Turner", "William+Arthur/Turner", NEAR),
        ("Bill+Arthur/Turner", "William+Owen/Turner", UNSURE),
        ("Jürgen/Vogt", "Juergen/Vogt", NEAR),
        ("Åse/Lie", "Aase/Lie", NEAR),
        ("Kathy/Turner", "Kate/Turner", UNSURE),
        ("Jonh/Turner", "John/Turner", UNSURE),
        ("Luca/Rossi", "Luka/Rossi", UNSURE),
        ("Geoffrey/Rossi", "Jeoffry/Rossi", UNSURE),
        ("Mary An/Rossi", "Maryam/Rossi", UNSURE),
        ("Erik/Olsen", "Erika/Olsen", UNSURE),
        ("Nat/Olsen", "Nathalie/Olsen", UNSURE),
        ("Al/Olsen", "Alma/Olsen", OTHER),
        ("James+William/Larsen", "Bill/Larsen", UNSURE),
        ("Bill/Larsen", "James+William/Larsen", UNSURE),
        ("Emma/Bennett", "Ella/Bennett", OTHER),
        ("Bo/Chen", "Bi/Chen", OTHER),
        ("Taylor/Bennett", "Tyler/Bennett", OTHER),
        ("伟/王", "芳/王", OTHER),
        ("Luis/García Márquez", "Luis/Garcia", NEAR),
        ("Luis/García Márquez", "Luis/Márquez García", NEAR),
        ("Luis/García Márquez", "Luis+Garcia/Marquez", NEAR),
        ("Luis/García y Márquez", "Luis/García Márquez", NEAR),
        ("Juan/de la Cruz", "Juan/Cruz", NEAR),
        ("Juan/Cruz", "Juan+de la/Cruz", SHORTER),
        ("Ian/McDonald", "Ian/MacDonald", NEAR),
        ("John/Smith", "John/Smtih", NEAR),
        ("J/Smith", "John/Smtih", NEAR),
        ("Jonh/Smith", "John/Smtih", UNSURE),
        ("Emma/Smith", "Ella/Smtih", OTHER),
        ("Thomas/James", "James/Thomas", NEAR),
        ("Van An/Nguyen", "Nguyen+Van/An", NEAR),
        ("Juan/de la Cruz", "Juan/de la Rosa", RENAMED),
        ("Susan+Elaine/Harper", "Susan+Elaine/Novak", RENAMED),
        ("Susan+Elaine/Harper", "Susan+Harper/Novak", RENAMED),
        ("Susan/Novak", "Susan+Novak/Harper", RENAMED),
        ("Susan+Elaine/Harper", "Sally+Harper/Novak", OTHER),
        ("Susan+Elaine/Harper", "Susan/Novak", UNSURE),
        ("Sue/Harper", "Susan/Novak", UNSURE),
        ("Jonh/Harper", "John/Novak", OTHER),
        ("Emma/Harper", "Ella/Novak", OTHER),
        ("伟/王", "Wei/Wang", NEAR),
        ("Иван/Иванов", "Ivan/Ivanov", NEAR),
        ("Ivan/Ivanоv", "Ivan/Ivanov", NEAR),
        ("Wei/王", "Wei/Wang", NEAR),
        ("Wei/王", "Wei/李", RENAMED),
        ("伟/张", "偉/張", UNSURE),
        ("伟/张", "伟/張", NEAR),
        ("伟/张", "薇/李", OTHER),
        ("王伟", "伟/王", UNSURE),
        ("王伟", "芳/王", INCOMPLETE),
        ("美玲/陳", "Mei Ling/Chan", UNSURE),
        ("伟/王", "Piotr/Kowalski", UNSURE),
        ("/Suharto", "/Suharto", UNSURE),
        ("/Suharto", "Suharto/Suharto", UNSURE),
        ("Suharto/", "/Suharto", UNSURE),
        ("/Suharto", "Bambang/Suharto", INCOMPLETE),
        ("FNU/Suharto", "Bambang/Suharto", INCOMPLETE),
        ("Ana Maria Lopez", "Ana Maria/Lopez", NEAR),
        ("Jane Miller", "Jane Miller", SAME),
        ("-/-", "-/-", INCOMPLETE),
    ],
)
def test_relation(left: str, right: str, relation: NameRelation) -> None:
    assert compare_names(names(left), names(right)) is relation
    assert compare_names(names(right), names(left)) is relation


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        (["伟/王", "usual:Wei/Wang"], ["Wei/Wang"], SAME),
        (["usual:Dot/Harper", "Theodora/Harper"], ["Theodora+Ann/Harper"], SHORTER),
        (["Ana/Novak", "maiden:Ana/Harper"], ["Ana/Harper"], DECLARED),
        (["Ana/Novak", "maiden:/Harper"], ["Ana+Luz/Harper"], DECLARED),
        (["Ana/Novak", "old:Ana/Harper"], ["Ana/Price", "maiden:Ana/Harper"], DECLARED),
        (["Ana/Novak", "old:Ana/Harper"], ["Ana/Novak"], SAME),
        (["Susan/Harper", "nickname:Bunny/"], ["Bunny/Harper"], DECLARED),
        (["Susan/Harper", "nickname:Will/"], ["William/Harper"], UNSURE),
        (["old:Susan/Harper"], ["Susan/Harper"], DECLARED),
        (["Emma/Harper", "usual:/Harper"], ["Ella/Harper"], OTHER),
        (["Emma/Harper", "old:Eva/Novak"], ["Ella/Harper"], OTHER),
        ([], ["Ella/Harper"], INCOMPLETE),
        (["anonymous:Ella/Harper"], ["Ella/Harper"], INCOMPLETE),
    ],
)
def test_the_best_of_several_names(left: list[str], right: list[str], relation: NameRelation) -> None:
    assert compare_names(names(*left), names(*right)) is relation
    assert compare_names(names(*right), names(*left)) is relation


def test_suffixes_contradict() -> None:
    assert suffixes_contradict(names("John/Miller,Jr."), names("John/Miller Sr"))
    assert suffixes_contradict(names("John/Miller,Jr.", "usual:Jack/Miller"), names("John/Miller,Sr"))
    assert not suffixes_contradict(names("John/Miller,Jr."), names("John/Miller"))
    assert not suffixes_contradict(names("John/Miller,Jr.", "old:John/Miller,Sr"), names("John/Miller,Jr."))
