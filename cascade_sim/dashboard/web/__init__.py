"""The page in the browser; everything in here needs the extra ``dashboard``."""
