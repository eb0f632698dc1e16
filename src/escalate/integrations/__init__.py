"""Outside systems that escalate is embedded in, one folder each; nothing here is loaded unasked."""
