"""Everything that a run can be taken along as."""
