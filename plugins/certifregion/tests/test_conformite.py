"""What every plugin must hold."""

from certif_rules.testing.conformite import Conformite


class TestCertifregion(Conformite):
    greffon = "certifregion"
