"""Invitations: sent by e-mail or handed on as a link, accepted once or up to a limit."""

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
from athletes.accounts.passwords import check_new_password
from athletes.models import Athlete, Invitation, Membership, Organization, User
from athletes.organizations.membership import join_organization
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
    """What an invitation offers: a role, to so many, until then."""

    role: str
    expires_at: datetime
    max_uses: int = 1
    email: str = ""


def create_invitation(
    organization: Organization, offer: InvitationOffer, by: User, now: datetime
) -> tuple[Invitation, str]:
    """A new invitation and its token, which nobody can look up afterwards. 400 TOO_MANY beyond 500 a day."""
    lately = Invitation.objects.filter(organization=organization, created_at__gt=now - timedelta(days=1))
    if lately.count() >= MAX_INVITATIONS_PER_DAY:
        raise ApiError(
            "TOO_MANY", f"An organization makes {MAX_INVITATIONS_PER_DAY} invitations a day at most."
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
    """Where an invitation leads. The token stands behind the #, which browsers send to no server and no log."""
    return f"{settings.INVITATION_URL or join_page}#{token}"


@transaction.atomic
def invite_by_email(
    organization: Organization, offer: InvitationOffer, by: User, now: datetime, *, join_page: str
) -> Invitation:
    """The same, told to its address only; nothing is stored when the mail server does not take the message."""
    if not settings.SENDS_EMAIL:
        raise ApiError("NO_EMAIL", "This server sends no e-mail; make an invitation link instead.")
    invitation, token = create_invitation(organization, offer, by, now)
    try:
        _invitation_email(invitation, by, build_invitation_link(token, join_page)).send()
    except (SMTPException, OSError) as error:
        log.error("invitation_not_sent", error=type(error).__name__)
        raise ApiError("EMAIL_NOT_SENT", "The mail server did not take the invitation; try again.") from error
    return invitation


def _invitation_email(invitation: Invitation, by: User, way: str) -> EmailMessage:
    club, role = invitation.organization.name, invitation.role.replace("_", " ")
    text = (
        f"{by.display_name or by.username} invites you to join {club} as {role}.\n\n{way}\n\n"
        f"It is for you alone and good until {invitation.expires_at:%Y-%m-%d %H:%M} UTC. What your coaches see of you,"
        " you decide: activities, health, goals and plans.\n"
    )
    return EmailMessage(f"Join {club}", text, to=[invitation.email])


@transaction.atomic
def accept_invitation(token: str, person: User | NewAccount, now: datetime) -> Membership:
    """The membership this token leads to. A person without an account gets one.

    400 INVITATION_INVALID in the same words for a token that is unknown, ended, expired, used up, for another address
    or for somebody who is suspended there. 400 ACCOUNT_EXISTS is told only to who holds a valid token.
    """
    invitation = Invitation.objects.open(now).select_for_update().filter(digest=hash_secret(token)).first()
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
    invitation.uses += 1
    if invitation.uses == invitation.max_uses:
        invitation.ended_at, invitation.email = now, ""
    invitation.save(update_fields=["uses", "ended_at", "email"])
    return membership


@transaction.atomic
def resend_invitation(invitation: Invitation, by: User, now: datetime, *, join_page: str) -> Invitation:
    """A new one in its place, mailed to the same address and good for as long again; the old token ends.

    400 NOT_OPEN for one that was not sent by e-mail or that is ended or used up; one that has expired can be sent
    again. Otherwise raises what `invite_by_email` raises, and the old one stays what it was.
    """
    found = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(pk=invitation.pk)
    )
    before = found.filter(ended_at=None).exclude(email="").first()
    if before is None:
        raise ApiError(
            "NOT_OPEN", "Only an invitation that was sent by e-mail and is still open can be sent again."
        )
    end_invitation(before, now)
    offer = InvitationOffer(
        before.role, now + (before.expires_at - before.created_at), before.max_uses, before.email
    )
    return invite_by_email(before.organization, offer, by, now, join_page=join_page)


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
        sentence = "There is an account with this address: sign in and accept the invitation then."
        raise ApiError("ACCOUNT_EXISTS", sentence, field="email") from error
    if account.zone:
        Athlete.objects.filter(pk=user.pk).update(timezone=str(account.zone), timezone_confirmed=True)
    return user


def _invalid_invitation_error() -> ApiError:
    sentence = "This invitation is unknown, has expired, was used up or is for somebody else."
    return ApiError("INVITATION_INVALID", sentence, field="token")
