"""Static files by the fingerprint of their content, also where one script names another."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class FingerprintedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Scripts of the desk import each other: without this they would name the file of an earlier release."""

    support_js_module_import_aggregation = True


class UncompressedFiles(ManifestStaticFilesStorage):
    """For a demo: compressing takes longer than all the rest of making one, and nobody fetches it over a slow line."""

    support_js_module_import_aggregation = True
