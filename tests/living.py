"""Living on, beside any platform: from each moment at which something is due to the next."""

from datetime import datetime, time, timedelta

from world import Someone, World

from adapters.courier import Courier
from adapters.desk import Desk

STEP = timedelta(minutes=1)


class Living:
    world: World
    desk: Desk
    courier: Courier

    async def settle(self) -> None:
        """Whatever is due at this moment is done, and brought."""
        while await self.desk.tick() + await self.courier.deliver_once():
            pass

    async def forward(self, **span: float) -> None:
        await self.until(self.world.clock() + timedelta(**span))

    async def until(self, then: datetime) -> None:
        await self.settle()
        while (due := await self.desk.run(self.world.bot.next_due)) and due <= then:
            now = self.world.clock()
            self.world.clock.move_to(due if due > now else now + STEP)
            await self.settle()
        self.world.clock.move_to(max(then, self.world.clock()))
        await self.settle()


def meet_every_second_tuesday(world: World, mentee: Someone, mentor: Someone) -> None:
    """They are through the welcome, know each other and have agreed."""
    world.start(mentee, mentor)
    now = world.clock()
    world.pair(
        mentee,
        mentor,
        introduced_at=now,
        settled_at=now,
        first_on=now.date(),
        plan_at=now,
        weekday=1,
        at=time(16),
        zone="Europe/Dublin",
    )
