"""Words that name whom a comment is about, which the model reads as one and the same word.

The model sees that a group is named but never which, so what it says of a sentence about one group it says of
the same sentence about any other: "Muslims", "black women" and "people on welfare" are all the one word.
Parties and politicians are likewise one word, and so are countries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

GROUP = b"\x01"
"""Stands for any group of people; no reading of a text contains it."""
SIDE = b"\x02"
"""Stands for any party, political side or politician."""
COUNTRY = b"\x03"
"""Stands for any country or continent."""

_GROUPS = """
african american asian arab black white brown caucasian hispanic latino latina latinx latine chicano chicana
indian indigenous native aboriginal eskimo inuit hmong somali ethiopian eritrean nigerian kenyan sudanese
liberian congolese ghanaian mexican honduran guatemalan salvadoran nicaraguan colombian venezuelan brazilian
peruvian cuban haitian jamaican dominican rican chinese japanese korean vietnamese filipino filipina thai
cambodian laotian burmese karen nepali bhutanese pakistani bangladeshi afghan iranian persian iraqi syrian
lebanese palestinian israeli turkish turk kurd kurdish egyptian moroccan yemeni saudi russian ukrainian
polish pole german french italian irish english british scottish norwegian swedish swede danish dane finnish
finn dutch greek spanish spaniard portuguese romanian roma romani gypsy bulgarian serbian serb croatian
bosnian albanian hungarian czech european canadian australian swiss immigrant migrant refugee foreigner
newcomer asylum alien undocumented citizen muslim islam islamic islamist christian christianity catholic
catholicism protestant evangelical baptist lutheran methodist presbyterian mormon amish mennonite jew jewish
judaism hindu hinduism sikh sikhism buddhist buddhism atheist agnostic atheism pagan wiccan jehovah quaker
orthodox hasidic sunni shia shiite mosque synagogue church churches temple gurdwara imam rabbi priest pastor
woman women man men girl boy female male lady gentleman gentlemen wife wives husband mother father mom mum
mommy dad daddy feminist feminism gay lesbian bisexual trans transgender transgendered transsexual queer
lgbt lgbtq lgbtqia homosexual homosexuality heterosexual straight nonbinary enby asexual intersex cis
cisgender disabled disability disabilities handicapped wheelchair blind deaf autistic autism amputee
paralyzed dyslexic epileptic bipolar schizophrenic old elderly senior elder young teen teenager teenage kid
youth boomer millennial geezer retiree pensioner veteran vet homeless welfare renter tenant
norwegian lutheranism mormonism protestantism pentecostal married unmarried divorced divorcee widow widowed
"""
_SIDES = """
republican democrat democratic gop dem liberal conservative libertarian socialist communist marxist
progressive leftist lefty lefties rightwinger leftwinger leftwing rightwing lib tory tories labour maga
moderate centrist independent greens
trump biden obama clinton hillary harris walz pelosi desantis sanders reagan bush newsom mcconnell
"""


_COUNTRIES = """
afghanistan albania algeria angola argentina armenia australia austria bangladesh belarus belgium bolivia
bosnia brazil bulgaria burma burundi cambodia cameroon canada chile china colombia congo croatia cuba cyprus
denmark ecuador egypt england eritrea estonia ethiopia europe finland france gambia germany ghana greece
guatemala guinea guyana haiti honduras hungary iceland india indonesia iran iraq ireland israel italy
jamaica japan kazakhstan kenya korea kosovo kuwait laos latvia lebanon liberia libya lithuania malaysia mali
mexico moldova mongolia morocco myanmar nepal netherlands nicaragua nigeria norway pakistan palestine panama
paraguay peru philippines poland portugal qatar romania russia rwanda samoa scotland senegal serbia
singapore slovakia slovenia somalia spain sudan sweden switzerland syria taiwan tanzania thailand togo
tunisia turkey uganda ukraine uruguay venezuela vietnam wales yemen zambia zimbabwe africa asia arabia
"""


def _forms(words: str) -> Iterator[bytes]:
    """Yield each word, its plural and its possessive, as the plain reading of a text spells them."""
    for word in words.split():
        yield word.encode()
        yield f"{word}s".encode()
        if word.endswith("y"):
            yield f"{word[:-1]}ies".encode()


_MASKS = {
    **dict.fromkeys(_forms(_COUNTRIES), COUNTRY),
    **dict.fromkeys(_forms(_GROUPS), GROUP),
    **dict.fromkeys(_forms(_SIDES), SIDE),
}


_PEOPLE = rb"(?:people|persons?|folks?|ppl)"
_BEFORE = rb"(?:single |foreign |" + _PEOPLE + rb" (?:with|on|from) (?:an? )?)?"
_BEING = rb"(?:(?<= being )|(?<= is )|(?<= was )|(?<= am )|(?<= are )|(?<= im ))"
_OF_PEOPLE = rb"(?:community|communities|residents?|neighbou?rs?|families|workers?|students?|officers?)"
_NAMED = re.compile(
    rb" (?:" + _BEFORE + rb"\x01|(?:single|foreign) " + _PEOPLE + rb"|" + _BEING + rb"(?:single|foreign)"
    rb"|(?:single|foreign)(?= " + _OF_PEOPLE + rb" ))"
    rb"(?: (?:\x01|" + _PEOPLE + rb"|recipients?))*(?![^ ])"
)
"""A group as one names it, in one word or in several."""
_TELLING = frozenset((*_MASKS, b"single", b"foreign"))
"""Words without which a text reads as it is."""
_MORE = b"\0"
"""Stands for each word, but the first, of a name in several; no reading of a text contains it."""


def masked(plain: bytes) -> bytes:
    """Return a plain reading in which one word stands for each group or side that is named."""
    return _masked(plain).replace(_MORE, b"")


def places(plain: bytes) -> list[int]:
    """Return, for each word of the masked reading, the number of its first word in the plain one."""
    at, found = 0, []
    for word in _masked(plain).split():
        found.append(at)
        at += 1 + word.count(_MORE)
    return found


def without(words: Sequence[bytes]) -> list[bytes]:
    """Return the words of a masked reading less those that name groups and sides."""
    return [word for word in words if word not in (GROUP, SIDE)]


def _masked(plain: bytes) -> bytes:
    words = plain.split(b" ")
    if _TELLING.isdisjoint(words):
        return plain
    text = b" ".join([_MASKS.get(word, word) for word in words])
    # What follows an article must not tell which group it was.
    return _NAMED.sub(_in_one_word, text).replace(b" an " + GROUP, b" a " + GROUP)


def _in_one_word(name: re.Match[bytes]) -> bytes:
    return b" " + GROUP + _MORE * (name[0].count(b" ") - 1)
