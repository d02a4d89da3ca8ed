"""The tasks, each from the home page to where its answer stands. Their numbers are those of docs/tasks.md."""

from collections.abc import Callable

from tests.browser.tasks.hands import Hand


def newest_pressure(hand: Hand) -> None:
    hand.press("link", "Vital signs", exact=True)
    hand.see("131/84 mmHg")


def pressure_of_a_month(hand: Hand) -> None:
    hand.search("blood pressure December 2022")
    hand.see("130/82 mmHg")


def culture(hand: Hand) -> None:
    hand.search("e coli")
    hand.see("Escherichia coli")


def biopsy(hand: Hand) -> None:
    hand.search("mole biopsy")
    hand.see("benign nevus")


def ankle(hand: Hand) -> None:
    hand.search("ankle x-ray")
    hand.see("No fracture.")


def primary_note(hand: Hand) -> None:
    hand.press("link", "Documents", exact=True)
    hand.see("Primary Care Note")


def old_note(hand: Hand) -> None:
    hand.press("link", "Documents", exact=True)
    hand.press("fold", "Find by words or dates")
    hand.write("Words", "GI consult")
    hand.press("button", "Find")
    hand.see("GI Consult Note")


def oil(hand: Hand) -> None:
    hand.press("link", "Allergies", exact=True)
    hand.see("Peanut oil")


def three_months_of_labs(hand: Hand) -> None:
    hand.press("link", "Test results", exact=True)
    hand.press("link", "Download as a file")
    hand.write("First day", "2026-09-01")
    hand.press("radio", "CSV")
    hand.save("Download", "test-results.csv")


def share(hand: Hand) -> None:
    hand.press("link", "Record", exact=True)
    hand.press("link", "Share with a doctor")
    hand.press("link", "Share with a doctor")
    hand.press("checkbox", "Allergies")
    hand.press("checkbox", "Medications")
    hand.write("Name of the doctor or clinic", "Dr. Lee")
    hand.press("radio", "7 days, with a passcode")
    hand.press("button", "Make the link")
    hand.see("Ready for Dr. Lee")


def vaccine(hand: Hand) -> None:
    hand.search("vaccine 2015")
    hand.see("Tdap")


def height(hand: Hand) -> None:
    hand.search("height June 2018")
    hand.see("Jun 11, 2018")


def expired_medicine(hand: Hand) -> None:
    hand.press("link", "Medications", exact=True)
    hand.press("fold", "Find by words or dates")
    hand.write("Words", "warfarin")
    hand.press("button", "Find")
    hand.see("Stopped")


def new_medicines(hand: Hand) -> None:
    hand.press("link", "Medications", exact=True)
    hand.press("fold", "Find by words or dates")
    hand.write("First day", "2026-01-01")
    hand.press("button", "Find")
    hand.see("Amlodipine 10 mg")


def clear_filter(hand: Hand) -> None:
    hand.press("link", "Medications", exact=True)
    hand.press("link", "Past (")
    hand.press("link", "All (")
    hand.see("Current")


def hemo(hand: Hand) -> None:
    hand.search("hemo")
    hand.see("Hemoglobin A1c")


def letter_of_a_doctor(hand: Hand) -> None:
    hand.search("Dr Owens bug bite")
    hand.see("Keep it clean")


def missing_team(hand: Hand) -> None:
    hand.press("link", "Messages", exact=True)
    hand.press("link", "Write a message")
    hand.see("Link the place where they work")


def diabetes(hand: Hand) -> None:
    hand.search("diabetes")
    hand.see("Diabetes check-up")
    hand.see("Type 2 diabetes")
    hand.see("Hemoglobin A1c")


def missing_labs(hand: Hand) -> None:
    hand.press("link", "Test results", exact=True)
    hand.press("fold", "from 1 of 2 places")
    hand.see("does not share")


def what_is_new(hand: Hand) -> None:
    hand.see("up to date")


def desk(hand: Hand) -> None:
    hand.press("link", "Record", exact=True)
    hand.press("link", "Share with a doctor")
    hand.press("link", "Share with a doctor")
    hand.press("checkbox", "Medications")
    hand.write("Name of the doctor or clinic", "Front desk")
    hand.press("button", "Make the link")
    hand.see("Ready for Front desk")


