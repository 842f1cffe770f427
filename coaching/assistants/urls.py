"""The address for assistants."""

from django.urls import path

from coaching.assistants.api import AssistantView

urlpatterns = [path("mcp", AssistantView.as_view(), name="mcp")]
