"""法: what statutes say. Plain Python over dated numbers with the article beside each; no Django."""
