"""True, false, unknown, and why: the two questions asked of each line, and the delays of rules.

``portee`` answers whether a line applies, ``perimetre`` whether it is due; ``mots`` has their words.
"""
