"""The clock's hands and what the command line asks for: the server, the loops, upgrades, sample data."""


class Refused(Exception):
    """Why something can't be done as asked, in a sentence for whoever asked."""
