"""The server's database as a second place that stores chats, and the thread that writes to it in the background."""
