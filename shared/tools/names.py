"""The name a model calls a tool by: `[A-Za-z0-9_-]{1,64}`, and never the same for two tools.

A readable name always holds `__`, and the first one parts server from tool; a hashed name never holds `__`.
So the two kinds cannot meet, and within each kind the pair can be told from the name.
"""

import base64
import hashlib
import re

MAX_LENGTH = 64
FIND_TOOLS = "find_tools"
REMEMBER = "remember"
BUILT_IN = frozenset({FIND_TOOLS, REMEMBER})
"""The coach's own tools, without a server. No server's tool can have such a name: those hold `__` or `-`."""
_SEPARATOR = "__"
_CLEAN = re.compile(r"[A-Za-z0-9_-]+")
_UNCLEAN_RUN = re.compile(r"[^A-Za-z0-9]+")
_HASH_LENGTH = 16


def model_name(server: str, tool: str) -> str:
    """Return `server__tool` when that is legal and unambiguous, else a readable prefix and a hash of the pair."""
    plain = f"{server}{_SEPARATOR}{tool}"
    parted_in_one_way = server and tool and _SEPARATOR not in server and not server.endswith("_")
    if parted_in_one_way and len(plain) <= MAX_LENGTH and _CLEAN.fullmatch(plain):
        return plain
    prefix = _UNCLEAN_RUN.sub("_", f"{server}_{tool}").strip("_")[: MAX_LENGTH - _HASH_LENGTH - 1] or "tool"
    return f"{prefix}-{_hash(server, tool)}"


def told_name(server: str, tool: str) -> str:
    """Return the name the model knows a tool by; a built-in one has no server."""
    return tool if not server and tool in BUILT_IN else model_name(server, tool)


def _hash(server: str, tool: str) -> str:
    pair = f"{len(server)}:{server}{tool}".encode("utf-8", "surrogatepass")
    return base64.b32encode(hashlib.sha256(pair).digest()).decode().lower()[:_HASH_LENGTH]
