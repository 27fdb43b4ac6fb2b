"""Pieces of queries that many reads share: who works here, when an allocation stands, who holds a case, its weight."""

from __future__ import annotations

# Somebody works here up to and including the day on which they leave; ``w`` is the worker.
NOT_LEFT = "(w.leaves IS NULL OR w.leaves >= :today)"
WORKS = f"((w.started IS NULL OR w.started <= :today) AND {NOT_LEFT})"

# Who is in a team on a day; worked out once a query, where a team asked of each row would be worked out for each.
TEAM_MEMBERS = "(SELECT i.staff_id FROM worker_on(:today) i WHERE i.team = :team)"
IN_TEAM = f"(:team IS NULL OR w.staff_id IN {TEAM_MEMBERS})"

# A case is open up to the day before it closes.
OPEN = "(c.closed IS NULL OR c.closed > :today)"

# An allocation that ends on the day it begins has no days and counts for nothing: a booking that was called off.
HAS_DAYS = "(a.ends IS NULL OR a.ends > a.starts)"

# An allocation stands on a day when it has begun and not ended; it is booked while it has not begun.
HOLDS = "a.starts <= :today AND (a.ends IS NULL OR a.ends > :today)"
BOOKED = f"a.starts > :today AND {HAS_DAYS}"
HELD_BY = f"""(SELECT a.worker FROM allocation a
  WHERE a."case" = c.reference AND a.role = 'allocated_worker' AND {HOLDS} ORDER BY a.starts DESC LIMIT 1)"""  # noqa: S608

# What a case weighs on a day: its points, or what is left of them once it counts as dormant.
POINTS = "CASE WHEN p.dormant_from <= :today THEN p.dormant_points ELSE p.points END"

# Whether an open child of a case's sibling group came to the same team before it: the one with whom the family counts.
FURTHER = """(c.sibling_group <> '' AND EXISTS (SELECT 1 FROM cases o WHERE o.sibling_group = c.sibling_group
  AND o.sibling_group <> '' AND o.team = c.team AND o.closed IS NULL
  AND (o.opened < c.opened OR o.opened = c.opened AND o.id < c.id)))"""
