"""The Explore page where the browser's runtime is not installed: the same parts, decoded in Python after each move."""


def explore(*_): ...
