"""The bucket is as the template declares it: encrypted, private, versioned, tidied."""

from ops.prove.account.asked import asked
from ops.prove.claims.claim import Claim, Seen, fact
from ops.prove.claims.ground import Ground


def look(ground: Ground) -> list[Seen]:
    """Ask S3 for each setting."""
    s3, bucket = ground.caller.client("s3"), ground.stack().bucket

    def part(call: str, *path: str) -> object:
        came = asked(lambda: getattr(s3, call)(Bucket=bucket))
        found = came.answer if came.code == "OK" else {}
        for name in path:
            found = found.get(name, {}) if isinstance(found, dict) else {}
        return found if came.code == "OK" else str(came)

    encryption = part("get_bucket_encryption", "ServerSideEncryptionConfiguration", "Rules")
    algorithms = [
        rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm")
        for rule in (encryption if isinstance(encryption, list) else [])
    ]
    closed = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    owner = part("get_bucket_ownership_controls", "OwnershipControls", "Rules")
    rules = part("get_bucket_lifecycle_configuration", "Rules")
    named = sorted(rule.get("ID", "") for rule in (rules if isinstance(rules, list) else []))
    return [
        fact("versioning", "Enabled", part("get_bucket_versioning", "Status")),
        fact("encryption", ["AES256"], algorithms),
        fact("public access blocked", closed, part("get_public_access_block", "PublicAccessBlockConfiguration")),
        fact("ownership", [{"ObjectOwnership": "BucketOwnerEnforced"}], owner),
        fact("lifecycle rules", ["AbandonedUploads", "ReplacedAndPruned"], named),
    ]


CLAIM = Claim(
    name="bucket-settings",
    sentence="The model bucket is encrypted, closed to the public, owned by the account, versioned and tidied.",
    why="The stand-in takes none of these from the template, and gives some to every bucket.",
    how="asks S3 for the bucket's five settings",
    calls={"s3:GetBucketSetting": 5},
    seconds=2,
    look=look,
)
