"""规: what a pack is. Plain Python, no Django, no clock of its own."""
