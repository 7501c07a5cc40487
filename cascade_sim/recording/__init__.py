"""What is read off a world, in seconds, USD, whole assets and names.

`recorder` makes frames of everything that happened, `accounts` says what every account has at a moment, and
`individuals` are views of single agents.
"""
