"""The same rules for a whole population at once, compiled to columns: who owes which line, without reasons.

``compilation`` writes the rules in columns, ``evaluation`` answers for those whose cells are given. A
document never comes from here: columns know what rules answer, not which rule answered.
"""
