"""Application files told in part, drawn by hypothesis, for the labels of this repository."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache

from greffons import registry
from hypothesis import strategies as st
from regimes import open_regime

from certif_rules.audit.demande import Demande
from certif_rules.model.vie import Vie
from certif_rules.rules.contexte import Certificat
from certif_rules.vie.declaration import Depot, DevisDit, PieceDite

LABELS = {"certifregion": ("initial", "complementaire", "surveillance", "extension", "renouvellement"),
          "enseigne": ("bapteme", "accroche", "visite")}  # fmt: skip
PRECEDENTS = {"certifregion": ("initial", "complementaire"), "enseigne": ("bapteme", "accroche")}
DAY = date(2023, 3, 1)


@cache
def vie(label: str) -> Vie:
    found = open_regime(registry(), Demande(referentiel=label)).propre
    assert found is not None
    return found


BOOLS = st.sampled_from([None, True, False])
DAYS = st.sampled_from([None, date(2022, 12, 1), date(2023, 2, 28), DAY, date(2023, 9, 1)])
PIECE = st.builds(PieceDite, fournie=BOOLS, expire_le=DAYS, etabli_le=DAYS, signe=BOOLS)
GOOD = PieceDite(etabli_le=DAY, signe=True)


@st.composite
def deposits(draw: st.DrawFn) -> tuple[str, Depot]:
    """A label, and a file told in part."""
    label = draw(st.sampled_from(sorted(LABELS)))
    candidature = vie(label).dossier
    assert candidature is not None
    plain = [p.id for p in candidature.pieces.values() if not (p.devis or p.certificat)]
    questions = {q.id: [c.id for c in q.choix] for q in candidature.questions.values() if q.choix}
    reponses = {q: draw(st.sampled_from([None, *choix])) for q, choix in questions.items()}
    devis = st.builds(
        DevisDit,
        auditeur=st.sampled_from(sorted(candidature.auditeurs)),
        montant=st.sampled_from([None, 0, 1, 160025]),
        duree_jours=st.sampled_from([None, Fraction(3, 2)]),
        financement=st.sampled_from([None, False, "50 %"]),
        signe=BOOLS,
        expire_le=DAYS,
    )
    held = {"qualiopi": Certificat(notification=date(2022, 1, 1), echeance=date(2023, 2, 1))}
    return label, Depot(
        type=draw(st.sampled_from([None, *LABELS[label]])),
        precedent=draw(st.sampled_from([None, *PRECEDENTS[label]])),
        depot_le=draw(st.sampled_from([None, DAY])),
        reponses={q: said for q, said in reponses.items() if said},
        pieces=draw(st.dictionaries(st.sampled_from(plain), PIECE)),
        devis=tuple(draw(st.lists(devis, max_size=4))),
        certificats=draw(st.sampled_from([{}, held])) if label == "certifregion" else {},
        auditeur=draw(st.sampled_from([None, *sorted(candidature.auditeurs)])),
    )
