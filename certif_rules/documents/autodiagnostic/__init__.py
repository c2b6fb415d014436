"""What the documents of a self-assessment say."""
