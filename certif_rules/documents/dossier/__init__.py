"""What the documents on an application say."""
