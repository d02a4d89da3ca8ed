"""What other portals and apps reach: OAuth (``oauth``), FHIR (``fhir``), the brands bundle."""
