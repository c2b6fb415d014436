"""The addresses; whatever is not here does not exist."""

from certif_rules.web.pages import (
    accueil,
    clore,
    contexte,
    duree,
    fichiers,
    lignes,
    moi,
    ouvrir,
    plan,
    preparer,
    preuves,
    reprise,
    saisir,
    suivre,
    textes,
    une_ligne,
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
    *lignes.ADRESSES,
    *une_ligne.ADRESSES,
    *preuves.ADRESSES,
    *textes.ADRESSES,
    *clore.ADRESSES,
    *suivre.ADRESSES,
    *fichiers.ADRESSES,
]

handler404 = "certif_rules.web.garde.absent"
handler500 = "certif_rules.web.garde.broken"
