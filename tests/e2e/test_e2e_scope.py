from __future__ import annotations

from bot.sandbox import Community
from bot.sandbox.world import building
from tests.e2e.e2e_support import FOUL, Beadle, People, Start, new_webhook, speak
from tests.sandbox_support import PersonClient

HOOK_POST = {"content": FOUL}


async def test_posts_in_an_exempted_channel_are_not_screened(
    start: Start, people: People, square: int, parks: int
) -> None:
    beadle = await start(screening={"except": ["parks-and-rec"]})
    exempt = await people["resident"].say(parks, FOUL)
    screened = await people["resident"].say(square, FOUL)
    await beadle.case(screened["id"])
    assert await beadle.untouched(exempt)


async def test_only_the_channels_that_are_listed_are_screened(
    start: Start, community: Community, people: People, square: int, parks: int
) -> None:
    beadle = await start(screening={"only": [parks, "announcements"]})
    elsewhere = await people["resident"].say(square, FOUL)
    listed = await people["resident"].say(parks, FOUL)
    await beadle.case(listed["id"])
    assert await beadle.untouched(elsewhere)


async def test_what_staff_quote_in_their_own_channels_is_left_alone(
    beadle: Beadle, community: Community, people: People
) -> None:
    queue = community.channels["review-queue"].id
    assert await beadle.untouched(await people["moderator"].say(queue, f"In case 7 he wrote: {FOUL}"))


async def test_a_thread_is_exempt_with_the_channel_it_is_in(
    start: Start, people: People, community: Community
) -> None:
    beadle = await start(screening={"except": ["ask-city-hall"]})
    thread = await people["resident"].post(community.channels["ask-city-hall"].id, "A question", "May I ask?")
    inside = await people["neighbor"].say(thread["id"], FOUL)
    assert await beadle.untouched(inside)


async def test_people_with_an_exempted_role_are_not_screened(
    start: Start, people: People, square: int
) -> None:
    beadle = await start(screening={"exempt_roles": ["Clerk"]})
    exempt = await people["clerk"].say(square, FOUL)
    staff = await people["moderator"].say(square, FOUL)
    await beadle.case(staff["id"])
    assert await beadle.untouched(exempt)


async def test_other_bots_are_screened_where_the_configuration_says_so(
    start: Start, community: Community, square: int
) -> None:
    beadle = await start(screening={"bots": True})
    async with _other_bot(community) as bot:
        post = await bot.say(square, FOUL)
        await beadle.case(post["id"])
        assert not beadle.stands(post)


async def test_other_bots_are_left_alone_otherwise(beadle: Beadle, community: Community, square: int) -> None:
    async with _other_bot(community) as bot:
        assert await beadle.untouched(await bot.say(square, FOUL))


async def test_webhooks_are_left_alone_unless_the_configuration_says_otherwise(
    beadle: Beadle, people: People, square: int
) -> None:
    hook = await new_webhook(people["admin"], square)
    assert await beadle.untouched(await speak(people["admin"], hook, **HOOK_POST))


async def test_our_own_webhook_is_never_screened(
    start: Start, community: Community, people: People, square: int
) -> None:
    beadle = await start(screening={"webhooks": True, "bots": True})
    async with PersonClient(community.ready(), f"Bot {community.bot.token}") as ourselves:
        own = await new_webhook(ourselves, square)
    others = await new_webhook(people["admin"], square)
    screened = await speak(people["admin"], others, **HOOK_POST)
    await beadle.case(screened["id"])
    assert await beadle.untouched(await speak(people["admin"], own, **HOOK_POST))


async def test_beadle_does_not_screen_itself(beadle: Beadle, people: People, square: int) -> None:
    post = await people["resident"].say(square, "I will hurt you")
    await beadle.case(post["id"])
    await beadle.everything_seen()
    entries = beadle.standing("review-queue")
    for entry in entries:
        assert not await beadle.cases(entry.id)


async def test_beadle_does_not_screen_itself_when_it_reads_back_what_it_missed(
    start: Start, people: People, square: int
) -> None:
    beadle = await start(screening={"bots": True, "webhooks": True})
    for n in range(4):
        await beadle.case((await people["resident"].say(square, f"{FOUL} {n}"))["id"])
    channels = ("review-queue", "staff-archive", "alerts")
    own = [message.id for name in channels for message in beadle.standing(name)]
    await beadle.stop()
    await beadle.start()
    await beadle.everything_seen()
    for message_id in own:
        assert not await beadle.cases(message_id)


async def test_direct_messages_to_beadle_are_not_screened(
    beadle: Beadle, community: Community, people: People
) -> None:
    private = await people["resident"].dm(community.bot.id)
    assert await beadle.untouched(await people["resident"].say(private, FOUL))


def _other_bot(community: Community) -> PersonClient:
    world = community.sandbox.world
    bot = world.new_application("Weather", world.users[community.guild.owner_id]).bot
    building.join(world, community.guild, bot)
    return PersonClient(community.ready(), f"Bot {bot.token}")
