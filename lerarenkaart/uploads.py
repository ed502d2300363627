"""What is done with a file in a request before any view sees it: taken at one door only, up to a size (hardening.md T07)."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from pickup_points.security_events import SecurityEvent, tell

DOOR = "/beheer/bestanden/"
MEGABYTE = 1024 * 1024


class OfficeFilesOnly(FileUploadHandler):
    """Before the handlers that keep a file on a disk: stops one that is too large, or that is sent where no file is asked for.

    The rest of the request is read and let go: the sender gets a page and not a broken line.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.left = settings.UPLOAD_MAX_MB * MEGABYTE

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.request is None or not self.request.path.startswith(DOOR):
            self._refuse("no_file_asked_here")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.left -= len(raw_data)
        if self.left < 0:
            self._refuse("too_large")
        return raw_data

    def _refuse(self, why: str) -> NoReturn:
        # Who sends it is not known yet: the session is read when the body is.
        tell(SecurityEvent.UPLOAD_REFUSED, why=why)
        raise StopUpload(connection_reset=False)

    def file_complete(self, file_size: int) -> None:
        return None
