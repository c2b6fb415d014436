"""How a body dresses its documents: its file is read by ``fichier``, and checked by ``regles``."""
