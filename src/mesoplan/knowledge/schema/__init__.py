"""The records of the knowledge base: one file a noun, each with its dataclasses and reader.

A record is frozen and complete by construction. Its reader asks a ``Table`` for every key by
name; what is not asked for is refused. The kinds, their folders under ``data/`` and their readers
stand in ``kinds.py``.
"""
