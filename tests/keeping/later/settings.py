"""The program as a later version of it might be: with more migrations than today's. For tests of an upgrade."""

from wenguo.settings import *  # noqa: F403

MIGRATION_MODULES = {"people": "tests.keeping.later.people"}
