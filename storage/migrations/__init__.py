"""How an older database becomes a current one. Only ever run through ``runner``, which keeps the data safe."""
