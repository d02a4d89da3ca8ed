"""C-CDA: a document in XML as a person reads it, from its header and the narrative of its sections."""

from portal.normalise.ccda.document import clinical_document

__all__ = ["clinical_document"]
