"""What the documents of a self-assessment say: ``grille`` to fill, then ``synthese`` and ``progression``."""
