"""The framework-neutral pivot: from source text to a program and its network, and everything true of them."""
