"""The function's storage and the rule about it are still there after SAM's transform."""

from tests.template.translated import transformed, translated


def test_the_function_gets_the_storage_that_is_asked_for() -> None:
    for asked in ("512", "2048"):
        function = translated(EphemeralStorage=asked)["PredictFunction"]["Properties"]
        assert str(function["EphemeralStorage"]["Size"]) == asked


def test_cloudformation_is_given_the_rule_for_snap_start() -> None:
    rule = transformed(SnapStart="PublishedVersions", EphemeralStorage="1024")["Rules"]["SnapStartStorage"]
    assert "EphemeralStorage" in str(rule["Assertions"])
