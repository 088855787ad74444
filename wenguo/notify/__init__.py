"""告: how a Notice leaves the house; never who is told, or whether."""
