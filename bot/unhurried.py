"""A session that does not write sooner than it must.

Any session writes what was changed before it reads, so that a reading shows it. This one looks first whether
the reading could show it, and what several people do in one commit is mostly written together, at its end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Select, Table
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.sql import visitors

ONE_OF = "one_of"
"""Execution option: this reads the one row of that table whose id is bound as `which`, and so no other."""

_TABLES: WeakKeyDictionary[Select[Any], frozenset[str]] = WeakKeyDictionary()
_READ_ALONG = ("joined", "selectin")


class Unhurried(Session):
    def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        with self._writing_first(statement, params):
            return super().execute(statement, params, **options)

    def scalars(self, statement: Any, params: Any = None, **options: Any) -> Any:
        with self._writing_first(statement, params):
            return super().scalars(statement, params, **options)

    def scalar(self, statement: Any, params: Any = None, **options: Any) -> Any:
        with self._writing_first(statement, params):
            return super().scalar(statement, params, **options)

    @contextmanager
    def _writing_first(self, statement: Any, params: Any) -> Iterator[None]:
        before = self.autoflush
        self.autoflush = before and self._may_show(statement, params)
        try:
            yield
        finally:
            self.autoflush = before

    def _may_show(self, statement: Any, params: Any) -> bool:
        """Whether something that waits to be written could make a difference to what is read."""
        if not isinstance(statement, Select) or self.deleted:
            return True
        tables, one_of = _tables_of(statement), statement.get_execution_options().get(ONE_OF)
        return any(
            not tables.isdisjoint(_shows_in(row.__mapper__))
            and (row.__tablename__ != one_of or row.id == params["which"])
            for row in chain(self.new, self.dirty)
        )


def _tables_of(statement: Select[Any]) -> frozenset[str]:
    tables = _TABLES.get(statement)
    if tables is None:
        tables = _TABLES[statement] = frozenset(_named_in(statement))
    return tables


def _named_in(statement: Any) -> Iterator[str]:
    """Also in what it selects from within, and by a column alone."""
    for element in visitors.iterate(statement):
        for source in (element, getattr(element, "table", None)):
            if isinstance(source, Table):
                yield source.name
            elif source is not None and source is not element:
                yield from _named_in(source)


@cache
def _shows_in(mapper: Mapper[Any]) -> frozenset[str]:
    """The tables with whose rows a row of this one may be read along, its own among them."""
    found = {mapper}
    while True:
        more = {one for one in mapper.registry.mappers if _reads_along(one) & found}
        if more <= found:
            return frozenset(one.class_.__tablename__ for one in found)
        found |= more


def _reads_along(mapper: Mapper[Any]) -> set[Mapper[Any]]:
    return {relation.mapper for relation in mapper.relationships if relation.lazy in _READ_ALONG}
