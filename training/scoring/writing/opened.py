"""Opens the output that a person names."""

from handler.errors.model import InvalidSettings
from handler.registry.s3.place import bucket_and_prefix
from training.errors import UnusableOutput
from training.scoring.writing.folder import FolderOutput
from training.scoring.writing.place import Place


def open_place(uri: str) -> Place:
    """The place that `uri` names, `s3://bucket/prefix` or a folder, which need not be there; raises UnusableOutput."""
    if uri.startswith("s3://"):
        from training.scoring.writing.s3 import S3Output  # boto3, which a folder does not need

        try:
            return S3Output(*bucket_and_prefix(uri))
        except InvalidSettings as error:
            said = str(error).replace("MODEL_URI", "The output")
            raise UnusableOutput(said) from None
    if "://" in uri:
        raise UnusableOutput(f"The output is a folder or s3://BUCKET/PREFIX; it is {uri!r}.")
    return FolderOutput.from_path(uri)
