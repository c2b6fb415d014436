"""The addresses; whatever is not here does not exist."""

from certif_rules.web.pages import accueil, clore, fichiers, moi, preparer, reprise, saisir, suivre

urlpatterns = [
    *accueil.ADRESSES,
    *reprise.ADRESSES,
    *moi.ADRESSES,
    *preparer.ADRESSES,
    *saisir.ADRESSES,
    *clore.ADRESSES,
    *suivre.ADRESSES,
    *fichiers.ADRESSES,
]
