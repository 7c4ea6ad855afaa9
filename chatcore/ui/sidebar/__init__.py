"""The sidebar: the list of chats, the dialog for all chats together, and the settings. Knows no provider."""
