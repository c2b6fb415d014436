"""Personal data in what people type: where it is, and the same text without it."""
