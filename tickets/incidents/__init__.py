"""事件: one fault, one set of repair clocks, one crew, and everybody who called about it.

Locks are taken in one order: tickets, then incidents; of two tickets or two incidents the one with
the smaller key first. Who has the greater one in hand already waits for the smaller one for a
moment only and is refused then, so nothing can wait in a circle: see locking.py. An incident never
locks its tickets in its own move; what a stage means to them is done afterwards, one by one, see
telling.py.
"""
