"""The desk's settings, with static files that a browser keeps, as it does where customers are.

DEBUG alone looks for each file, fifteen a page, whenever it is asked for; the pages are the same.
"""

from waterdesk.settings import *  # noqa: F403

WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
