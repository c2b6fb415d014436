"""The tables: events are the truth, contents lie apart to be erasable, values are their projection."""

from uuid import UUID, uuid4

from django.db import models

#: What names a dossier in an address.
Identifiant = UUID


#: The most signs of the name of a dossier, and of each part of what says where a value stands.
NOM, PLACE = 300, 200


class Utilisateur(models.Model):
    """A person acts on dossiers: events hold the key, the name stands here alone and can be erased.

    ``ici``: who acts on this machine; the others came with an audit that was begun elsewhere.
    """

    cle = models.CharField(unique=True, max_length=40)
    nom = models.CharField(max_length=200, blank=True)
    initiales = models.CharField(max_length=20, blank=True)
    ici = models.BooleanField(default=False)

    class Meta:  # noqa: D106 - read by Django alone
        ordering = ("id",)  # as they came


class DossierSuivi(models.Model):
    """An audit has the version of its last event."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    nom = models.CharField(max_length=NOM)
    cree_le = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=0)

    class Meta:  # noqa: D106 - read by Django alone
        ordering = ("-cree_le",)


class ResumeGarde(models.Model):
    """A summary keeps what the home page lists of an audit; ``cle`` says its version and its rules."""

    dossier = models.OneToOneField(DossierSuivi, on_delete=models.CASCADE, primary_key=True)
    cle = models.CharField(max_length=200)
    texte = models.TextField()
    agenda = models.TextField(default="", blank=True)


class ContenuGarde(models.Model):
    """This was given to a field, as JSON, with the salt of its digest; a row that is gone was erased."""

    dossier = models.ForeignKey(DossierSuivi, on_delete=models.CASCADE)
    empreinte = models.CharField(max_length=80)
    sel = models.CharField(max_length=64)
    texte = models.TextField()

    class Meta:  # noqa: D106 - read by Django alone
        constraints = (models.UniqueConstraint(fields=("dossier", "empreinte"), name="un_contenu"),)


class Place(models.Model):
    """A place says where a value stands: a field of the head, of a line or of a check, at a site or not."""

    genre = models.CharField(max_length=20)
    champ = models.CharField(max_length=PLACE)
    ligne = models.CharField(max_length=PLACE, blank=True)
    site = models.CharField(max_length=PLACE, blank=True)

    class Meta:  # noqa: D106 - read by Django alone
        abstract = True


class InscriptionGardee(Place):
    """An event is never changed: the ``version`` that it makes is chained by digest to the one before."""

    dossier = models.ForeignKey(DossierSuivi, on_delete=models.CASCADE)
    version = models.PositiveIntegerField()
    avant = models.CharField(max_length=80, blank=True)
    apres = models.CharField(max_length=80)
    acteur = models.CharField(max_length=200)
    quand = models.CharField(max_length=40)
    base = models.PositiveIntegerField()
    raison = models.CharField(max_length=80, blank=True)
    precedent = models.CharField(max_length=80)
    empreinte = models.CharField(max_length=80)

    class Meta:  # noqa: D106 - read by Django alone
        ordering = ("version",)
        constraints = (models.UniqueConstraint(fields=("dossier", "version"), name="une_version"),)


class ValeurCourante(Place):
    """A value stands now: pages read it; it can be dropped and made again from the events."""

    dossier = models.ForeignKey(DossierSuivi, on_delete=models.CASCADE)
    version = models.PositiveIntegerField()
    base = models.PositiveIntegerField()
    contenu = models.CharField(max_length=80)
    acteur = models.CharField(max_length=200)
    quand = models.CharField(max_length=40)

    class Meta:  # noqa: D106 - read by Django alone
        ordering = ("version",)
        constraints = (models.UniqueConstraint(fields=("dossier", "version"), name="une_valeur"),)
