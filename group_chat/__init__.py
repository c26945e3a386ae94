"""The front door of groups: who belongs to them, and what is said in them."""
