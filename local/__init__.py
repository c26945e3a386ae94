"""The development cloud: emulators and servers that let the unmodified app run on one machine.

Nothing in here is imported by product code or deployed.
"""
