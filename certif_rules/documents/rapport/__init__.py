"""What an audit report and its non-conformity sheets say.

It starts in ``composition``, which lists the chapters in order.
"""
