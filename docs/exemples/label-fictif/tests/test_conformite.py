"""Ce que tout greffon de certif-rules doit tenir ; chaque échec dit quoi, et où."""

from certif_rules.testing.conformite import Conformite


class TestConformite(Conformite):
    greffon = "label-fictif"
