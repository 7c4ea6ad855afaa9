"""The log of a run in the form in which it leaves the process.

`frames.frames(run, page)` is the form for our own page: blocks to draw, at a rate that the browser can take. Knows
neither who reads nor Streamlit, and stores nothing.
"""
