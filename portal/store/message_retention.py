"""How long what belongs to messages is kept (``portal.store.retention``)."""

from collections.abc import Mapping

from portal.store.retention_bounds import MONTH, YEAR, Bound, Retention
from portal.store.schema.messages import outgoing_message

MESSAGES: Mapping[str, Retention] = {
    "outgoing_message": Retention(
        "What a person writes: a draft until it is sent or thrown away, then only that it was sent.",
        "with the person; when it is thrown away; at the end of the link that it is for",
        bounds=(
            Bound("30 days after it was sent", MONTH, lambda before: outgoing_message.c.ended_at < before),
            Bound("1 year after a draft was changed last", YEAR, lambda before: outgoing_message.c.updated_at < before),
        ),
    ),
    "message_file": Retention(
        "Files of messages: of one that is written until it is sent, of one that came as long as the chart has it.",
        "with the message, or the person",
    ),
    "message_receipt": Retention("What was read here, until its organization knows.", "when it knows; with the entry"),
    "message_recipients": Retention("To whom a person may write elsewhere.", "anew at each refresh; at the link's end"),
    "conversation": Retention(
        "Messages with a patient as the care team works on them; part of the chart's documentation.", "with the person"
    ),
    "conversation_message": Retention("Which messages are in one, and who answered.", "with the conversation"),
    "message_author": Retention(
        "Which messages somebody wrote who acts for the patient, and who.",
        "with the person: an organization may give the message back years later",
    ),
    "messaging_policy": Retention("How messages are taken.", "while it holds"),
}
