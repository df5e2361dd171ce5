"""总览: whether the promises are kept, beside their goals and earlier periods, down to each case.

`asking` is the form and its address, `gathering` reads every figure, `cards`, `tables` and `charts`
show them, `listing` and `beside` are the lists behind them.
"""