def invite(hand: Hand) -> None:
    hand.press("fold", "Ana")
    hand.press("link", "Family and access")
    hand.press("link", "Invite someone")
    hand.write("Their name", "Nora")
    hand.write("Who are they to you?", "my daughter")
    hand.press("checkbox", "Messages")
    hand.press("button", "Make the code")
    hand.see("The code for Nora")


def see_as(hand: Hand) -> None:
    hand.press("fold", "Ana")
    hand.press("link", "Family and access")
    hand.press("button", "See as")
    hand.see("sees it")


def end_proxy(hand: Hand) -> None:
    hand.press("fold", "Ana")
    hand.press("link", "Family and access")
    hand.press("button", "End now")
    hand.see("can no longer open your record")


def mistake(hand: Hand) -> None:
    hand.press("link", "Allergies", exact=True)
    hand.press("link", "Peanut oil")
    hand.press("fold", "Is something wrong here?")
    hand.see("can correct it")


def unlink(hand: Hand) -> None:
    hand.press("link", "Accounts", exact=True)
    hand.press("fold", "More")
    hand.press("link", "Unlink")
    hand.press("button", "Unlink Riverbend")
    hand.see("is unlinked")


TASKS: dict[int, tuple[str, Callable[[Hand], None]]] = {
    1: ("newest blood pressure", newest_pressure),
    2: ("blood pressure of December 2022", pressure_of_a_month),
    3: ("E. coli result", culture),
    4: ("mole biopsy", biopsy),
    5: ("ankle X-ray", ankle),
    6: ("“Primary Care Note”", primary_note),
    7: ("“GI Consult Note”, far down the list", old_note),
    8: ("oil allergy", oil),
    9: ("download three months of labs", three_months_of_labs),
    10: ("share with one place", share),
    11: ("vaccine of 2015", vaccine),
    12: ("height of June 2018", height),
    13: ("expired medicine among 370", expired_medicine),
    14: ("medicines started this year", new_medicines),
    15: ("clear the filter", clear_filter),
    16: ("A1c by typing “hemo”", hemo),
    17: ("message of Dr. Owens, July 2022, bug bite", letter_of_a_doctor),
    19: ("what to do when the team is missing", missing_team),
    20: ("everything about diabetes", diabetes),
    23: ("why are my labs missing", missing_labs),
    24: ("what is new", what_is_new),
    25: ("show my list at a desk by QR", desk),
    26: ("invite a daughter with limits", invite),
    27: ("see what she sees", see_as),
    28: ("end who acts for me; their open page closes", end_proxy),
    29: ("report a mistake", mistake),
    30: ("unlink", unlink),
}


RIVERBEND = "Riverbend Regional Medical Center"


def link_riverbend(hand: Hand) -> None:
    hand.press("link", "Accounts", exact=True)
    hand.write("Name of the clinic, hospital or insurer, a town, or a postal code", "Riverbend")
    hand.press("button", "Search")
    hand.press("link", RIVERBEND)
    hand.press("button", "Sign in at Riverbend")
    hand.sign_in("maria")
    hand.press("radio", "Maria")
    hand.press("button", "Share", exact=True)
    hand.see("Riverbend")


def write_to_a_doctor(hand: Hand) -> None:
    hand.press("link", "Messages", exact=True)
    hand.press("link", "Write a message")
    hand.write("Who to write to", "my heart doctor")
    hand.press("button", "Find")
    hand.write("What it is about", "My heart at night")
    hand.write("Your message", "It races when I lie down.")
    hand.press("button", "Send", exact=True)
    hand.see("is on its way")


def verify_again(hand: Hand) -> None:
    hand.press("link", "Accounts", exact=True)
    hand.press("button", "Sign in")
    hand.sign_in("maria")
    hand.press("radio", "Maria")
    hand.press("button", "Share", exact=True)
    hand.see("Riverbend")


OF_TWO_PORTALS: dict[int, tuple[str, Callable[[Hand], None]]] = {
    21: ("link Riverbend", link_riverbend),
    18: ("write to somebody not in the recent list", write_to_a_doctor),
    22: ("verify after access ended there", verify_again),
}
"""Tasks in the demo, in the order in which they need each other."""
