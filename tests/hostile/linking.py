"""What is tried with a link attempt, as docs/hostile-cases.md lists it.

``test_<name>`` in tests/integration/linking/test_hostile.py → what happens, the codes of the page on which it ends.
"""

ATTEMPTS: dict[str, tuple[str, str]] = {
    "no_state": ("A callback without a state.", "state-unknown"),
    "a_state_of_ones_own_making": ("A state that nobody gave out.", "state-unknown"),
    "two_states": ("Two states in one callback.", "state-unknown"),
    "another_browser_of_the_same_person": ("The callback comes in another browser.", "other-session"),
    "another_person": ("The callback comes from another patient.", "other-session"),
    "an_attackers_code_in_the_victims_browser": ("The victim opens an attacker's callback.", "other-session"),
    "nobody_signed_in": ("Nobody is signed in any more.", "signed-out"),
    "signed_in_anew_meanwhile": ("The session is another one.", "other-session"),
    "after_ten_minutes": ("The callback comes too late.", "attempt-expired"),
    "a_right_that_ended_meanwhile": ("A proxy's grant ended on the way.", "not-allowed"),
    "another_issuer": ("Mix-up: `iss` is not the organization's.", "issuer-mismatch"),
    "no_issuer_where_it_was_promised": ("Mix-up: `iss` was promised and is absent.", "issuer-missing"),
    "an_error_of_another_issuer_is_not_believed": ("An error with another `iss`.", "issuer-mismatch"),
    "a_code_of_one_organization_for_the_attempt_at_another": ("A code of another server.", "issuer-mismatch"),
    "an_error_beside_a_code": ("An error and a code at once.", "denied"),
    "no_code": ("Neither code nor error.", "code-missing"),
    "somebody_elses_code": ("A code that another attempt was given.", "code-refused"),
}
