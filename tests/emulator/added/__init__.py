"""A copy of the project in which LightGBM and XGBoost ship, models of theirs, and their answers."""
