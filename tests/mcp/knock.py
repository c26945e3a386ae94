"""`python knock.py PORT URL`: what the conformance suite starts as the client.

It hands the server's URL and the scenario to the program that listens on PORT and has the product's code loaded
(`tests.mcp.conformance_client`), waits, and ends as that says. Importing the product for every scenario would take
most of the suite's time.
"""

import json
import os
import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as door:
    wish = {
        "url": sys.argv[-1],
        "scenario": os.environ["MCP_CONFORMANCE_SCENARIO"],  # the suite hands these over in the environment
        "revision": os.environ["MCP_CONFORMANCE_PROTOCOL_VERSION"],
        "context": json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT") or "{}"),
    }
    door.sendall(json.dumps(wish).encode() + b"\n")
    answer = json.loads(door.makefile(encoding="utf-8").read())
sys.stderr.write(answer["said"])
sys.exit(0 if answer["done"] else 1)
