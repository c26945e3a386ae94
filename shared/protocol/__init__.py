"""The wire contract as types: the lowest layer, imported by everything, importing nothing of ours.

`docs/protocol.md` and the web client's types are generated from here.
"""
