"""The one configuration file of a community, read whole or with every error in it."""

from bot.config.files import is_file_name, read_text, shipped_policies
from bot.config.load import TokenMissing, load_config, token_from_env
from bot.config.sections import CatchUp, Config, Enforcement, Reminder
from bot.config.values import Ref

__all__ = [
    "CatchUp",
    "Config",
    "Enforcement",
    "Ref",
    "Reminder",
    "TokenMissing",
    "is_file_name",
    "load_config",
    "read_text",
    "shipped_policies",
    "token_from_env",
]
