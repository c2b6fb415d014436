"""Spreadsheets that auditors fill: written as a workbook or CSV, and read back by ``relecture``.

They start in ``classeur``; their columns are in :mod:`certif_rules.colonnes`.
"""
