"""Tools around the product: a stand-in cloud, a package for `sam local`, a smoke test, and the generated reference.

`tools/` holds the pins of the command-line tools, `lambda_image/` a stand-in for Lambda's container image.
"""
