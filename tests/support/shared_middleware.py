"""One middleware chain for all test clients: each would load its own, which takes longer than most calls.

Changed settings load it again.
"""

from __future__ import annotations

from typing import Any

from django.core.signals import setting_changed
from django.test.client import ClientHandler

_load_middleware = ClientHandler.load_middleware
_loaded: dict[str, Any] = {}


def share_middleware() -> None:
    setattr(ClientHandler, "load_middleware", _copy_loaded_middleware)  # noqa: B010
    setting_changed.connect(_forget_middleware)


def _copy_loaded_middleware(handler: ClientHandler, is_async: bool = False) -> None:
    if not _loaded:
        _load_middleware(handler, is_async)
        _loaded.update({name: value for name, value in vars(handler).items() if name.startswith("_")})
    vars(handler).update(_loaded)


def _forget_middleware(**_: Any) -> None:
    _loaded.clear()
