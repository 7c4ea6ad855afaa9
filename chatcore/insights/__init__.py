"""Figures of stored answers: what each one took (`figures`), read chat by chat (`reader`).

Knows no page: the charts are in `ui.insights`.
"""
