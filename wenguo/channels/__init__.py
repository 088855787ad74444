"""How complaints and what belongs to them come in from elsewhere: tables. Each row ends at a door, or is named."""
