"""The contract that clients read: the OpenAPI document, its schemas, and the example shown in it."""
