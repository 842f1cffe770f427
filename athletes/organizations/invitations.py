"""Create, send, accept and end invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction

from astral.http.errors import ApiError
from athletes.accounts.email_links.verified_addresses import verify_address
from athletes.accounts.passwords import check_new_password
from athletes.accounts.use_limits import INVITATION_EMAILS, count_use, give_back_use
from athletes.models import Athlete, Invitation, Membership, Organization, User
from athletes.organizations.membership import join_organization
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
    organization: Organization, offer: InvitationOffer, by: User, now: datetime
) -> tuple[Invitation, str]:
    """Create an invitation.

    Returns it and its token, which is not stored. Raises 400 TOO_MANY after 500 a day.
    """
    Organization.objects.select_for_update(no_key=True).get(
        pk=organization.pk
    )  # concurrent calls count one after the other
    recent = Invitation.objects.filter(organization=organization, created_at__gt=now - timedelta(days=1))
    if recent.count() >= MAX_INVITATIONS_PER_DAY:
        raise ApiError(
            "TOO_MANY", f"An organization can create at most {MAX_INVITATIONS_PER_DAY} invitations a day."
        )
    token = generate_secret()
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
        _build_invitation_email(invitation, by, build_invitation_link(token, join_page)).send()
    except (SMTPException, OSError) as error:
        log.error("invitation_not_sent", error=type(error).__name__)
        invitation.delete()
        give_back_use(by.pk, INVITATION_EMAILS)
        raise ApiError(
            "EMAIL_NOT_SENT", "The mail server did not accept the invitation. Try again."
        ) from error
    return invitation


def _build_invitation_email(invitation: Invitation, by: User, link: str) -> EmailMessage:
    club, role = invitation.organization.name, invitation.role.replace("_", " ")
    article = "a" if invitation.role == Role.COACH else "an"
    expiry = invitation.expires_at.astimezone(by.athlete.zone)
    text = (
        f"{by.display_name or by.username} invites you to join {club} as {article} {role}.\n\n{link}\n\n"
        f"This personal link works until {expiry.day} {expiry:%B %Y}.\n\n"
        "Astral shows you and your coaches how your training is going. You decide what your coaches can see:"
        " activities, health, goals and plans.\n"
    )
    return EmailMessage(f"Join {club}", text, to=[invitation.email])


@transaction.atomic
def accept_invitation(token: str, person: User | NewAccount, now: datetime) -> Membership:
    """Join with a token, creating an account if needed. Returns the membership.

    Raises 400 INVITATION_INVALID, with the same text, if the token is unknown, ended, expired, used up or for
    another address, or if the person is suspended there. Raises 400 ACCOUNT_EXISTS only if the token is
    valid.
    """
    opened = Invitation.objects.open(now).select_for_update(of=("self",))
    invitation = opened.filter(digest=hash_secret(token)).first()
    if invitation is None or invitation.email not in ("", person.email):
        raise _invalid_invitation_error()
    user = person if isinstance(person, User) else _create_account(person)
    if Membership.objects.filter(user=user, organization=invitation.organization).active().exists():
        return Membership.objects.select_related("organization").get(
            user=user, organization=invitation.organization
        )
    membership = join_organization(user, invitation.organization, invitation.role, now)
    if membership is None:
        raise _invalid_invitation_error()
    if invitation.email:
        verify_address(user)  # the link was sent there
    invitation.uses += 1
    if invitation.uses == invitation.max_uses:
        invitation.ended_at, invitation.email = now, ""
    invitation.save(update_fields=["uses", "ended_at", "email"])
    return membership


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


def _invalid_invitation_error() -> ApiError:
    message = "This invitation is unknown, expired, used up or for another person."
    return ApiError("INVITATION_INVALID", message, field="token")
