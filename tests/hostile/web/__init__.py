"""The web side seen by somebody who means harm: every endpoint of the route map, every visitor, every answer."""
