"""The journal of an audit: events that only ever add up, chained by digest; what they say is their fold.

Rows and files are made from events, never the other way round. What people type lies apart, by its digest, so
that a person can be erased and the chain still verifies.
"""
