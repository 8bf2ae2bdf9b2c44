"""The zoo: models as data (recipes), built, stored, found again and exported for the browser."""
