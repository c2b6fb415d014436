"""The pages, a module a step: what a page posts and what it shows; the table of addresses is beside.

It starts in ``commun``: a dossier as it stands, who acts, what every page of an audit shows around its own
subject. A page reads fields, calls the services and gives plain values to its template; it computes nothing.
"""
