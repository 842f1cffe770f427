"""Create, send, accept and end invitations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction

from astral.http.errors import ApiError
from athletes.accounts.email_links.verified_addresses import verify_address
from athletes.accounts.limits.use_limits import (
    INVITATION_EMAILS,
    JOIN_EMAILS_OF_LINK,
    JOIN_EMAILS_TO_ADDRESS,
    count_use,
    give_back_use,
)
from athletes.accounts.passwords import check_new_password
from athletes.changes.author import EntryAuthor, name_change_author
from athletes.models import Athlete, ChangeEntry, Invitation, Membership, Organization, User
from athletes.organizations.membership import has_head_coach, join_as_head_coach, join_organization
from athletes.roles import Role
from athletes.secret_tokens import generate_secret, hash_secret

MAX_INVITATIONS_PER_DAY = 500
log = structlog.get_logger("astral.inviting")


@dataclass(frozen=True, slots=True)
class NewAccount:
    email: str
    password: str
    display_name: str
    zone: ZoneInfo | None


@dataclass(frozen=True, slots=True)
class InvitationOffer:
    """What an invitation offers: a role, for a number of people, until an expiry."""

    role: str
    expires_at: datetime
    max_uses: int = 1
    email: str = ""


@transaction.atomic
def create_invitation(
    organization: Organization, offer: InvitationOffer, by: User, now: datetime, token: str = ""
) -> tuple[Invitation, str]:
    """Create an invitation.

    Returns it and its token, which is not stored; by default a new one. Raises 400 TOO_MANY after 500 a day.
    """
    Organization.objects.select_for_update(no_key=True).get(
        pk=organization.pk
    )  # concurrent calls count one after the other
    made = Invitation.objects.made_by_coaches().filter(organization=organization)
    recent = made.filter(created_at__gt=now - timedelta(days=1))
    if recent.count() >= MAX_INVITATIONS_PER_DAY:
        raise ApiError(
            "TOO_MANY", f"An organization can create at most {MAX_INVITATIONS_PER_DAY} invitations a day."
        )
    token = token or generate_secret()
    invitation = Invitation.objects.create(
        organization=organization,
        role=offer.role,
        email=offer.email,
        max_uses=offer.max_uses,
        expires_at=offer.expires_at,
        digest=hash_secret(token),
        created_by=by,
    )
    return invitation, token


def build_invitation_link(token: str, join_page: str) -> str:
    """The address of the join page.

    The token follows the #, because browsers send that part to no server or log.
    """
    return f"{settings.INVITATION_URL or join_page}#{token}"


def invite_by_email(
    organization: Organization, offer: InvitationOffer, by: User, now: datetime, *, join_page: str
) -> Invitation:
    """Create an invitation and e-mail it. If the mail server refuses the message, nothing is stored.

    No row is locked while the mail server answers. Raises 429 LIMIT_REACHED after too many e-mails of `by`
    in a day, over all organizations: they carry a name that `by` chose.
    """
    if not settings.SENDS_EMAIL:
        raise ApiError("NO_EMAIL", "This server sends no e-mail. Create an invitation link instead.")
    count_use(by.pk, INVITATION_EMAILS, now)
    invitation, token = create_invitation(organization, offer, by, now)
    try:
        _send_invitation(invitation, by, build_invitation_link(token, join_page))
    except ApiError:
        give_back_use(by.pk, INVITATION_EMAILS)
        raise
    return invitation


def needs_join_email(invitation: Invitation, person: User | None) -> bool:
    """Whether joining goes by e-mail: a link for anybody, opened by somebody who is not signed in."""
    return settings.MAILS_JOIN_LINKS and person is None and not invitation.email


def send_join_email(link: Invitation, email: str, now: datetime, *, join_page: str) -> None:
    """E-mail an invitation of their own to the owner of an address, who opened a link for anybody.

    No account is looked up, so known and unknown addresses take the same way. Raises 429 LIMIT_REACHED after
    too many of these e-mails in a day, and 400 EMAIL_NOT_SENT.
    """
    count_use(link.pk, JOIN_EMAILS_OF_LINK, now)
    count_use(uuid5(NAMESPACE_URL, f"mailto:{email}"), JOIN_EMAILS_TO_ADDRESS, now)
    Invitation.objects.filter(link=link, email=email, ended_at=None).update(ended_at=now, email="")
    token = generate_secret()
    invitation = Invitation.objects.create(
        organization=link.organization,
        role=link.role,
        email=email,
        expires_at=link.expires_at,
        digest=hash_secret(token),
        created_by=link.created_by,
        link=link,
    )
    assert link.created_by is not None  # an open invitation has its maker
    _send_invitation(invitation, link.created_by, build_invitation_link(token, join_page))


def _send_invitation(invitation: Invitation, by: User, link: str) -> None:
    """Raises 400 EMAIL_NOT_SENT, and deletes the invitation, if the mail server refuses it."""
    try:
        _build_invitation_email(invitation, by, link).send()
    except (SMTPException, OSError) as error:
        log.error("invitation_not_sent", error=type(error).__name__)
        invitation.delete()
        raise ApiError(
            "EMAIL_NOT_SENT", "The mail server did not accept the invitation. Try again."
        ) from error


def _build_invitation_email(invitation: Invitation, by: User, link: str) -> EmailMessage:
    club, role = invitation.organization.name, invitation.role.replace("_", " ")
    article = "an" if role.startswith("a") else "a"
    expiry = invitation.expires_at.astimezone(by.athlete.zone)
    text = (
        f"{by.display_name or by.username} invites you to join {club} as {article} {role}.\n\n{link}\n\n"
        f"This personal link works until {expiry.day} {expiry:%B %Y}."
        " If you have an account, sign in first.\n\n"
        "Astral shows you and your coaches how your training is going. You decide what your coaches can see:"
        " activities, health, goals and plans.\n"
    )
    return EmailMessage(f"Join {club}", text, to=[invitation.email])


def find_open_invitation(token: str, now: datetime) -> Invitation | None:
    """The invitation with this token, with its organization and maker; None if it cannot be accepted."""
    opened = Invitation.objects.open(now).select_related("organization", "created_by")
    return opened.filter(digest=hash_secret(token)).first()


@transaction.atomic
def accept_invitation(
    token: str, person: User | NewAccount, now: datetime, consent: Mapping[str, bool] | None = None
) -> Membership:
    """Join with a token, creating an account if needed. Returns the membership.

    `consent`: what a new athlete shares, for each category; None if nobody asked.
    Raises 400 INVITATION_INVALID, with the same text, if the token is unknown, ended, expired, used up or for
    another address, or if the person is suspended there. Raises 400 ACCOUNT_EXISTS only if the token is
    valid. Raises 400 NOT_ATHLETE for a consent to an invitation that is for no athlete. A new account that
    `needs_join_email` is refused like an unknown token.
    """
    opened = Invitation.objects.open(now).select_for_update(of=("self",))
    invitation = opened.filter(digest=hash_secret(token)).first()
    if invitation is None or invitation.email not in ("", person.email):
        raise build_invalid_invitation_error()
    if needs_join_email(invitation, person if isinstance(person, User) else None):
        raise build_invalid_invitation_error()
    if consent is not None and invitation.role != Role.ATHLETE:
        raise ApiError("NOT_ATHLETE", "Only an athlete's invitation asks for consent.", field="consent")
    user = person if isinstance(person, User) else _create_account(person)
    if user is not person:
        name_change_author(EntryAuthor(ChangeEntry.AuthorKind.PERSON, user.pk))
    own = Membership.objects.filter(user=user, organization=invitation.organization).active()
    present = own.select_related("organization").first()
    if present and (invitation.role != Role.HEAD_COACH or present.role == Role.HEAD_COACH):
        return present
    if _leads_on_joining(invitation):
        membership = join_as_head_coach(user, invitation.organization, now)
    else:
        membership = join_organization(user, invitation.organization, invitation.role, now, consent)
    if membership is None:
        raise build_invalid_invitation_error()
    if invitation.email:
        verify_address(user)  # the link was sent there
    _count_joining(invitation, now)
    if invitation.link_id:
        link = Invitation.objects.select_for_update().get(pk=invitation.link_id)
        if link.ended_at:  # another person used it up at the same moment
            raise build_invalid_invitation_error()
        _count_joining(link, now)
    return membership


def _count_joining(invitation: Invitation, now: datetime) -> None:
    invitation.uses += 1
    if invitation.uses == invitation.max_uses:
        invitation.ended_at, invitation.email = now, ""
    invitation.save(update_fields=["uses", "ended_at", "email"])


def _leads_on_joining(invitation: Invitation) -> bool:
    """Whether the new member becomes head coach: also the first coach of a club that has none.

    Locks the organization, so of two first coaches at once one leads.
    """
    if invitation.role not in (Role.COACH, Role.HEAD_COACH):
        return False
    club = Organization.objects.select_for_update(no_key=True).get(pk=invitation.organization_id)
    return invitation.role == Role.HEAD_COACH or not has_head_coach(club)


def resend_invitation(invitation: Invitation, by: User, now: datetime, *, join_page: str) -> Invitation:
    """End the invitation and e-mail a new one to the same address, valid for the same time again.

    An expired invitation can be sent again. Raises 400 NOT_OPEN if it was not sent by e-mail, or is ended or
    used up. Also raises the errors of `invite_by_email`; then the old invitation stays unchanged.
    """
    sent = Invitation.objects.filter(pk=invitation.pk, ended_at=None).exclude(email="")
    old = sent.select_related("organization").first()
    if old is None or not sent.update(ended_at=now, email=""):  # of two calls at once, only one ends it
        raise ApiError("NOT_OPEN", "Only an open invitation that was sent by e-mail can be sent again.")
    offer = InvitationOffer(old.role, now + (old.expires_at - old.created_at), old.max_uses, old.email)
    try:
        return invite_by_email(old.organization, offer, by, now, join_page=join_page)
    except ApiError:
        Invitation.objects.filter(pk=old.pk).update(ended_at=None, email=old.email)
        raise


def end_invitation(invitation: Invitation, now: datetime) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(ended_at=now, email="")


def _create_account(account: NewAccount) -> User:
    user = User(email=account.email, display_name=account.display_name)
    check_new_password(account.password, user)
    user.set_password(account.password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        message = "An account with this e-mail address exists. Sign in, then accept the invitation."
        raise ApiError("ACCOUNT_EXISTS", message, field="email") from error
    if account.zone:
        Athlete.objects.filter(pk=user.pk).update(timezone=str(account.zone), timezone_confirmed=True)
    return user


def build_invalid_invitation_error() -> ApiError:
    message = "This invitation is unknown, expired, used up or for another person."
    return ApiError("INVITATION_INVALID", message, field="token")
