"""How Almoner keeps its records: the only package that touches files and databases."""
