"""`billow topology apply`: make the broker what the table of reactions says. Applying twice changes nothing more."""

from dataclasses import dataclass

from yarl import URL

from adapters.rabbitmq.connection import Connection
from adapters.rabbitmq.declaring import Binding, bindings, declare
from adapters.rabbitmq.management import Management
from adapters.rabbitmq.names import dead
from adapters.rabbitmq.policies import Policy, policies
from core.topology import Topology

_PREFIX = "billow."


@dataclass(frozen=True, slots=True)
class Applied:
    """What was made, what is otherwise than it should be and was left so, and what is still to be run by hand."""

    made: tuple[str, ...]
    differs: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]
    """Words for rabbitmqctl: the policies, when no management API was given. They may be run any number of times."""


async def apply_topology(url: str, topology: Topology, management_url: str = "", seconds: float = 10.0) -> Applied:
    """Nothing is ever deleted: what is no longer used is told under `differs`. Raises `Unavailable` after `seconds`
    without an answer."""
    connection = Connection(url, "billow topology", seconds)
    try:
        declared = await declare(connection, topology, await connection.server_version())
    finally:
        await connection.drop()
    made, differs, vhost = declared.made, declared.differs, URL(url).path[1:] or "/"
    if not management_url:
        commands = tuple(policy.command(vhost) for policy in policies(topology))
        return Applied(tuple(made), tuple(differs), commands)
    async with Management(management_url, vhost) as management:
        made += [await _set(management, policy) for policy in await _wrong(management, topology)]
        differs += await _unused(management, topology)
    return Applied(tuple(made), tuple(differs), ())


async def _wrong(management: Management, topology: Topology) -> list[Policy]:
    known = await management.policies()
    return [policy for policy in policies(topology) if known.get(policy.name) != policy.body]


async def _set(management: Management, policy: Policy) -> str:
    await management.set(policy)
    return f"policy {policy.name}"


async def _unused(management: Management, topology: Topology) -> list[str]:
    """Left over from another configuration: an unused queue fills up, an unused binding brings what nobody handles."""
    names = {queue.name for queue in topology.queues}
    wanted_queues, wanted_bindings = names | {dead(name) for name in names}, set(bindings(topology.queues))
    queues = [name for name in await management.queues() if name.startswith(_PREFIX) and name not in wanted_queues]
    bound = [Binding(b["source"], b["routing_key"], b["destination"]) for b in await management.bindings()]
    extra = [b for b in bound if b.exchange and b.queue in wanted_queues and b not in wanted_bindings]
    stray = [name for name in await management.policies() if name.startswith(_PREFIX) and name not in names]
    return [
        *(f"queue {name}: nothing uses it" for name in queues),
        *(f"binding {b.exchange} -{b.key}-> {b.queue}: nobody handles that" for b in extra),
        *(f"policy {name}: it belongs to no queue" for name in stray),
    ]
