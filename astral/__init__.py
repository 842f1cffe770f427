"""The frame: Django, HTTP, Redis, the error shape; has never heard of an athlete."""

VERSION = "0.2.0"
