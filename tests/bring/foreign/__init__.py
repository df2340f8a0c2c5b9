"""Models that other frameworks made: the file of each, rows, what its framework answered, and how it was made.

`answers.json` holds the options that `package --onnx` needs, the versions of the recipe, the rows and the answers.
The recipes run in environments of their own, which CI does not have.
"""
