"""The kinds of record about supervision: agreements, sessions and what they leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.errors import BadInput
from domain.supervision.discussions import (
    Action,
    ActionFields,
    AgendaItem,
    AgendaItemFields,
    Amendment,
    AmendmentFields,
    Attendance,
    AttendanceFields,
    Decision,
    DecisionFields,
    Disagreement,
    DisagreementFields,
    Discussion,
    DiscussionFields,
    Rating,
    RatingFields,
)
from domain.supervision.sessions import Agreement, AgreementFields, Session, SessionFields
from storage.records.kind import Amended, ByHand, Data, Kind, SignatureRule, touch, touch_nothing
from storage.supervision import checks
from storage.supervision.agreement_terms import revised
from storage.supervision.sealed import SEAL
from storage.tables import (
    ActionRow,
    AgendaItemRow,
    AgreementRow,
    AmendmentRow,
    AttendanceRow,
    DecisionRow,
    DisagreementRow,
    DiscussionRow,
    RatingRow,
    SessionRow,
)

if TYPE_CHECKING:
    from storage.records.unit import Unit

_SIGN = "Each agrees for themselves: almoner supervision sign {session}"
_AGREE = "Each signs for themselves: almoner supervision agree {id}"
_WITHDRAW = (
    "While somebody has yet to agree: almoner supervision sign {id} --withdraw. "
    "Once all have agreed, add to it: almoner supervision amend {id}"
)
_WITHDRAW_TOO = _WITHDRAW.replace("{id}", "{session}")
_DRAW_UP = "Change what it says, which both then sign again, or end it: almoner amend agreement {id} ..."
_of_worker = touch("workers", "worker")
_part = checks.of_session_part


def _revise(unit: Unit, found: Agreement, wanted: Data, seen: int | None) -> Amended:
    revised(unit, found, wanted, seen)
    return Amended(tuple(wanted))


def _refuse_amending(found: Amendment, wanted: Data) -> None:
    """Refuse to change what was added to an agreed record."""
    hint = f"Add to the record: almoner supervision amend {found.session}"
    raise BadInput(f"{next(iter(wanted))}: what was added stays as it is.", field=next(iter(wanted)), hint=hint)


KINDS = (
    Kind(
        "agreement",
        AgreementFields,
        Agreement,
        AgreementRow,
        touches=_of_worker,
        check=checks.of_agreement,
        signed=SignatureRule(dict.fromkeys(("signed_worker", "signed_supervisor"), _DRAW_UP)),
        by_hand=ByHand(
            elsewhere=dict.fromkeys(
                ("signed_worker", "signed_worker_by", "signed_supervisor", "signed_supervisor_by"), _AGREE
            ),
            amend=_revise,
        ),
    ),
    Kind(
        "session",
        SessionFields,
        Session,
        SessionRow,
        touches=_of_worker,
        check=checks.of_session,
        seal=SEAL,
        signed=SignatureRule(dict.fromkeys(("agreed_worker", "agreed_supervisor"), _WITHDRAW)),
        by_hand=ByHand(
            elsewhere={
                **dict.fromkeys(
                    ("agreed_worker", "agreed_worker_by", "agreed_supervisor", "agreed_supervisor_by"), _SIGN
                ),
                "recorded_on": "Say that it is written up: almoner supervision sign {session} --complete",
            }
        ),
    ),
    Kind(
        "attendance",
        AttendanceFields,
        Attendance,
        AttendanceRow,
        touches=_of_worker,
        check=_part,
        seal=SEAL,
        signed=SignatureRule({"agreed_on": _WITHDRAW_TOO}),
        by_hand=ByHand(elsewhere=dict.fromkeys(("agreed_on", "agreed_by"), _SIGN)),
    ),
    Kind("discussion", DiscussionFields, Discussion, DiscussionRow, touches=touch_nothing, check=_part, seal=SEAL),
    Kind(
        "amendment",
        AmendmentFields,
        Amendment,
        AmendmentRow,
        touches=touch_nothing,
        check=_part,
        signed=SignatureRule(whole="Add what is right: almoner supervision amend {session}"),
        by_hand=ByHand(refuse=_refuse_amending),
    ),
    Kind(
        "rating",
        RatingFields,
        Rating,
        RatingRow,
        touches=touch_nothing,
        check=_part,
        seal=SEAL,
        by_hand=ByHand(removable=True),
    ),
    Kind("decision", DecisionFields, Decision, DecisionRow, touches=touch_nothing, check=_part, seal=SEAL),
    Kind("action", ActionFields, Action, ActionRow, touches=touch_nothing, check=_part, seal=SEAL),
    Kind("agenda-item", AgendaItemFields, AgendaItem, AgendaItemRow, touches=touch_nothing, check=_part, seal=SEAL),
    Kind(
        "disagreement",
        DisagreementFields,
        Disagreement,
        DisagreementRow,
        touches=touch_nothing,
        check=checks.of_disagreement,
    ),
)
