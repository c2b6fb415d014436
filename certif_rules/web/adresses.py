"""The addresses; whatever is not here does not exist."""

from certif_rules.web.pages import (
    accueil,
    clore,
    fichiers,
    lignes,
    moi,
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
    *reprise.ADRESSES,
    *moi.ADRESSES,
    *preparer.ADRESSES,
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
