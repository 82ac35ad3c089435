"""Account: signing in and out, where the server offers it."""

from playground.ui import looks, sign_in

looks.compact()
sign_in.show()
