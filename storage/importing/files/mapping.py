"""A mapping file: what the headings of one spreadsheet mean, said by the person who knows.

[columns]
"Case No" = "reference"
"Rev. date" = "last_review"
"RAG" = "ignore"
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from domain.core import toml
from domain.core.errors import BadInput
from storage.importing.files import aliases
from storage.importing.files.headings import heading_key

_HINT = (
    "Meanings: reference, name, born, team, worker, pathway, opened, last_review, last_visit, any event kind, ignore."
)


def read_mapping(path: Path) -> dict[str, str]:
    """Return the meanings in a mapping file; raises BadInput saying what is wrong with it."""
    try:
        with path.open("rb") as file:
            document = toml.parsed(file.read(toml.LARGEST + 1))
    except toml.TomlFault as fault:
        raise BadInput(f"The mapping {fault}.", field="mapping") from None
    except (OSError, ValueError) as why:
        raise BadInput(
            f"The mapping cannot be opened: {getattr(why, 'strerror', None) or 'not a usable file name'}.",
            field="mapping",
        ) from None
    columns = document.get("columns")
    if not isinstance(columns, dict):
        raise BadInput("The mapping has no [columns] table.", field="mapping", hint='Write: "Case No" = "reference"')
    return resolve(columns)


def resolve(columns: Mapping[str, object]) -> dict[str, str]:
    """Return heading keys with what they mean; raises BadInput for a meaning that is not known."""
    known = aliases.meanings()
    found: dict[str, str] = {}
    for heading, name in columns.items():
        wanted = name if name == "ignore" else aliases.meaning(name) if isinstance(name, str) else None
        if wanted not in known or wanted is None:
            raise BadInput(f"The mapping gives {heading!r} a meaning that is not known.", field="mapping", hint=_HINT)
        found[heading_key(heading)] = wanted
    return found
