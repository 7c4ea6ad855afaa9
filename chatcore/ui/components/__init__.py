"""Every .js and .css file of the page, with a function that mounts each; `keys` holds the keys that they select.

A module is a theme, and its functions take values and callbacks: the pages know no file name, this package knows no
chat, no session and no words. Import it only while the script runs (`chatcore.ui` says why).
"""
