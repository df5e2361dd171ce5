"""Delivers one text to one person: queue it with its cause, send it after the commit.

A leaf: it knows nothing of cases, clocks or roles beyond what a Notice carries.
"""
