"""The addresses; whatever is not here does not exist."""

from django.urls import path

from certif_rules.web import vues

urlpatterns = [
    path("", vues.home, name="accueil"),
    path("vivant", vues.alive, name="vivant"),
    path("nouveau", vues.new, name="nouveau"),
    path("reprendre", vues.take_up, name="reprendre"),
    path("exemple", vues.example, name="exemple"),
    path("statique/<str:nom>", vues.static, name="statique"),
    path("dossier/<uuid:identifiant>/preparer", vues.prepare, name="preparer"),
    path("dossier/<uuid:identifiant>/saisir", vues.record_line, name="saisir"),
    path("dossier/<uuid:identifiant>/clore", vues.close, name="clore"),
    path("dossier/<uuid:identifiant>/suivre", vues.follow, name="suivre"),
    path("dossier/<uuid:identifiant>/journal", vues.journal, name="journal"),
    path("dossier/<uuid:identifiant>/fichiers/<str:nom>", vues.document, name="fichier"),
]
