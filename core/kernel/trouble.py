"""Three words for trouble. Each is settled in one place: see `settle.py` for messages and the HTTP kit for requests."""


class Trouble(Exception):
    """Something other than a bug stood in the way. The text is safe to show to whoever asked."""


class Refused(Trouble):
    """The rules say no, and asking again will not help: tell whoever asked."""


class NotFound(Refused):
    """There is no such thing for this caller."""


class Conflict(Refused):
    """It contradicts what is already so."""


class Unavailable(Trouble):
    """Something we need is away: try again later."""


class Malformed(Trouble):
    """The input makes no sense and never will: park it with the reason."""
