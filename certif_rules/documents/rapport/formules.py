"""What every report says, whoever writes it: a body adds sentences of its own, and replaces none of these."""

from __future__ import annotations

from typing import Final

ECHANTILLON: Final = (
    "Un audit se fait par échantillon : des documents, des actions, des personnes, choisis un jour donné. Il"
    " peut exister des écarts qui n’ont pas été vus. Un constat vaut pour ce qui a été examiné."
)
SEPARATION: Final = (
    "L’évaluation propose, la décision tranche : ce sont deux actes, et qui a évalué ne décide pas."
)
SOURCES: Final = (
    "Entre crochets, les sources sur lesquelles reposent les règles ; leur liste est à la fin. Ce qui n’y est"
    " pas écrit n’a pas été inventé : c’est dit « non renseigné » ou « absent de la source »."
)
