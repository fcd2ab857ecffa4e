"""Application commands, and what people do with a bot: commands, components, modals."""
