"""监督报告: what a report of a month or a week says, its two files, and the pages of them.

`counting` has the figures as sheets, `paper` prints them, `book` writes the workbook with the cases
behind them, `making` is what the worker calls. The rows and files are those of core.reports.
"""
