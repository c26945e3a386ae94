"""What both front doors and the turn share: protocol, errors, settings, identity, log, service adapters."""
