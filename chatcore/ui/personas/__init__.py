"""The page "Personas": the list, the editor, the test chat, files and links.

What a persona is and what is wrong with one is known in `chatcore.personas`, what changes them in `chatcore.session`.
"""
