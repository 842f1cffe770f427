"""Which pages open while staff act as a person. Everything else is refused, and the API altogether."""

from __future__ import annotations

from django.http import HttpRequest

from astral.http.errors import ApiError
from athletes.access.policy import PolicyRow, Target
from athletes.changes.author import record_acting_request
from athletes.models import User
from athletes.rights import COMMENT, ERASE, OWN

# Pages about oneself. The others have the password, the address, second factors, tokens and own data.
OWN_PAGES = frozenset({"home-page", "sharing-page", "start-page", "stop-acting-page"})
# Parts of forms that show only what they were asked. They have nobody's data.
FORM_PARTS = frozenset({"step-rows-page"})
# Own pages that show activities and health data. They open if the person allows it.
OWN_DATA_PAGES = frozenset({"own-page", "own-calendar-page"})
# Keys, secrets, invitations, who leads the club, and numbers of its signals, also those of health.
REFUSED_CLUB_PAGES = frozenset(
    {
        "club-hand-over-page",
        "club-invitation-page",
        "club-key-confirm-page",
        "club-key-end-page",
        "club-key-page",
        "club-link-page",
        "club-mail-page",
        "club-second-factor-page",
        "club-webhook-page",
        "club-webhooks-page",
        "usefulness-page",
    }
)
# What a person decides alone, deletes for good, or says in own words.
REFUSED_RIGHTS = frozenset({OWN, ERASE, COMMENT})


class ActingRefused(ApiError):
    def __init__(self) -> None:
        super().__init__("ACTING", "This is not possible while you act as somebody. Stop that first.", 403)


def opens_while_acting(endpoint: str, row: PolicyRow, *, may_see_own: bool = False) -> bool:
    """Whether the page opens at all. `Permit` then decides about the athlete.

    An import shows files of health data, so it is refused, too.
    """
    if row.right.anybody or row.over is Target.YOURSELF:
        return endpoint in OWN_PAGES | FORM_PARTS or (may_see_own and endpoint in OWN_DATA_PAGES)
    is_refused = endpoint in REFUSED_CLUB_PAGES or endpoint.startswith(("import", "upload"))
    return endpoint.endswith("-page") and not is_refused and row.right not in REFUSED_RIGHTS


def check_acting(request: HttpRequest, row: PolicyRow) -> None:
    """Raises 403 ACTING for a page that does not open. A change gets a line in the change history."""
    acting = request.user.acting if isinstance(request.user, User) else None
    if acting is None:
        return
    endpoint = (request.resolver_match.url_name if request.resolver_match else "") or ""
    if not opens_while_acting(endpoint, row, may_see_own=acting.may_see_own):
        raise ActingRefused
    if request.method not in ("GET", "HEAD") and endpoint != "stop-acting-page":
        record_acting_request(acting.session_id, acting.person_id, endpoint)
