"""FHIR over HTTP as a client: transport (limits, addresses) → authorised (tokens, origin) → client (search, paging)."""
