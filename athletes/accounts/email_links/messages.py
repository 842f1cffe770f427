"""The e-mails about an account."""

from __future__ import annotations

from enum import StrEnum

from django.core.mail import EmailMessage

from athletes.models import User

NOT_YOU = "If it was not you, choose a new password at once: Sign in, Forgot password?\n"


class AccountNotice(StrEnum):
    """What owners are told by e-mail after it happened."""

    PASSWORD_CHANGED = "password_changed"
    ADDRESS_CHANGE = "address_change"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    CODES_REFUSED = "codes_refused"


NOTICES = {
    AccountNotice.PASSWORD_CHANGED: (
        "Your password was changed",
        (
            "The password of your Astral account was changed. All tokens and all other browsers are signed"
            f" out.\n\n{NOT_YOU}"
        ),
    ),
    AccountNotice.ADDRESS_CHANGE: (
        "Your e-mail address is about to change",
        (
            "Somebody with your password asked to use another e-mail address for your Astral account. It"
            " changes when the link that was sent to the new address is opened.\n\n"
            "If it was not you, choose a new password at once. That also ends the link.\n"
        ),
    ),
    AccountNotice.FACTOR_ADDED: (
        "A second factor was added",
        f"Your Astral account has a new authenticator app or passkey: Settings, Security.\n\n{NOT_YOU}",
    ),
    AccountNotice.FACTOR_REMOVED: (
        "A second factor was removed",
        f"An authenticator app or passkey was removed from your Astral account.\n\n{NOT_YOU}",
    ),
    AccountNotice.RECOVERY_CODE_USED: (
        "A recovery code was used",
        (
            "Somebody signed in to your Astral account with a recovery code. It no longer works. You can"
            f" create new ones: Settings, Security.\n\n{NOT_YOU}"
        ),
    ),
    AccountNotice.CODES_REFUSED: (
        "Somebody has your password",
        (
            "Somebody signed in to your Astral account with your password, but then sent wrong codes. They"
            f" did not get in.\n\n{NOT_YOU}"
        ),
    ),
}


def build_notice(person: User, notice: AccountNotice) -> EmailMessage:
    subject, text = NOTICES[notice]
    return EmailMessage(subject, text, to=[person.email])


def build_password_reset_email(person: User, link: str) -> EmailMessage:
    text = (
        "Somebody asked for a new password for your Astral account. Choose it here:\n\n"
        f"{link}\n\n"
        "The link works once and for an hour.\n\n"
        "If it was not you, do nothing. Your password stays as it is.\n"
    )
    return EmailMessage("Choose a new password", text, to=[person.email])


def build_address_email(email: str, link: str) -> EmailMessage:
    text = (
        "Somebody wants to use this e-mail address for their Astral account. If it was you, confirm it here:"
        f"\n\n{link}\n\n"
        "The link works once and for a day.\n\n"
        "If it was not you, do nothing.\n"
    )
    return EmailMessage("Confirm your e-mail address", text, to=[email])


def build_taken_address_email(email: str) -> EmailMessage:
    text = (
        "Somebody wants to use this e-mail address for another Astral account. It has an account already, so"
        " nothing was changed.\n\n"
        "If it was you, sign in with this address, or use another one.\n"
    )
    return EmailMessage("Your e-mail address has an account", text, to=[email])
