"""The front desk helps a patient: one at a time, with a purpose and the patient's consent, without clinical content."""
