"""The addresses; whatever is not here does not exist."""

from certif_rules.web.pages import (
    accorder,
    accueil,
    actes,
    autodiagnostic,
    clore,
    documents,
    ecarts,
    fichiers,
    manques,
    preparer,
    saisir,
    suivant,
    suivre,
)

urlpatterns = [
    *accueil.ADRESSES,
    *preparer.ADRESSES,
    *saisir.ADRESSES,
    *accorder.ADRESSES,
    *clore.ADRESSES,
    *suivre.ADRESSES,
    *ecarts.ADRESSES,
    *actes.ADRESSES,
    *manques.ADRESSES,
    *documents.ADRESSES,
    *suivant.ADRESSES,
    *autodiagnostic.ADRESSES,
    *fichiers.ADRESSES,
]
