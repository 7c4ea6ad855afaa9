"""What a model wrote, written anew so that Streamlit draws it as it was meant.

Only what the page gets is rewritten; what is stored, copied and sent stays as the model wrote it.

- `syntax`: how a model's Markdown is read: what is code, maths, a link, a note, and what is only text.
- `escaping`: text so that no sign in it means anything to Streamlit.
- `writer`: what was read, as Markdown that has one reading only.
- `rewriter`: an answer block by block, with what its blocks know of each other.
- `blocks`: where a text that still grows can be cut, so that a finished block is drawn only once.
- `live_text`: an answer that grows, as the blocks to be drawn.

Nothing of a model's reaches the page but through `writer`: a construct that it does not write can't be drawn.
"""
