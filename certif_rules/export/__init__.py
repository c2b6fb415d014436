"""Formats of a checklist: one module each, each with ``render(checklist, **options) -> bytes``.

An exporter computes nothing: it prints what :class:`~certif_rules.resultat.Checklist` holds. Same
checklist, same bytes: no clock, no terminal, no random order.
"""
