"""The open sessions of this process, for reports that come by HTTP."""

from typing import Protocol
from weakref import WeakValueDictionary


class TakesReports(Protocol):
    """An open page that reports come to."""

    def take_report(self, report: object) -> None:
        """Take what the browser says that it stores."""


class OpenSessions:
    """Open pages by their token. A page that is gone is forgotten by itself."""

    def __init__(self) -> None:
        self._by_token: WeakValueDictionary[str, TakesReports] = WeakValueDictionary()

    def add(self, token: str, page: TakesReports) -> None:
        """Let reports with this token come to `page`, as long as somebody holds it."""
        self._by_token[token] = page

    def find(self, token: object) -> TakesReports | None:
        """The page with this token; None where none is open."""
        return self._by_token.get(token) if isinstance(token, str) else None
