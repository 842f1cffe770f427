"""Webhooks: signed messages to other programs about what happened. See docs/guides/webhooks.md."""
