"""What a request may bring in files: more is refused while it is read, not only afterwards."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http.multipartparser import MultiPartParserError

from waterdesk.core.flow import MOST_PHOTOS
from waterdesk.core.pictures import MOST_BYTES

# Every photograph of one form and one more, so that a single one that is too large is told as such.
MOST = (MOST_PHOTOS + 1) * MOST_BYTES


class Bounded(FileUploadHandler):
    """Passes everything on; a request with more than MOST bytes of files is a 400."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brought = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.brought += len(raw_data)
        if self.brought > MOST:
            # The parser closes what it has begun and hangs up; then it asks every handler.
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def upload_complete(self) -> None:
        if self.brought > MOST:
            raise MultiPartParserError("more files than any form of the desk takes")
