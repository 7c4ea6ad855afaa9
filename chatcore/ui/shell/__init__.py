"""What every page needs, whatever it shows: clicks, dialogs, page changes, the address, shortcuts, the time zone.

Knows neither what a page draws nor how anything is stored.
"""
