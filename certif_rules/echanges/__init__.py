"""Every JSON that other programs read: raw texts, ISO dates; keys may be added, never renamed."""
