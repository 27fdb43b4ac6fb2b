"""rules: what the packs in force say, and what is wrong with those that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.core.errors import NotFound
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text
from tui.rules import rules_check_commands

if TYPE_CHECKING:
    from tui.commandline.parser import Commands

_COLUMNS = ("id", "title", "tier", "applies_to", "active", "verified", "pack")


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    rules = commands.group("rules")
    listing = rules.add("list", run_list, "list every rule with its sources", json=True, csv=True)
    listing.add_argument("--tier", metavar="TIER", help="statute, regulation, guidance, national or local")
    show = rules.add("show", run_show, "show one rule", json=True)
    show.add_argument("id", metavar="RULE", help="the rule's id; see: almoner rules list")
    rules_check_commands.declare(rules)


def _rules(context: Context) -> list[dict[str, Any]]:
    return [_record(item) for item in context.packed("rule")]


def _record(item: dict[str, Any]) -> dict[str, Any]:
    return {
        **item,
        "id": item["id"],
        "pack": item.get("pack"),
        "title": item.get("title"),
        "tier": item.get("tier"),
        "applies_to": item.get("applies_to"),
        "citations": item.get("citations", []),
        "verified": bool(item.get("verified")),
        "active": bool(item.get("active", True)),
        "valid_from": item.get("valid_from"),
        "valid_to": item.get("valid_to"),
    }


def run_list(context: Context) -> int:
    """Print the rules in force."""
    rules = _rules(context)
    tier = context.options.tier
    if tier:
        rules = [rule for rule in rules if rule["tier"] == as_text(tier).casefold()]
    if not printing.put_rows(context.form, rules, _COLUMNS, today=context.today) and context.form == "table":
        printing.say("No rules like that.")
    return DONE


def run_show(context: Context) -> int:
    """Print one rule with its citations."""
    wanted = as_text(context.options.id)
    found = next((rule for rule in _rules(context) if rule["id"] == wanted), None)
    if found is None:
        turns = [rule["id"] for rule in _rules(context) if rule.get("series") == wanted]
        hint = f"In the series {wanted} take turns: {', '.join(turns)}." if turns else "See: almoner rules list"
        raise NotFound(f"There is no rule {wanted!r}.", field="rule", hint=hint)
    if context.form == "json":
        printing.put_json(found)
        return DONE
    printing.outline(found)
    return DONE
