"""Models: parts that return distributions, put together by a configuration."""
