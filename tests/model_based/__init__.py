"""Random conversations on the running stack, judged by a reference model that knows only the rules."""
