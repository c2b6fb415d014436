"""The settings of Django: one file of SQLite, no host but this machine, nothing loaded from elsewhere.

``CERTIF_RULES_ESPACE`` names the file, ``CERTIF_RULES_SECRET`` signs what the browser keeps; :mod:`serveur`
sets both. Whoever hosts it for several gives ``CERTIF_RULES_BASE`` instead: the address of a base.
"""

import os
from pathlib import Path
from typing import Any

ICI = Path(__file__).resolve().parent
SECRET_KEY = os.environ.get("CERTIF_RULES_SECRET", "essai")
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
INSTALLED_APPS = ["certif_rules.web.apps.Espace"]
ROOT_URLCONF = "certif_rules.web.adresses"
MIDDLEWARE = [
    "certif_rules.web.garde.Garde",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ICI / "gabarits"],
        "OPTIONS": {"context_processors": ["django.template.context_processors.csrf"]},
    }
]


def _base() -> dict[str, Any]:
    """Return where the audits lie: the base of a host, else one file of this machine."""
    if address := os.environ.get("CERTIF_RULES_BASE"):
        import dj_database_url  # the extra of whoever hosts

        return dict(dj_database_url.parse(address, conn_max_age=60))
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("CERTIF_RULES_ESPACE", ":memory:"),
        # A writer waits for its turn from the start, and what is confirmed survives a power cut.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
        },
    }


DATABASES = {"default": _base()}
LANGUAGE_CODE = "fr"
USE_TZ = True
TIME_ZONE = "UTC"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "certif_rules.web.garde.expired"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50_000  # five fields a site, and some organisations have hundreds
LOGGING_CONFIG = None
