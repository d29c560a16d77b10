"""Card data on its way: sealed by payment, opened by one gateway, readable to nobody between."""
