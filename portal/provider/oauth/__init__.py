"""The authorization server: SMART App Launch 2.2.0 on Authlib, with its lenient defaults closed."""
