"""The story: subscribers are brought in, then each day time moves, what is due is billed, and people react."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from aiohttp import ClientSession

from adapters.clocks import MovingClock
from adapters.postgres.activator.audit import PostgresActivatorAudit
from core.kernel.identity import USER
from entrypoints.client import Client
from entrypoints.demo.people import Person, is_active, repay_everything, save_new_card
from entrypoints.demo.tally import Tally, tally
from entrypoints.embedded import Embedded, wait_until_quiet

FIRST_DAY = datetime(2026, 1, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayReport:
    """One day: who lost and who got back access; at the end of a week, where things stand."""

    day: date
    blocked: int
    restored: int
    tally: Tally | None


@dataclass
class Story:
    """Runs on an embedded Billow whose clock is ours to move."""

    billow: Embedded
    clock: MovingClock
    http: ClientSession
    persons: list[Person]
    days: int
    owing_since: dict[str, date] = field(default_factory=dict)
    blocked: frozenset[str] = frozenset()

    def client(self, user_id: str) -> Client:
        return Client(self.http, self.billow.server.url, self.billow.token(user_id, USER))

    async def __call__(self) -> AsyncIterator[DayReport]:
        for number in range(self.days):
            self.clock.move_to(FIRST_DAY + number * DAY)
            await self._one_day()
            week_ends = number % 7 == 6 or number == self.days - 1
            yield await self._report(week_ends)

    async def _one_day(self) -> None:
        await self._bill()
        await self._people_react()
        await self.settle()

    async def _bill(self) -> None:
        """What the scheduler does every minute, here once a day."""
        await self.settle()
        for ticking in self.billow.installation.tickings:
            await ticking()
        await self.settle()

    async def settle(self) -> None:
        await wait_until_quiet(self.billow.installation)

    async def _people_react(self) -> None:
        today = self.clock.now().date()
        due = [person for person in self.persons if self._wants_to_pay(person, today)]
        cards = {person: await save_new_card(self.client(person.user_id)) for person in due if person.new_card}
        await self.settle()
        for person in due:
            client, card_id = self.client(person.user_id), cards.get(person)
            if card_id is None or await is_active(client, card_id):
                await repay_everything(client, card_id)
                if card_id:
                    await client.post(f"/v1/cards/{card_id}/default")

    def _wants_to_pay(self, person: Person, today: date) -> bool:
        since = self.owing_since.get(person.user_id)
        if since is None or person.after_days is None:
            return False
        waited = (today - since).days - person.after_days
        return waited >= 0 and waited % 7 == 0

    async def _report(self, week_ends: bool) -> DayReport:
        made, today = self.billow.installation, self.clock.now().date()
        now = await PostgresActivatorAudit(made.databases["activator"]).blocked()
        blocked, restored = len(now - self.blocked), len(self.blocked - now)
        self.blocked = now
        self.owing_since = {user: self.owing_since.get(user, today) for user in now}
        return DayReport(today, blocked, restored, await tally(made) if week_ends else None)
