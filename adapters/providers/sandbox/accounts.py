"""The merchants of the sandbox."""

import hashlib
import hmac
from dataclasses import dataclass

from adapters.providers.sandbox.records import letters
from core.kernel.secret import Secret


@dataclass(frozen=True, slots=True)
class Account:
    """A merchant at the sandbox. Its key opens the API and makes its cards' fingerprints its own."""

    name: str
    api_key: Secret[str]

    @property
    def publishable_key(self) -> str:
        """Opens the making of browser tokens and nothing else, so that any page may show it."""
        return f"pk_{self.mark_of('publishable key')}"

    def mark_of(self, text: str) -> str:
        """An HMAC: the same for the same text in this account, and nothing can be read from it."""
        return letters(hmac.digest(self.api_key.reveal().encode(), text.encode(), hashlib.sha256), 32)
