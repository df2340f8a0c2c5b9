"""Tables of any size: read in chunks, asked of one version, written as parts with what was refused beside them."""
