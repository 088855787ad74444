"""Which migrations a database or a backup has had, as far as they still count in this version."""

from collections.abc import Iterable

from django.db.migrations.loader import MigrationLoader

Key = tuple[str, str]  # app and name of a migration


def counting(had: Iterable[Key], loader: MigrationLoader) -> set[Key]:
    """`had` without those before the first that an app has today, where that one was had too: it carries the name of
    the last of those that it took the place of, and makes the same tables."""
    every, first = set(had), dict(loader.graph.root_nodes())
    return {(app, name) for app, name in every if (app, first.get(app)) not in every or name >= first[app]}


def unknown(had: Iterable[Key], loader: MigrationLoader) -> list[str]:
    """Names of those that this version doesn't have: a newer one made them."""
    return [f"{app}.{name}" for app, name in sorted(had) if (app, name) not in loader.graph.nodes]
