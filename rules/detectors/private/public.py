"""Tell private numbers and addresses from those that a city publishes."""

from __future__ import annotations

import re

from rules.detectors.private.addresses import normal_address
from rules.detectors.private.phones import normal_phone

_ADDRESS = re.compile(r"[^@\s]*@[^@\s]*[^@\s.]")


class Public:
    """Phone numbers, e-mail addresses and street addresses that a policy calls public."""

    def __init__(self, entries: tuple[str, ...], region: str) -> None:
        """Take `name@host`, `@host` for every address there, phone numbers and street addresses."""
        self._region = region
        self._mailboxes = {e.casefold() for e in entries if "@" in e and not e.startswith("@")}
        self._domains = tuple(e[1:].casefold() for e in entries if e.startswith("@"))
        others = [e for e in entries if "@" not in e]
        self._phones = {phone for e in others if (phone := normal_phone(e, region))}
        self._local = {phone[-7:] for phone in self._phones}
        self._streets = tuple(street for e in others if (street := normal_address(e)))

    def phone(self, written: str) -> bool:
        """Return whether a phone number is public, with its area code or without."""
        phone = normal_phone(written, self._region)
        return phone in self._phones or (phone is not None and len(phone) == 7 and phone in self._local)

    def mailbox(self, written: str) -> bool:
        """Return whether an e-mail address is public."""
        address = written.casefold()
        host = address.rpartition("@")[2]
        return address in self._mailboxes or any(host == d or host.endswith("." + d) for d in self._domains)

    def street(self, written: str) -> bool:
        """Return whether a street address is public, with or without a room in it."""
        street = normal_address(written) if self._streets else None
        return street is not None and any(
            street == known or street.startswith(known + " ") or known.startswith(street + " ")
            for known in self._streets
        )


def problem(entry: str, region: str = "US") -> str | None:
    """Return what is wrong with an entry of a contact list, if anything."""
    if "@" in entry:
        return None if _ADDRESS.fullmatch(entry) else "is not an e-mail address, nor `@domain`"
    if normal_phone(entry, region) or normal_address(entry):
        return None
    return f"is neither a valid phone number ({region}), nor a street address such as 100 Main Street"
