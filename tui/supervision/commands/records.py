"""supervision show, sign, amend, export: both records of a session as they will be filed, agreed and added to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.core.text import clean_line, plural
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text
from tui.supervision.commands.month import of_session

if TYPE_CHECKING:
    from domain.supervision.written_record import Filed, Section
    from storage.supervision.record_delays import Clock
    from storage.supervision.session.records import Records
    from tui.commandline.parser import Commands, Parser

_LARGEST = 2_000_000  # bytes of an amendment's file


def declare(supervision: Commands) -> None:
    """Declare the subcommands about records."""
    words = "both records of a session as they will be filed, and their state"
    _which(of_session(supervision, "show", run_show, words))
    sign = of_session(supervision, "sign", run_sign, "agree a session's record, as yourself (see --as)")
    other = sign.add_mutually_exclusive_group()
    other.add_argument("--complete", action="store_true", help="only say that the record is written up")
    other.add_argument("--withdraw", action="store_true", help="take your agreement back, until everybody has agreed")
    amend = of_session(supervision, "amend", run_amend, "add to an agreed record; what was agreed stays as it is")
    amend.add_argument("--case", metavar="REFERENCE", help="to this case's record; left out: to the personal record")
    amend.add_argument("--from", metavar="FILE", dest="source", help="a text file, or - for standard input")
    amend.add_argument("--why", metavar="TEXT", default="", help="why something is added")
    export = of_session(supervision, "export", run_export, "write the records as Word documents, or as text to paste")
    _which(export)
    export.add_argument("--output", metavar="FOLDER", help="where to write; with --text and without it: printed")
    export.may_overwrite()
    export.add_argument("--text", action="store_true", help="plain text instead of Word documents")


def _which(parser: Parser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--case", metavar="REFERENCE", help="only this case's record")
    which.add_argument("--personal", action="store_true", help="only the personal record")
    parser.add_argument("--worker", metavar="STAFF_ID", help="of a group: only this supervisee's personal record")
    parser.add_argument("--private", action="store_true", help="with the part private to the pair, for those two")


def _found(context: Context) -> Records:
    from storage.supervision.session.records import records

    given = context.options
    today, hide = context.today, context.staff_name
    found = records(context.reader, given.session, context.actor, today, private=given.private, hide=hide)
    if given.private and not found.private and found.me not in found.material.signatures:
        raise BadInput("The private part is for supervisee and supervisor alone.", field="--private")
    return found


def _wanted(context: Context, found: Records) -> list[Filed]:
    """Return the records asked for; raises BadInput where one of them is not theirs to see."""
    given = context.options
    if given.case:
        return [found.case(as_text(given.case))]
    if given.worker:
        return [found.personal(context.the_worker(given.worker))]
    if given.personal:
        mine = [one for one in found.records if one.kind == "personal"]
        return mine or [found.personal(found.material.card.worker)]
    return list(found.records)


def _tell_withheld(found: Records) -> None:
    for worker, why in found.withheld:
        printing.say(f"The personal record of {worker} is kept back: {why}.")
    if found.unplaced:
        printing.say(
            f"{plural(found.unplaced, 'thing')} said about no case can be told to be no supervisee's: in no record. "
            "Name whose it is."
        )


# show ----------------------------------------------------------------------------------------------------------------


def run_show(context: Context) -> int:
    """Print the records that the person acting may see, and how they stand."""
    from domain.supervision.written_record import as_text as text_of
    from domain.supervision.written_record import veiled
    from storage.supervision.record_delays import clocks
    from storage.supervision.session.prompts import nudges

    found, given = _found(context), context.options.session
    wanted = [veiled(one) if context.no_names else one for one in _wanted(context, found)]
    both = clocks(found.material, context.today, context.database.packs())
    looks = nudges(context.reader, given) if found.me in found.material.signatures else []
    if context.form == "json":
        printing.put_json(_record(found, wanted, both, [f"{one.about}: {one.words}" for one in looks]))
        return DONE
    for one in wanted:
        _put(text_of(one))
    _tell_withheld(found)
    for clock in both:
        printing.say(f"{clock.words}{_limits(clock)}")
    for look in looks:
        printing.say(f"Worth a second look: {look.about}: {look.words}")
    return DONE


def _put(text: str) -> None:
    for line in text.split("\n"):
        printing.put(line)


def _limits(clock: Clock) -> str:
    words = "; ".join(limit.words for limit in clock.limits)
    return f" ({words})" if words else ""


def _record(found: Records, wanted: list[Filed], both: tuple[Clock, Clock], looks: list[str]) -> dict[str, Any]:
    card = found.material.card
    return {
        "session": card.id,
        "on": card.day,
        "state": card.state,
        "worker": card.worker,
        "supervisor": card.supervisor,
        "recorded_on": card.recorded_on,
        "agreed": [{"worker": staff, "on": day} for staff, day in found.material.signatures.items()],
        "clocks": [_clock(clock) for clock in both],
        "records": [_filed(one) for one in wanted],
        "withheld": [one._asdict() for one in found.withheld],
        "unplaced": found.unplaced,
        "nudges": looks,
    }


def _clock(clock: Clock) -> dict[str, Any]:
    found = {name: getattr(clock, name) for name in ("title", "days", "ended", "late")}
    return {**found, "limits": [limit._asdict() for limit in clock.limits]}


def _filed(one: Filed) -> dict[str, Any]:
    from domain.supervision.written_record import as_text as text_of

    return {
        **{name: getattr(one, name) for name in ("kind", "about", "title")},
        "facts": [{"name": name, "value": value} for name, value in one.facts],
        "sections": [_section(section) for section in one.sections],
        "text": text_of(one),
    }


def _section(section: Section) -> dict[str, Any]:
    table = section.table
    rows = [dict(zip(table.headings, row, strict=True)) for row in table.rows] if table else []
    passages = [passage._asdict() for passage in section.passages]
    return {"heading": section.heading, "passages": passages, "rows": rows}


# sign ----------------------------------------------------------------------------------------------------------------


def run_sign(context: Context) -> int:
    """Agree a record, take that back, or say that it is written up."""
    from storage.supervision.acts import signing

    given, number = context.options, context.options.session
    with context.database.unit(context.actor, context.today) as unit:
        if given.complete:
            on = signing.complete(unit, number)
            return _say(context, {"session": number, "recorded_on": on}, f"The record of session {number} is complete.")
        if given.withdraw:
            me = signing.withdraw(unit, number)
            return _say(context, {"session": number, "withdrawn_by": me}, f"{me} took the agreement back.")
        signed = signing.sign(unit, number)
    left = f"{', '.join(signed.waiting)} yet to agree." if signed.waiting else "Everybody has agreed it."
    answer = {"session": number, "agreed_by": signed.worker, "on": context.today, "waiting": list(signed.waiting)}
    return _say(context, answer, f"{signed.worker} agreed the record of session {number}. {left}")


def _say(context: Context, answer: dict[str, Any], words: str) -> int:
    if context.form == "json":
        printing.put_json(answer)
    else:
        printing.say(words)
    return DONE


# amend ---------------------------------------------------------------------------------------------------------------


def run_amend(context: Context) -> int:
    """Add a text to an agreed record."""
    from storage.supervision.acts import signing

    given = context.options
    text = _text(given.source)
    case = context.the_case(given.case) if given.case else None
    with context.database.unit(context.actor, context.today) as unit:
        kept = signing.add_to_record(unit, given.session, text, case=case, why=given.why).record
    answer = {"amendment": kept.id, "session": given.session, "case": case, "on": kept.on}
    to = f"the record of {case}" if case else "the personal record"
    return _say(context, answer, f"Added to {to} of session {given.session} on {show_day(kept.on)}.")


def _text(source: str | None) -> str:
    import sys

    if not source:
        raise BadInput(
            "Say what is added.", field="--from", hint="Give a text file: --from FILE, or --from - to type it."
        )
    try:
        if source == "-":
            if sys.stdin is None:
                raise BadInput("Standard input is closed.", field="--from", hint="Give a file: --from FILE")
            data = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(_LARGEST + 1)
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise BadInput("--from: this is not text in UTF-8.", field="--from") from None
    except (OSError, ValueError):
        raise BadInput(f"--from: {clean_line(source)[:200]} cannot be read.", field="--from") from None
    if len(data) > _LARGEST:
        raise BadInput("--from: this is too long for one amendment.", field="--from")
    if not text:
        raise BadInput("--from: there is nothing in it.", field="--from")
    return text


# export --------------------------------------------------------------------------------------------------------------


def run_export(context: Context) -> int:
    """Write the records into a folder, or print them to be pasted."""
    given = context.options
    if context.no_names:
        raise BadInput("A record is filed with its words: leave out --no-names.", field="--no-names")
    if not given.output and not given.text:
        raise BadInput("Say where to write.", field="--output", hint="Add --output FOLDER, or --text to print.")
    found = _found(context)
    wanted = _wanted(context, found)
    if not wanted:
        why = f": {found.withheld[0].why}" if found.withheld else ""
        raise BadInput(f"Session {given.session} has no record that you may see{why}.", field="session")
    if given.output:
        return _write(context, found, wanted)
    if context.form == "json":
        printing.put_json({"records": [_filed(one) for one in wanted]})
    else:
        from domain.supervision.written_record import as_text as text_of

        _put("\n\n".join(text_of(one).rstrip("\n") for one in wanted))
    _tell_withheld(found)
    return DONE


def _write(context: Context, found: Records, wanted: list[Filed]) -> int:
    from storage.files.outgoing import Outgoing
    from storage.files.paths import typed
    from storage.supervision.session.record_files import write_records

    given = context.options
    folder = typed(given.output, "--output").resolve()
    away = Outgoing(context.database.path, overwrite=given.overwrite)
    written = write_records(wanted, folder, away, text=given.text)
    if context.form == "json":
        printing.put_json({"files": [one._asdict() for one in written]})
    else:
        for one in written:
            printing.put(clean_line(str(one.path)))
    _tell_withheld(found)
    if not all(found.material.signatures.values()):
        printing.say("Not everybody has agreed this record yet: the files say that they are drafts.")
    return DONE
