"""The bytecode of a package: which interpreter compiles it, and how."""
