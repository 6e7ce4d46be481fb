"""View models: what each section of the report says, as plain text and figure descriptions. No markup, no I/O."""
