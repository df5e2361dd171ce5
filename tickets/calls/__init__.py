"""来电: what exchanges tell, the pop at the ringing extension, and the list of calls."""
