"""The app: `streamlit run streamlit_app.py`.

Streamlit runs this file as a script for the page, and imports it for `app`, which adds the HTTP routes. Where a host
knows only scripts, the page works and the routes are absent.
"""

import streamlit as st

if __name__ == "__main__":
    from chatcore.ui.app import draw

    draw()
else:
    from chatcore import api
    from chatcore.ui.server import server

    app = st.App(__file__, routes=api.routes(server))
