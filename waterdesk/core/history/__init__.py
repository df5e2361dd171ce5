"""配置变更: every change of the configuration, whoever makes it and by whatever way.

A model says `in_history = True`, and a migration calls core_watch on its table: from then on a
trigger notes each row added, changed or removed. See models.history.
"""
