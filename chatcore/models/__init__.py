"""Who can be asked, and for which models.

Offers `Directory`, the server's own providers; `SessionDirectory`, those and one visitor's; `ProviderOption`, a vendor
as it is offered on the page; and `ProviderAccount`, a vendor with one key. `catalog` knows prices and context windows
offline.

Knows no chats and no runs, stores nothing, and never shows a key.
"""

from chatcore.models.account import AccountSettings, ProviderAccount
from chatcore.models.directory import Directory, ProviderOption, SessionDirectory

__all__ = ["AccountSettings", "Directory", "ProviderAccount", "ProviderOption", "SessionDirectory"]
