"""What a patient handed on at the front desk, for the patient and for the care team: an outside summary, to be read."""
