"""The tools that run the product without AWS, or look at a deployed one: stand-in cloud, local model, smoke test.

The pins of the command-line tools are in tools/, what stands in for Lambda's container image in lambda_image/.
"""
