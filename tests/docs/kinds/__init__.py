"""How blocks are tried that are data, or that no stand-in for AWS can run: `<!-- sample: KIND -->` before the block.

A kind is a module of its name (`model-file` is `model_file.py`) with a function `check(block, reader)`, which raises
AssertionError or SampleFailed where the block is not what the page says.
"""
