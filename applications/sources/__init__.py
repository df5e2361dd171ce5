"""Facts that are fetched and never asked of the customer (零资料).

`outcomes` says what a source may answer, `wanted` which facts which application needs and how they
are asked for, `answers` what a right answer looks like, `client` how it travels, `breaker` when a
source is left alone, `asking` joins them, `checks` what the survey does instead, `fetching` is the
worker's part and `flow` the application's. Nothing here is called in a transaction but `flow`.
"""
