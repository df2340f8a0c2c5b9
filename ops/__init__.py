"""Tools around the product: a stand-in cloud, a package for `sam local`, a smoke test, the generated reference.

`deploy/` stands around `sam deploy`, `prove/` proves on AWS what a stand-in cannot, `reference/` writes the reference.

`tools/` holds the pins of the command-line tools, `lambda_image/` a stand-in for Lambda's container image.
"""
