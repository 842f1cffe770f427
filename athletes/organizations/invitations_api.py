"""API: create, list, end and accept invitations."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.views import ApiView, success
from athletes.access.permissions import get_permit
from athletes.models import Invitation
from athletes.organizations.access_serializers import (
    AcceptedInvitationSerializer,
    AcceptInvitationRequest,
    EmailInvitationRequest,
    InvitationSerializer,
    LinkInvitationRequest,
    NewLinkSerializer,
    SentInvitationSerializer,
    serialize_accepted_invitation,
    serialize_invitation,
)
from athletes.organizations.api import OrganizationScopedViewSet
from athletes.organizations.invitations import (
    InvitationOffer,
    NewAccount,
    accept_invitation,
    build_invitation_link,
    create_invitation,
    end_invitation,
    find_open_invitation,
    invite_by_email,
    needs_join_email,
    send_join_email,
)


class InvitationViewSet(OrganizationScopedViewSet):
    """Invitations to an organization."""

    queryset = Invitation.objects.none()
    serializer_class = InvitationSerializer

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (429,) if self.action == "invite" else ()

    @extend_schema(
        responses=InvitationSerializer(many=True),
        operation_id="organizations_invitations_list",
        summary="Open invitations",
    )
    def list(self, request: Request, org_id: str) -> Response:
        """Invitations that can still be accepted, newest first."""
        found = (
            Invitation.objects.pending(timezone.now())
            .made_by_coaches()
            .filter(organization=self.organization())
            .order_by("-pk")
        )
        return self.get_paginated_response(
            [serialize_invitation(row) for row in self.paginate_queryset(found) or []]
        )

    @extend_schema(
        request=LinkInvitationRequest,
        responses={201: NewLinkSerializer},
        operation_id="organizations_invitations_create",
        summary="Create an invitation link",
    )
    def create(self, request: Request, org_id: str) -> Response:
        """Create a link that lets `max_uses` people join until `expires_at`."""
        organization, now = self.organization(), timezone.now()
        offer = InvitationOffer(**LinkInvitationRequest.parse(request.data, now=now))
        invitation, token = create_invitation(organization, offer, get_permit(request).person, now)
        return success(
            serialize_invitation(invitation)
            | {"token": token, "link": build_invitation_link(token, self._join_page())},
            201,
        )

    @extend_schema(
        request=EmailInvitationRequest,
        responses={201: InvitationSerializer},
        operation_id="organizations_members_invite",
    )
    def invite(self, request: Request, org_id: str) -> Response:
        """Invite one person by e-mail. The answer does not reveal whether the address has an account.

        An account sends a limited number of these a day, over all organizations (429 LIMIT_REACHED).
        """
        organization, now = self.organization(), timezone.now()
        offer = InvitationOffer(**EmailInvitationRequest.parse(request.data, now=now))
        by, join_page = get_permit(request).person, self._join_page()
        return success(
            serialize_invitation(invite_by_email(organization, offer, by, now, join_page=join_page)), 201
        )

    def _join_page(self) -> str:
        return self.request.build_absolute_uri(reverse("join-page"))

    @extend_schema(responses={204: None}, operation_id="organizations_invitations_delete")
    def destroy(self, request: Request, org_id: str, invitation_id: str) -> Response:
        """End an invitation at once."""
        now = timezone.now()
        found = Invitation.objects.pending(now).filter(organization=self.organization())
        invitation = found.filter(pk=self.path_id("invitation_id")).first()
        end_invitation(get_permit(request).get_or_forbidden(invitation), now)
        return Response(status=204)


class AcceptInvitationView(ApiView):
    """Accept an invitation. Only this call can create an account."""

    tag = "organizations"
    further_statuses = (429,)

    @extend_schema(
        request=AcceptInvitationRequest,
        responses={
            200: AcceptedInvitationSerializer,
            201: AcceptedInvitationSerializer,
            202: SentInvitationSerializer,
        },
        operation_id="invitations_accept",
        auth=[{"bearer": []}, {"cookieAuth": []}, {}],  # type: ignore[list-item]
    )
    def post(self, request: Request) -> Response:
        """Join with an invitation's token. 201 means that an account was created; sign in with it next.

        202: the token is of a link for anybody, and this server sends e-mail. Then the address gets an
        invitation of its own, whether it has an account or not. Send its token next.

        `consent` says what an athlete's coaches may see. Without it they see activities and plans, and no
        health until the athlete allows it. Change it with `…/consent`.
        """
        person, now = request.user if request.user.is_authenticated else None, timezone.now()
        body = AcceptInvitationRequest.parse(request.data, signed_in=person is not None)
        link = find_open_invitation(body["token"], now)
        if link and needs_join_email(link, person):
            join_page = request.build_absolute_uri(reverse("join-page"))
            send_join_email(link, body["email"], now, join_page=join_page)
            return success({"email": body["email"]}, 202)
        membership = accept_invitation(body["token"], person or _new_account(body), now, body.get("consent"))
        return success(serialize_accepted_invitation(membership), 200 if person else 201)


def _new_account(body: dict[str, Any]) -> NewAccount:
    return NewAccount(body["email"], body["password"], body.get("display_name", ""), body.get("timezone"))
