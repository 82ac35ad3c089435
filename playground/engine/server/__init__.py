"""The server's side: which runs there are, what they are told, what they report, and what is recorded of them."""
