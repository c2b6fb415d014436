"""From validated YAML data to the model, with the checks that cross files and layers.

It starts in ``assemblage``; ``surcouche`` lays a label on its base.

A builder expects data that its schema accepts; what it finds wrong (an unknown source, a line counted
twice) it adds to the issues of its :class:`~certif_rules.construction.lecteur.Lecteur`, and goes on.
"""
