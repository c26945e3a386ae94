"""One log per conversation: events, the head that orders them and holds the floor, and the live text.

`docs/architecture.md` section 2 is the contract.
"""
