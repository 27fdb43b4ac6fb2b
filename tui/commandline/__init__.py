"""The commands: a small module a group, each declaring its own and doing its work with late imports."""
