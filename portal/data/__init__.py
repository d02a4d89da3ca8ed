"""Small data sets that come with the portal; sources and licences in README.md beside them."""
