"""The page: what a visitor sees and clicks, drawn with Streamlit. Nothing below this package knows Streamlit.

`app.draw()` is a whole page; `server.server()` is what lives as long as the process, for the page and the API.

- `components`: every script and style of our own, and the keys of the elements that these select.
- `i18n`: every word that is drawn, in every language.
- `shell`: clicks, dialogs, the address, the shortcuts: what all pages need.
- `storage`: the way to the browser's storage and back, and downloads.
- `sidebar`, `chat`, `insights`, `personas`: what is drawn there.
- `session`: the one object that an open page has. `server`: the one that the process has.

A drawing function takes values and draws; a callback changes something; the run of the script that follows draws that.
This package decides nothing about chats: it asks `chatcore.session`, and never a provider or a database.

Nothing is imported here: a component that is declared outside a run of the script is unknown to every page from then
on, and a request to the API may be what loads `server`.
"""
