"""The Django application, under the name that its tables bear."""

from django.apps import AppConfig


class Espace(AppConfig):
    """This application declares the models of the workspace."""

    name = "certif_rules.web"
    label = "espace"
    default_auto_field = "django.db.models.BigAutoField"
