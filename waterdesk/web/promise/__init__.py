"""公开承诺: what was promised and kept last month, for everybody, where the utility opened it.

`results` counts and guards small numbers, `page` shows them, `api` hands them to machines.
"""
