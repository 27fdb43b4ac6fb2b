"""Queries for open cases that are held by somebody who cannot work them, by nobody, or by two."""

from __future__ import annotations

from storage.database.fragments import HOLDS

_OPEN = "c.opened <= :today AND (c.closed IS NULL OR c.closed > :today)"
_ALLOCATED = """allocation a JOIN cases c ON c.reference = a."case" JOIN worker w ON w.staff_id = a.worker"""
WITH_LEAVERS = f"""SELECT a.worker, count(DISTINCT c.reference) AS cases FROM {_ALLOCATED}
    WHERE {HOLDS} AND {_OPEN} AND w.leaves < :today GROUP BY a.worker ORDER BY cases DESC, a.worker"""  # noqa: S608
WITH_MANAGERS = f"""SELECT a.worker, count(DISTINCT c.reference) AS cases FROM {_ALLOCATED}
    WHERE {HOLDS} AND {_OPEN} AND a.role = 'allocated_worker' AND w.grade IN :grades
    GROUP BY a.worker ORDER BY cases DESC, a.worker"""  # noqa: S608
WITH_NOBODY = f"""SELECT c.reference FROM cases c WHERE {_OPEN} AND NOT EXISTS (
    SELECT 1 FROM allocation a WHERE a."case" = c.reference AND a.role = 'allocated_worker' AND {HOLDS})
    ORDER BY c.opened, c.reference"""  # noqa: S608
WITH_TWO = f"""SELECT a."case" FROM allocation a JOIN cases c ON c.reference = a."case"
    WHERE {HOLDS} AND {_OPEN} AND a.role = 'allocated_worker'
    GROUP BY a."case" HAVING count(DISTINCT a.worker) > 1 ORDER BY 1"""  # noqa: S608
