"""The addresses; whatever is not here does not exist."""

from certif_rules.web.pages import accueil, clore, fichiers, preparer, saisir, suivre

urlpatterns = [
    *accueil.ADRESSES,
    *preparer.ADRESSES,
    *saisir.ADRESSES,
    *clore.ADRESSES,
    *suivre.ADRESSES,
    *fichiers.ADRESSES,
]
