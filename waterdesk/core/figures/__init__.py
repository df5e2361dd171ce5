"""计数: whether the promises are kept, from one row a judged clock and the sums kept of them.

`asked` says what a figure is asked of, `reading` answers, `keeping` writes the facts with their
clocks, `folding` adds them up, `replaying` makes them anew from the record alone.
"""
