"""The base that the apps share: Django settings, HTTP, cache, charts. It knows nothing of athletes."""

VERSION = "0.2.0"
