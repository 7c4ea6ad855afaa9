"""What every page has: its icon and style, its language, and what the browser does when a page is entered or lost.

Nothing of it shows, but the style. The elements are to be drawn where they take no room.
"""

import streamlit as st

from chatcore.ui.components.sources import FILES, compact

ICON = str(FILES / "icon.svg")

_recovery = st.components.v2.component("chatcore_recovery", js=compact("recovery.js"))
_entered = st.components.v2.component("chatcore_entered", js=compact("page_entered.js"))
_language = st.components.v2.component("chatcore_language", js=compact("page_language.js"))


def style() -> None:
    """Give the page its style."""
    st.html(f"<style>{compact('page.css')}</style>")


def mount_recovery() -> None:
    """Load the page anew when Streamlit has given up its connection and nothing would be lost."""
    _recovery(key="recovery")


def mount_entered(page: str, *, to_top: bool) -> None:
    """Close the sidebar on a phone, and scroll to the top if `to_top`, each time that another `page` is entered."""
    _entered(key=f"entered-{page}", data={"top": to_top})


def mount_language(language: str) -> None:
    """Tell the document the page's language ("de"): Streamlit's own says English, whatever is drawn."""
    _language(key="page-language", data={"language": language})
