"""What is done with a file in a request before any view sees it: taken at two doors only, up to a size (hardening.md T07)."""

import io
import re
from typing import Any, NoReturn

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers, StopUpload

from distribution.intake.pictures import PHOTO
from pickup_points.security_events import SecurityEvent, tell

DOOR = "/beheer/bestanden/"
PHOTO_DOOR = re.compile(r"/balie/[-\w]+/foto/")
MEGABYTE = 1024 * 1024


class DeskPhotos(FileUploadHandler):
    """Before all others: a photo of a card, of someone who is logged in. In memory until it is read, never on a disk."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.left = PHOTO.most_bytes
        self.photo: io.BytesIO | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.photo = None
        if self.request is None or not PHOTO_DOOR.fullmatch(self.request.path):
            return
        if not self.request.user.is_authenticated:
            _refuse("not_logged_in")
        self.photo = io.BytesIO()
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.photo is None:
            return raw_data
        self.left -= len(raw_data)
        if self.left < 0:
            _refuse("too_large")
        self.photo.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        if self.photo is None:
            return None
        self.photo.seek(0)
        return InMemoryUploadedFile(
            self.photo, self.field_name, self.file_name or "", self.content_type, file_size, self.charset
        )


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
            _refuse("no_file_asked_here")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.left -= len(raw_data)
        if self.left < 0:
            _refuse("too_large")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def _refuse(why: str) -> NoReturn:
    # Who sends it is not said: at most doors the session is read when the body is.
    tell(SecurityEvent.UPLOAD_REFUSED, why=why)
    raise StopUpload(connection_reset=False)
