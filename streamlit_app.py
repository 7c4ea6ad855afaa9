"""The app: `streamlit run streamlit_app.py`.

Streamlit runs this file as a script for the page, and imports it for `app`, which adds the HTTP routes. Where a host
knows only scripts, the page works and the routes are absent.
"""

import streamlit as st

if __name__ == "__main__":
    from chatcore.ui import chat_page, words

    st.set_page_config(page_title=words.TITLE, page_icon=chat_page.ICON, layout="centered")
    st.navigation([st.Page(chat_page.draw, title=words.TITLE, icon=":material/forum:", default=True)]).run()
else:
    from chatcore import api

    app = st.App(__file__, routes=api.routes)
