"""案: the only part that changes a case."""
