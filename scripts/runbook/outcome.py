"""What a step can be worth, and why: five outcomes, no sixth, and a closed list of reasons."""

import enum


class Outcome(enum.StrEnum):
    """The verdict on one step, in the words of the reports: five, no sixth."""

    VERIFIED = "vérifié"
    EXECUTED = "exécuté, sans assertion"
    FAILED = "échoué"
    TIMED_OUT = "délai dépassé"
    NOT_RUN = "non exécuté"

    @property
    def bad(self) -> bool:
        return self in (Outcome.FAILED, Outcome.TIMED_OUT)


class Reason(enum.StrEnum):
    """Why a step has its outcome; what else is to be said of it is in `Result.reason`, for people."""

    HELD = "tenu"
    PAGE = "page"  # from here to STOPPED, why it was not carried out: its page says so
    CONDITION = "condition"  # the page's condition is not met
    TARGET = "cible"  # its target is missing, or could not be made ready
    PAGE_BEFORE = "page précédente"  # a page that it relies on failed
    STEP_BEFORE = "étape précédente"
    PASSED = "passée"  # the person on duty passed over it
    STOPPED = "arrêtée"
    LATE = "délai"
    FLOODED = "flot"
    CLOSED = "shell fermé"
    UNCLOSED = "document non fermé"
    STATUS = "code de sortie"
    OUTPUT = "sortie"
    READINESS = "condition de fond"
    CHANGED = "dépôt modifié"
