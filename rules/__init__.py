"""Decide what a comment means: pure functions of a post, a ruleset and a window of recent posts.

Nothing here reads a clock, a file, a network or a database, and nothing here logs.
"""
