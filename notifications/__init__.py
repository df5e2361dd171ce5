"""Delivers one text to one person: queue it with its cause, send it after the commit.

The same for a result that another system is told of, in `results`.

A leaf: it knows nothing of cases, clocks or roles beyond what a Notice carries.
"""
