"""监督报告: reports of a month or a week, from being asked for to files that keep their hash.

`asking` makes the rows, `working` has them made, `files` keeps what was made, `subscribing` knows
who wants them and tells them. What a report says is the maker's, who is handed in.
"""
