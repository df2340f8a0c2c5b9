"""The plain function of the comparison gets the same model, by the same rights and with the same memory."""

from ops.prove.claims.function.plain_stack import template


def test_the_plain_function_is_told_which_model_and_nothing_is_left_open() -> None:
    text = template(1769, "s3://bucket/iris", "arn:aws:iam::123456789012:policy/read")
    assert 'Variables: {MODEL_URI: "s3://bucket/iris", MODEL_ALIAS: production}' in text
    assert "MemorySize: 1769\n" in text
    assert '- "arn:aws:iam::123456789012:policy/read"\n' in text
    assert "<" not in text
