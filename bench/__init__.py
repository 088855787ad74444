"""Benchmarks that anyone can run: `make bench`. Figures of the last run stand in bench/figures.md."""
