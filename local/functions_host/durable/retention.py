"""How long finished orchestrations stay: a number of them and an age bound memory and disk."""

from collections import OrderedDict

from local.functions_host.durable import events
from local.functions_host.durable.hub import Hub
from local.functions_host.durable.model import Instance


class Retention:
    """Purges the oldest finished instances whenever another one finishes, and once after the start."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._finished: OrderedDict[str, Instance] = OrderedDict()
        hub.on_finished = self._note

    def load(self) -> None:
        """Take up the instances that the hub has read back."""
        found = [each for each in self._hub.instances.values() if each.finished]
        for instance in sorted(found, key=_completed):
            self._finished[instance.instance_id] = instance
        with self._hub.step():
            self._trim()

    def _note(self, instance: Instance) -> None:
        self._finished[instance.instance_id] = instance
        self._finished.move_to_end(instance.instance_id)
        self._trim()

    def _trim(self) -> None:
        limits, oldest_kept = self._hub.limits, self._hub.now() - self._hub.limits.keep_seconds
        while self._finished:
            instance_id, instance = next(iter(self._finished.items()))
            if len(self._finished) <= limits.keep_finished and _completed(instance) >= oldest_kept:
                return
            del self._finished[instance_id]
            # It may have been purged, replaced or rewound since it finished.
            if self._hub.instances.get(instance_id) is instance and instance.finished:
                self._hub.remove(instance)


def _completed(instance: Instance) -> float:
    return events.seconds_of(instance.state.completedTimestamp)
