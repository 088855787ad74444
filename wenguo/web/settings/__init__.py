"""Settings: who works where, as what, and who keeps it in order. One file for each thing."""
