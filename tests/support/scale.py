"""How long and how much: a sanitizer's build is about five times slower."""

import os

SANITIZED = bool(os.environ.get("SQUALL_SANITIZE"))
FACTOR = 5 if SANITIZED else 1


def seconds(value):
    """A time limit."""
    return value * FACTOR


def count(value):
    """An amount of work."""
    return value // FACTOR
