"""Every table of the part `cases`, by what it is about."""

from wenguo.cases.models.case import CODE, HASH, NEVER, Case, CaseLink, CaseVehicle, Counter, Finding, Party
from wenguo.cases.models.money import Approval, Remedy, RemedyLine
from wenguo.cases.models.promises import (
    WAITING,
    Clock,
    Contact,
    Draft,
    Errand,
    Loop,
    Notice,
    Reckoned,
    Sending,
    Task,
)
from wenguo.cases.models.record import Entry, EntryPrivate, Evidence, Hit, Idempotency, Paper, Seal, Signature
from wenguo.cases.models.searching import SearchFollowed, SearchText
from wenguo.cases.models.stock import StockTake
from wenguo.cases.models.views import ChosenColumns, SavedView
from wenguo.cases.models.watching import SameFault, SpecialIdentity, Watched

__all__ = [  # fmt: skip
    "Approval",
    "CODE",
    "Case",
    "CaseLink",
    "CaseVehicle",
    "ChosenColumns",
    "Clock",
    "Contact",
    "Counter",
    "Draft",
    "Entry",
    "EntryPrivate",
    "Errand",
    "Evidence",
    "Finding",
    "HASH",
    "Hit",
    "Idempotency",
    "Loop",
    "NEVER",
    "Notice",
    "Paper",
    "Party",
    "Remedy",
    "RemedyLine",
    "SameFault",
    "SavedView",
    "Reckoned",
    "Seal",
    "Sending",
    "SpecialIdentity",
    "StockTake",
    "SearchFollowed",
    "SearchText",
    "Signature",
    "Task",
    "WAITING",
    "Watched",
]
