"""The domain, life of a label: what rules layers say around the audit, as frozen values, nothing computed.

Dates, documents, durations, samples and actors stand beside the rules of the audit, in the folder ``vie`` of
a rules layer. A checklist never reads them, and they take no part in the digest it prints.
"""

from collections.abc import Mapping

from msgspec import Struct, field

from certif_rules.model.acteurs import Attribution, Instances
from certif_rules.model.bareme import Duree
from certif_rules.model.base import NomSource, Situe, Source, Texte
from certif_rules.model.candidature import Candidature
from certif_rules.model.cycle import Cycle
from certif_rules.model.echantillon import MethodeEchantillon
from certif_rules.model.notation import Autodiagnostic


class Incoherence(Situe, frozen=True, kw_only=True):
    """This is a contradiction or a silence of the sources, with the reading chosen or the question left open.

    One of ``lecture`` and ``question`` is given at least: what the program takes it to mean, and what remains
    to be asked. ``commandes`` are the commands that it touches, where those who use them are told.
    """

    id: str
    texte: str
    sources: tuple[NomSource, ...]
    lecture: str | None = None
    question: str | None = None
    commandes: tuple[str, ...] = ()
    emplacement: str = ""


class Presentation(Struct, frozen=True, kw_only=True):
    """This heading gives what sources tell of a référentiel itself: its history, its partners, its tools."""

    id: str
    titre: str
    textes: tuple[Texte, ...]


class Vie(Struct, frozen=True, kw_only=True):
    """A vie says what one référentiel of the stack says around the audit; a subject not treated is absent.

    ``sources`` are all those that may be cited, those of the layers below included.
    """

    origine: str
    sources: Mapping[str, Source]
    incoherences: Mapping[str, Incoherence] = field(default_factory=dict)
    duree: Duree | None = None
    echantillon: MethodeEchantillon | None = None
    dossier: Candidature | None = None
    instances: Instances = field(default_factory=Instances)
    attribution: Attribution | None = None
    autodiagnostic: Autodiagnostic | None = None
    presentation: tuple[Presentation, ...] = ()
    cycle: Cycle | None = None
