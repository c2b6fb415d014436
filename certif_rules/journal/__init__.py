"""The journal of an audit: events that only ever add up, chained by digest; what they say is their fold.

It starts in ``evenements``; ``etat`` is what they say, ``fichier`` the findings file that this makes.
What people type lies apart, by its digest, so that a person can be erased and the chain still verifies.
"""
