"""True, false, unknown, and why: the two questions asked of each line, and the delays of rules."""
