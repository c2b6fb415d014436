"""Spreadsheets that auditors fill: written as a workbook or CSV, and read back by ``relecture``."""
