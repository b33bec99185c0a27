"""Hand messages to whoever delivers them: a web hook, or a gateway for short messages.

`model` says what a message is and how it went; `guard` keeps us from being led into our own
network; `signing` proves who wrote what. No provider is built in: a gateway that speaks the few
lines of `sms` stands between us and a provider's own interface.
"""
