"""The addresses; whatever is not here does not exist."""

from certif_rules.web.pages import (
    accueil,
    clore,
    contexte,
    duree,
    fichiers,
    moi,
    ouvrir,
    plan,
    preparer,
    reprise,
    saisir,
    suivre,
)

urlpatterns = [
    *accueil.ADRESSES,
    *contexte.ADRESSES,
    *reprise.ADRESSES,
    *moi.ADRESSES,
    *preparer.ADRESSES,
    *duree.ADRESSES,
    *plan.ADRESSES,
    *ouvrir.ADRESSES,
    *saisir.ADRESSES,
    *clore.ADRESSES,
    *suivre.ADRESSES,
    *fichiers.ADRESSES,
]
