"""前置: the list of projects that will need water, found before anybody asks.

fields (what is asked of one, wherever it is entered), rows (the only writer), files (what comes in
as a table), importing (preview and agreement), turning (into an application), reminding, pages.
"""

from applications.projects.recording import done_before

__all__ = ["done_before"]
