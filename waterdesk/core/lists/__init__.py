"""Any list of the desk as a CSV file: the same filters, the same visibility, as masked as the page.

A page says its Listing, answers with it where `?format=csv` is asked, and offers the address.
"""

from waterdesk.core.lists.cells import lines
from waterdesk.core.lists.listing import MOST_WHOLE, Column, Listing

__all__ = ["MOST_WHOLE", "Column", "Listing", "lines"]
