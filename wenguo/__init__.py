"""闻过 (wenguo): complaint handling for car-repair shops, 4S dealers and their groups."""

__version__ = "0.1.0"
