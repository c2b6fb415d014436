"""What every plugin must hold."""

from certif_rules.testing.conformite import Conformite


class TestQualiopi(Conformite):
    greffon = "qualiopi"
