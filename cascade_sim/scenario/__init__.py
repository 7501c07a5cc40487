"""What a run is made of: validated models, shipped scenarios, venue rule files with source and date."""
